"""What a voice says of a text: abbreviations and dates in words, one sentence at a time."""

from __future__ import annotations

import pytest

from app.incoming.mending import pieces
from app.incoming.speaking import sentences, spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("QĐ-UBND", "quyết định, Ủy ban nhân dân"),
        ("số 14/CT-UBND,", "số 14 chỉ thị, Ủy ban nhân dân,"),
        ("TM. UBND xã", "thay mặt Ủy ban nhân dân xã"),
        ("ngày 05/11/2026.", "ngày 5 tháng 11 năm 2026."),
        ("(UBND) nhân dân", "(Ủy ban nhân dân) nhân dân"),
        ("--- Sông Mẫu", "Sông Mẫu"),
        ("CHỈ THỊ", "CHỈ THỊ"),
    ],
)
def test_abbreviations_and_dates_are_said_in_words(written: str, said: str) -> None:
    assert spoken(written.split()) == said


def test_sentences_end_at_their_marks_and_not_after_the_number_of_an_item() -> None:
    part = pieces("1. Công an báo cáo. TM. Ủy ban ký; lưu văn thư./.", [])
    found = [" ".join(one.text for one in sentence) for sentence in sentences(part)]
    assert found == ["1. Công an báo cáo.", "TM. Ủy ban ký;", "lưu văn thư./."]
