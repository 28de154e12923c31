"""Lines of a poor scan put right by what an office writes."""

from __future__ import annotations

import pytest

from ocr.engine import OcrWord
from ocr.line_repair import repair_lines, without_ghosts


def repaired(text: str, confidence: float = 60.0) -> str:
    words = [OcrWord(part, 0, 0, 1, 1, confidence, (0, 0, 0)) for part in text.split()]
    return " ".join(word.text for word in repair_lines(words))


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("đơn VỊ nghiêm túc", "đơn vị nghiêm túc"),
        ("các đơn Mi nghiêm túc", "các đơn vị nghiêm túc"),
        ("~ Như trên;", "- Như trên;"),
        ("_~ Giám đốc Sở (đế b/c);", "- Giám đốc Sở (để b/c);"),
        ("- Lưu: VI, TH.", "- Lưu: VT, TH."),
        ("- Lưu: VT, TCCB. -", "- Lưu: VT, TCCB."),
        ("_ HUYỆN QUỲNH PHỤ", "HUYỆN QUỲNH PHỤ"),
        ("PHO ^ GIAM Á ĐỌC S'", "PHÓ GIÁM ĐỐC"),
        ("KT. CHU » TỊCH", "KT. CHỦ TỊCH"),
        ("ỦY BẠN NHÂN DÂN", "ỦY BAN NHÂN DÂN"),
    ],
)
def test_what_cannot_stand_in_a_line_is_put_right(read: str, meant: str) -> None:
    assert repaired(read) == meant


@pytest.mark.parametrize(
    "text",
    [
        "UỶ BAN NHÂN DÂN",  # the old place of the mark is the writer's
        "thuộc UBND tỉnh",
        "gửi Sở VH trước ngày 5",
        "do ông Ý trình bày",
        "1. PHÓ GIÁM ĐỐC phụ trách:",
        "hoàng đế nước Nam",
        "- Như trên;",
        "+ Báo cáo (nếu có) ./.",
    ],
)
def test_what_may_stand_there_stays_as_it_was_read(text: str) -> None:
    assert repaired(text) == text


def test_a_sign_read_with_certainty_is_no_dirt() -> None:
    assert repaired("Điều 3 :", 95.0) == "Điều 3 :"
    assert repaired("1 PHÓ GIÁM ĐỐC", 95.0) == "1 PHÓ GIÁM ĐỐC"
    assert repaired("1 PHÓ GIÁM ĐỐC", 40.0) == "PHÓ GIÁM ĐỐC"


def test_a_line_that_a_stamp_tore_from_another_is_not_read_twice() -> None:
    good = [
        OcrWord(text, 100.0 * i, 100, 100.0 * i + 90, 120, 96.0, (0, 0, 0))
        for i, text in enumerate("của cấp trên, đề nghị".split())
    ]
    torn = [
        OcrWord("KHẨN", 520, 80, 600, 110, 70.0, (1, 0, 0)),  # beside it: the stamp itself
        OcrWord("trên.", 205, 84, 290, 112, 80.0, (1, 0, 0)),
        OcrWord("đề", 310, 84, 385, 112, 91.0, (1, 0, 0)),
    ]

    assert without_ghosts([*good, *torn]) == [*good, torn[0]]
    assert without_ghosts(good) == good
