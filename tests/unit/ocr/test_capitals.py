"""Names in capitals become what one writes in a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr import usual_case


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "Sở Khoa học và Công nghệ"),
        ("ỦY BAN NHÂN DÂN TỈNH SÔNG MẪU", "Ủy ban nhân dân tỉnh Sông Mẫu"),
        ("UBND TỈNH", "UBND tỉnh"),
        ("BỘ CHỈ HUY QUÂN SỰ TỈNH SÔNG MẪU", "Bộ Chỉ huy Quân sự tỉnh Sông Mẫu"),
        ("CÔNG TY ĐIỆN LỰC SÔNG MẪU", "Công ty Điện lực Sông Mẫu"),
        ("SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH", "Sở Văn hóa, Thể thao và Du lịch"),
        ("Sở Y tế", "Sở Y tế"),
        ("", ""),
    ],
)
def test_an_organ_in_capitals_is_written_as_the_decree_writes_it(
    printed: str, written: str
) -> None:
    assert usual_case(printed) == written


@given(st.text(alphabet="SỞYTẾUBNDĐƯỜ ,-", max_size=40))
def test_no_letter_is_lost_and_a_second_time_changes_nothing(name: str) -> None:
    once = usual_case(name)
    assert once.upper().split() == name.upper().split()
    assert usual_case(once) == once or once.upper() == once
