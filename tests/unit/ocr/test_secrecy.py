from __future__ import annotations

from pathlib import Path

import pytest

from ocr import check_first_page, read_file
from ocr.geometry import overlap
from ocr.lines import Line, make_line
from ocr.marks import Mark, known_word
from ocr.secrecy import judge
from ocr.types import Word
from tests.unit.ocr.papers import Paper, render, scan, scanned, stamped, worn, write_pdf

HEADS = ("ĐƠN TỐ CÁO",)
GRAY = (70, 70, 70)

ABOUT = [
    ("Về việc tăng cường công tác bảo vệ bí mật nhà nước năm 2026",),
    ("V/v rà soát danh mục bí mật nhà nước độ Tối mật, độ Mật",),
    ("Ban hành Quy chế bảo vệ bí mật nhà nước của Ủy ban nhân dân",),
    ("V/v tập huấn Luật Bảo vệ bí mật nhà nước",),
    ("Về việc giải mật tài liệu bí mật nhà nước",),
    ("V/v báo cáo tình hình sử dụng con dấu chỉ độ mật",),
    ("Tổng kết công tác bảo vệ bí mật nhà nước",),
    ("V/v mua máy tính soạn thảo văn bản mật",),
    ("Về việc phân công cán bộ quản lý tài liệu mật",),
    ("V/v xác định độ mật của tài liệu (Mật, Tối mật, Tuyệt mật)",),
    ("V/v bảo đảm an toàn, bảo mật hệ thống thông tin",),
    ("Về việc tiêu hủy tài liệu, vật chứa bí mật nhà nước",),
    ("QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC",),
    ("V/v kiểm tra việc in, sao, chụp tài liệu mang bí mật",),
    ("Về việc lập danh mục vị trí tiếp xúc bí mật nhà nước",),
    ("V/v cấp khóa bảo mật cho cán bộ văn thư",),
    ("Về giao nhận văn bản có đóng dấu “MẬT”, “TỐI MẬT”",),
    ("V/v giữ bí mật danh tính người tố cáo",),
    ("Về việc xử lý đơn tố cáo của công dân",),
    ("HƯỚNG DẪN QUẢN LÝ TÀI LIỆU", "MẬT VÀ TỐI MẬT"),
]


def line(
    text: str, top: float, left: float = 0.2, right: float | None = None, height: float = 0.012
) -> Line:
    words = text.split()
    right = right if right is not None else min(0.95, left + 0.011 * len(text))
    step = (right - left) / len(words)
    return make_line(
        [
            Word(w, (left + i * step, top, left + (i + 0.9) * step, top + height), 95)
            for i, w in enumerate(words)
        ]
    )


def mark(word: str, top: float, boxed: bool = True, red: bool = False) -> Mark:
    return Mark(word, (0.2, top, 0.3, top + 0.03), boxed, red, 0.9)


@pytest.mark.parametrize("word", ["MẬT", "TỐI MẬT", "TUYỆT MẬT"])
@pytest.mark.parametrize(("boxed", "red"), [(True, False), (False, True), (True, True)])
def test_a_boxed_or_red_word_in_its_place_is_certain(word: str, boxed: bool, red: bool) -> None:
    verdict = judge([], [mark(word, 0.15, boxed, red)], HEADS)

    assert verdict is not None
    assert (verdict.kind, verdict.word) == ("certain", word)


def test_a_boxed_word_in_the_lower_half_is_only_possible() -> None:
    verdict = judge([], [mark("MẬT", 0.52)], HEADS)

    assert verdict is not None
    assert verdict.kind == "possible"


def test_the_word_alone_on_a_line_without_a_frame_is_possible() -> None:
    verdict = judge([line("MẬT", 0.2)], [], HEADS)

    assert verdict is not None
    assert verdict.kind == "possible"


def test_the_word_after_its_label_is_possible() -> None:
    verdict = judge([line("Độ mật: Tối mật", 0.1)], [], HEADS)

    assert verdict is not None
    assert (verdict.kind, verdict.word) == ("possible", "TỐI MẬT")


def test_a_mark_of_urgency_is_no_mark_of_secrecy() -> None:
    assert judge([line("HỎA TỐC", 0.2)], [mark("HỎA TỐC", 0.2)], HEADS) is None


def test_a_head_that_the_office_calls_secret_is_certain() -> None:
    verdict = judge([line("ĐƠN TỐ CÁO", 0.2, 0.4)], [], HEADS)

    assert verdict is not None
    assert (verdict.kind, verdict.word) == ("certain", "ĐƠN TỐ CÁO")


def test_a_head_counts_only_if_the_office_lists_it() -> None:
    assert judge([line("ĐƠN TỐ CÁO", 0.2, 0.4)], [], ()) is None


def test_a_longer_title_that_ends_with_the_head_is_only_possible() -> None:
    lines = [
        line("PHIẾU CHUYỂN", 0.200, 0.42, 0.58),
        line("ĐƠN TỐ CÁO", 0.215, 0.42, 0.58),
    ]

    verdict = judge(lines, [], HEADS)

    assert verdict is not None
    assert verdict.kind == "possible"


