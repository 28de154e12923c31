"""Documents named in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.outgoing.checking.paper import Paper
from app.outgoing.checking.registry import checks
from app.outgoing.checking.types import Fault, Repair, Rule
from ocr.fields.lexicon import CODE_OF_TYPE, OTHER_CODES, TYPE_OF_CODE
from ocr.lines import fold

NAMED = re.compile(
    r"(?<!\w)(Nghị quyết|Quyết định|Chỉ thị|Thông báo|Hướng dẫn|Chương trình|Kế hoạch|Đề án|Báo cáo"
    r"|Tờ trình|Công điện|Giấy mời|Nghị định|Thông tư) số:? (\w+)/(?:\d{4}/)?([A-ZĐa-z]+)-"
)


@checks("references.no_date")
def no_date(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """A công văn that answers or cites another one says its date, at the first naming."""
    seen: set[str] = set()
    pattern = r"(?<!\w)(Công văn|Văn bản|Tờ trình) số (\d+\w*/[\w\-–/]+)"
    for part in paper.body:
        if part in paper.bases:
            continue
        for match, spot in part.find(pattern):
            key = match[2].replace(" ", "")
            if key not in seen and not re.match(r"[\s,(]*ngày", part.text[match.end() :]):
                yield Fault(spot, match[0])
            seen.add(key)


@checks("references.type_code")
def type_code(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“Quyết định số 12/KH-UBND”: the name and the abbreviation do not agree."""
    for part in paper.prose:
        for match, spot in part.find(NAMED):
            wanted, code = CODE_OF_TYPE[match[1]], match[3]
            if code != wanted and (code in TYPE_OF_CODE or code in OTHER_CODES):
                yield Fault(spot, match[0].rstrip("-"), f"…/{wanted}-…", values={"kind": match[1]})


@checks("references.spaces")
def spaces(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“số 162 /TTr- SCT”: number and symbol of a document are one word."""
    pattern = r"(?<!\w)số (\d+\w? ?/ ?(?:\d{4} ?/ ?)?[A-ZĐ][A-Za-zĐđ]* ?- ?[A-ZĐ][\w&]*)"
    for part in paper.prose:
        for match, spot in part.find(pattern):
            if " " in match[1]:
                right = match[1].replace(" ", "")
                yield Fault(spot, match[1], right, Repair("replace", match[1], right))


@checks("references.code_marks")
def code_marks(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“Quyết định số 12/QD-UBND”: the abbreviation without its marks or capitals."""
    for part in paper.prose:
        for match, spot in part.find(NAMED):
            wanted, code = CODE_OF_TYPE[match[1]], match[3]
            if code != wanted and fold(code) == fold(wanted) and code not in TYPE_OF_CODE:
                repair = Repair("replace", f"/{code}-", f"/{wanted}-")
                yield Fault(spot, code, wanted, repair, {"kind": match[1]})
