"""Urgency: the boxed or red mark of NĐ 30/2020, or the word alone on a line of the upper half."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.geometry import Frame
from ocr.lines import Line, is_upper
from ocr.marks import URGENT_WORDS, Mark, known_word
from ocr.types import Field, PageText

LEVELS = {
    "KHẨN": "urgent",
    "THƯỢNG KHẨN": "very_urgent",
    "HỎA TỐC": "flash",
    "HỎA TỐC HẸN GIỜ": "flash",
}
UPPER_HALF = 0.55


def urgency(page: PageText, lines: Sequence[Line], marks: Sequence[Mark]) -> Field:
    """Always a value: "normal" where no mark is seen (0.9 sure, as red ink may have faded)."""
    frame = Frame.of(page)
    seen = [m for m in marks if m.word in URGENT_WORDS.values()]
    if seen:
        mark = max(seen, key=lambda m: (m.boxed + m.red, m.confidence))
        sure = 0.97 if mark.boxed and mark.confidence > 0.6 else 0.85
        return Field(LEVELS[mark.word], sure, 1, frame.to_shown(mark.box), mark.word)
    for line in lines:
        word = known_word(line.text)
        if line.box[3] < UPPER_HALF and is_upper(line.text) and word in LEVELS:
            return Field(LEVELS[word], 0.85, 1, frame.to_shown(line.box), line.text)
    return Field("normal", 0.9)