def test_the_end_of_a_title_about_secrecy_is_no_mark() -> None:
    lines = [
        line("QUY CHẾ QUẢN LÝ TÀI LIỆU", 0.200, 0.35, 0.65),
        line("MẬT", 0.215, 0.48, 0.52),
    ]

    assert judge(lines, [], HEADS) is None


@pytest.mark.parametrize("text", ["BÍ MẬT", "BÍ MẬT NHÀ NƯỚC", "mật", "Tối mật", "MẶT TRẬN", "MAI"])
def test_other_words_are_no_mark(text: str) -> None:
    assert known_word(text) not in ("MẬT", "TỐI MẬT", "TUYỆT MẬT")


@pytest.mark.parametrize("about", ABOUT, ids=lambda lines: lines[0][:40])
def test_a_letter_about_secrecy_passes(tmp_path: Path, about: tuple[str, ...]) -> None:
    upper = about[0].isupper()
    paper = Paper(
        about=() if upper else about,
        title=about[0] if upper else "",
        summary=about[1:] if upper else (),
        body=(
            "Căn cứ Luật Bảo vệ bí mật nhà nước; để bảo đảm việc quản lý tài liệu mật đúng",
            "quy định, đề nghị các cơ quan, đơn vị xác định độ mật, đóng dấu MẬT, TỐI MẬT,",
            "TUYỆT MẬT theo thẩm quyền và báo cáo kết quả thực hiện về Sở Nội vụ tỉnh.",
        ),
    )

    first = check_first_page(write_pdf(tmp_path / "about.pdf", paper))

    assert first.secrecy is None
    assert first.page is not None


def test_a_scanned_letter_about_secrecy_passes(tmp_path: Path) -> None:
    about = ("V/v tăng cường bảo vệ", "bí mật nhà nước")
    paper = Paper(about=about, body=("Bí mật nhà nước là thông tin",) * 6)

    assert check_first_page(scanned(tmp_path, paper)).secrecy is None


@pytest.mark.parametrize(
    ("word", "colour", "how"),
    [("MẬT", (205, 30, 45), "red"), ("TỐI MẬT", GRAY, "gray"), ("TUYỆT MẬT", (205, 30, 45), "red")],
)
def test_a_stamped_scan_is_certain_and_gives_no_text_but_its_crop(
    tmp_path: Path, word: str, colour: tuple[int, int, int], how: str
) -> None:
    image = render(write_pdf(tmp_path / "born.pdf", Paper()), 200)
    image = stamped(image, word, (30, 62), 200, colour)
    path = scan(tmp_path / f"{how}.pdf", [worn(image, skew=0.8, noise=5)], 200)

    first = check_first_page(path)
    reading = read_file(path, first_page=first)

    assert first.secrecy is not None
    assert (first.secrecy.kind, first.secrecy.word) == ("certain", word)
    assert first.secrecy.box is not None
    assert overlap(first.secrecy.box, (0.12, 0.2, 0.35, 0.26)) > 0.5
    assert first.page is None
    assert dict(first.state) == {}
    assert first.crop_png is not None
    assert first.crop_png.startswith(b"\x89PNG")
    assert reading.pages == ()
    told = reading.to_json()
    assert told["secrecy_mark"] == word
    assert "pages" not in told
    assert "fields" not in told


def test_a_red_word_in_a_born_digital_letter_is_certain(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    from tests.unit.ocr.papers import BOLD, fonts

    path = write_pdf(tmp_path / "plain.pdf", Paper())
    fonts()
    overlay = Canvas(str(tmp_path / "mark.pdf"))
    overlay.setFillColorRGB(0.8, 0.1, 0.15)
    overlay.setStrokeColorRGB(0.8, 0.1, 0.15)
    overlay.setFont(BOLD, 14)
    overlay.drawString(100, 640, "MẬT")
    overlay.rect(90, 633, 62, 24)
    overlay.save()
    from ocr import stamp

    stamp(path, tmp_path / "mark.pdf", tmp_path / "secret.pdf")

    first = check_first_page(tmp_path / "secret.pdf")

    assert first.secrecy is not None
    assert (first.secrecy.kind, first.secrecy.word) == ("certain", "MẬT")


def test_an_unframed_black_word_is_held_for_a_person_and_the_text_is_kept(tmp_path: Path) -> None:
    paper = Paper(extra=((45, 75, "MẬT", 14),))

    first = check_first_page(write_pdf(tmp_path / "maybe.pdf", paper))

    assert first.secrecy is not None
    assert first.secrecy.kind == "possible"
    assert first.page is not None
    assert first.crop_png is not None


def test_a_denunciation_is_secret_by_its_head(tmp_path: Path) -> None:
    paper = Paper(parent="", organ=(), number="", about=(), title="ĐƠN TỐ CÁO", posts=())

    first = check_first_page(write_pdf(tmp_path / "head.pdf", paper))

    assert first.secrecy is not None
    assert (first.secrecy.kind, first.secrecy.reason) == ("certain", "head")
    assert first.page is None
