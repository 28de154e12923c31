"""Which paper a scan is, by its title."""

from __future__ import annotations

import pytest

from app.procedures.paper_kinds import kind_of

HEAD = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\n"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (HEAD + "GIẤY KHAI SINH\nHọ, chữ đệm, tên: …", "birth_certificate"),
        (HEAD + "GIÂY CHỨNG NHẬN\nKẾT HÔN\n", "marriage_certificate"),  # one mark misread
        (HEAD + "TỜ KHAI ĐĂNG KÝ KHAI SINH\nKính gửi: …", "declaration"),
        (HEAD + "ĐƠN ĐỀ NGHỊ\ncấp giấy phép xây dựng", "application"),
        ("CĂN CƯỚC CÔNG DÂN\nCitizen Identity Card", "identity_card"),
        (HEAD + "Số: 12/QĐ-UBND\nQUYẾT ĐỊNH\nVề việc …", "decision"),
    ],
)
def test_a_paper_is_known_by_its_title(text: str, key: str) -> None:
    found = kind_of(text)
    assert found is not None
    assert found.key == key


def test_a_title_that_is_only_named_in_the_text_decides_nothing() -> None:
    assert kind_of("Hôm nay tôi nộp bản sao giấy khai sinh của con tôi.") is None
    assert kind_of("") is None
    below = "\n".join(["Dòng khác"] * 40 + ["GIẤY KHAI SINH"])
    assert kind_of(below) is None


def test_the_highest_title_decides() -> None:
    found = kind_of("HỢP ĐỒNG\nchuyển nhượng\nGiấy ủy quyền kèm theo")
    assert found is not None
    assert found.key == "contract"
