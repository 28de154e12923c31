from collections.abc import Sequence

from ocr.engine import OcrWord


def repair_words(words: Sequence[OcrWord]) -> list[OcrWord]:
    return list(words)
