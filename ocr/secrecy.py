"""Is the first page marked secret? Certain, possible or not at all.

Certain: MẬT, TỐI MẬT or TUYỆT MẬT alone, boxed or red, in its place in the upper part of the page,
or a head such as ĐƠN TỐ CÁO (dated data of the office). Possible: the word alone on a line without
a frame, framed elsewhere, or after "Độ mật:". A letter *about* state secrets has the word inside
its sentences and headings: that is neither.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.lines import Line, fold, is_upper
from ocr.marks import SECRET_WORDS, Mark
from ocr.types import Box, SecrecyMark

PLACE_BOTTOM = 0.5
HEAD_BOTTOM = 0.6
LEVEL_LINE = re.compile(r"^DO MAT ?[:.\-]? ?(?P<word>TUYET MAT|TOI MAT|MAT)\W*$")
CONTINUES = re.compile(r"(?:BI|DO|LIEU|DAU|MUC|TIN|VU|TUYET|TOI|VE|CUA|VA|,)$")
STRIP = " .,:;|-_[](){}/!*'\"“”"


def judge(lines: Sequence[Line], marks: Sequence[Mark], heads: Sequence[str]) -> SecrecyMark | None:
    """The verdict on page 1. `lines` and `marks` have boxes on the upright page.

    `heads`: titles that make a paper secret without a mark. The most certain finding is given.
    """
    findings = [
        *(_from_mark(mark) for mark in marks if mark.word in SECRET_WORDS.values()),
        *_from_heads(lines, heads),
        *_from_lines(lines),
    ]
    findings.sort(key=lambda finding: finding.kind != "certain")
    return findings[0] if findings else None


def _from_mark(mark: Mark) -> SecrecyMark:
    how = "boxed" if mark.boxed else "red"
    in_place = mark.box[3] <= PLACE_BOTTOM
    if in_place:
        return SecrecyMark("certain", mark.word, 1, mark.box, how)
    return SecrecyMark("possible", mark.word, 1, mark.box, f"{how}, not in its place")


def _from_heads(lines: Sequence[Line], heads: Sequence[str]) -> list[SecrecyMark]:
    """A title that is exactly such a head; under another title line it is part of that one."""
    wanted = {fold(head): head for head in heads}
    found = []
    for index, line in enumerate(lines):
        head = wanted.get(fold(line.text).strip(STRIP))
        if head is None or line.box[3] > HEAD_BOTTOM or not is_upper(line.text):
            continue
        if _title_above(lines, index) is not None:
            found.append(SecrecyMark("possible", head, 1, line.box, "head after another title"))
        else:
            found.append(SecrecyMark("certain", head, 1, line.box, "head"))
    return found


def _from_lines(lines: Sequence[Line]) -> list[SecrecyMark]:
    found = []
    for index, line in enumerate(lines):
        folded = fold(line.text).strip(STRIP)
        level = LEVEL_LINE.match(fold(line.text))
        if level and line.box[3] <= HEAD_BOTTOM:
            word = SECRET_WORDS[level["word"]]
            found.append(SecrecyMark("possible", word, 1, line.box, "after “Độ mật”"))
        elif folded in SECRET_WORDS and is_upper(line.text):
            above = _title_above(lines, index)
            if above is None or not CONTINUES.search(fold(above.text).rstrip(". ")):
                word = SECRET_WORDS[folded]
                found.append(SecrecyMark("possible", word, 1, line.box, "alone on its line"))
    return found


def _title_above(lines: Sequence[Line], index: int) -> Line | None:
    """A line in capitals directly above, on the same middle: the title goes on from it."""
    line = lines[index]
    for other in reversed(lines[:index]):
        gap = line.box[1] - other.box[3]
        if gap > 1.2 * line.height:
            return None
        if gap < -0.5 * line.height or not is_upper(other.text):
            continue
        if _same_middle(line.box, other.box) and len(other.text) > 3:
            return other
    return None


def _same_middle(a: Box, b: Box) -> bool:
    return abs((a[0] + a[2]) - (b[0] + b[2])) / 2 < 0.06
