from ocr.types import FIELD_NAMES
def extract_fields(pages, marks, evidence, organs):
    return dict.fromkeys(FIELD_NAMES)
