"""Cells 10a and 10b: marks of secrecy and urgency."""

from __future__ import annotations

from collections.abc import Iterator

from app.outgoing.checking.paper import Paper
from app.outgoing.checking.passages import Passage
from app.outgoing.checking.registry import checks
from app.outgoing.checking.rules.tools import TOP, replacing, style_faults
from app.outgoing.checking.types import Fault, Rule
from ocr.fields.urgency import LEVELS
from ocr.lines import fold

NAMES = {"urgent": "KHẨN", "very_urgent": "THƯỢNG KHẨN", "flash": "HỎA TỐC"}
SECRET = ("MẬT", "TỐI MẬT", "TUYỆT MẬT")


def _mark(paper: Paper) -> tuple[str, Passage] | None:
    """(level, line) of the urgency mark of the first page."""
    spelled = {"HOẢ TỐC": "flash", "HOẢ TỐC HẸN GIỜ": "flash"} | LEVELS
    for line in paper.lines[1]:
        text = line.text.strip(" .:")
        if line.box[3] < 0.5 and text in spelled:
            return spelled[text], line
    return None


@checks("marks.urgency_wording")
def urgency_wording(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """A mark in other words than the three of the decree."""
    for line in paper.lines[1]:
        right = rule.limits["words"].get(fold(line.text).strip(" .:!"))
        if right and line.upper and line.box[3] < 0.5 and line.text not in LEVELS:
            yield Fault(line.spot, line.text, right, replacing(line, line.text, right))
            return


@checks("marks.urgency_small")
def urgency_small(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“Hỏa tốc”, “Khẩn” alone on a line, not in capitals."""
    for line in paper.lines[1]:
        text = line.text.strip(" .:")
        right = {fold(word): word for word in LEVELS}.get(fold(text))
        if right and not line.upper and line.box[3] < 0.4 and line.centre < 0.6:
            yield Fault(line.spot, line.text, right, replacing(line, line.text, right))
            return


@checks("marks.urgency_style")
def urgency_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    mark = _mark(paper)
    yield from style_faults([mark[1]] if mark else [], rule)


@checks("marks.urgency_missing")
def urgency_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    wanted = NAMES.get(paper.expected.urgency or "")
    if wanted and _mark(paper) is None:
        yield Fault(paper.number.spot if paper.number else TOP, "", wanted)


@checks("marks.urgency_differs")
def urgency_differs(paper: Paper, rule: Rule) -> Iterator[Fault]:
    mark, wanted = _mark(paper), paper.expected.urgency
    if mark and wanted and mark[0] != wanted:
        yield Fault(mark[1].spot, mark[1].text, NAMES.get(wanted, "không có dấu khẩn"))


@checks("marks.secrecy")
def secrecy(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for line in paper.lines[1]:
        if line.text.strip(" .:") in SECRET and line.box[3] < 0.5:
            yield Fault(line.spot, line.text)
