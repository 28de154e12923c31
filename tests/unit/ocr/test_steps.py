"""The steps of the page pipeline, each on its own."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr import clean, decide
from ocr.engine import FailingEngine, Image, NullEngine, OcrWord, mean_confidence, parse_tsv
from ocr.errors import FileRefused
from ocr.geometry import Frame, overlap, union
from ocr.legacy import convert
from ocr.lines import fold, group_lines, one_wrong
from ocr.page_reading import choose_layer, recognise
from ocr.pdf_text import Embedded
from ocr.repair import one_tone, repair_texts
from ocr.second_look import crossed_lines, without_inks, without_light_ink
from ocr.types import Word

PROSE = (
    "Thực hiện Nghị định của Chính phủ về công tác văn thư, Ủy ban nhân dân tỉnh đề nghị các cơ"
    " quan, đơn vị và người đứng đầu tổ chức triển khai các nhiệm vụ được giao theo quy định, báo"
    " cáo kết quả thực hiện trong năm cho Hội đồng nhân dân tỉnh và các cơ quan có liên quan. "
)
GARBAGE = "UY BAN MAN DAN CONG Hem. XA HQI CHU NGHIA VII ,T NAM DOc lap - Ter do - Hqnh phut " * 4


@dataclass
class ScriptedEngine:
    """Gives the next of its answers at each call, and remembers what it was asked."""

    answers: list[list[OcrWord]]
    turn_answer: int = 0
    asked: list[Image] = field(default_factory=list)

    def read(self, image: Image, *, dpi: int, psm: int = 3) -> list[OcrWord]:
        self.asked.append(image)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]

    def turn(self, image: Image, *, dpi: int) -> int:
        return self.turn_answer


def lined_page(skew: float = 0.0) -> Image:
    """A page of gray paper with black bars for lines."""
    page = np.full((1100, 800), 235, np.uint8)
    for top in range(120, 980, 34):
        page[top : top + 12, 100:700] = 20
    return clean.rotate(page, skew) if skew else page


def word(text: str, confidence: float) -> OcrWord:
    return OcrWord(text, 100, 100, 200, 120, confidence)


def test_good_prose_is_usable_and_a_foreign_layer_is_not() -> None:
    assert decide.text_is_usable(PROSE)
    assert not decide.text_is_usable(GARBAGE)
    assert not decide.text_is_usable("Ủy ban nhân dân")


def test_a_layer_under_a_scan_must_be_good_in_full() -> None:
    note = Embedded((), "Thời gian ký: 19.02.2025 Ủy ban nhân dân", (), image_cover=1.0)

    assert choose_layer(note) == (None, "ocr")
    assert choose_layer(Embedded((), PROSE, (), 1.0))[1] == "embedded"
    assert choose_layer(Embedded((), "Trang cuối của phụ lục", (), 0.0))[1] == "embedded"


def to_tcvn3(text: str) -> str:
    """Some letters of TCVN 5712:1993 (VN3), as a PDF with an old font gives them."""
    table = dict(
        zip(
            "đăâêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
            "®¨©ª«¬­µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
            strict=True,
        )
    )
    return "".join(table.get(c, c) for c in unicodedata.normalize("NFC", text))


def test_text_in_an_old_font_becomes_unicode() -> None:
    prose = PROSE.lower()
    old = to_tcvn3(prose)
    layer = Embedded((Word(old.split()[0], (0, 0, 1, 1), 100),), old, (".VnTime",), 0.0)

    converted = convert(layer)

    assert converted is not None
    assert converted.text.split() == prose.split()
    assert converted.words[0].text == prose.split()[0]


def test_what_no_table_explains_is_left_to_recognition() -> None:
    assert convert(Embedded((), GARBAGE, (), 0.0)) is None


def test_the_red_channel_makes_red_ink_vanish_and_keeps_black() -> None:
    page = np.full((200, 200, 3), 255, np.uint8)
    page[50:80, 20:180] = (205, 30, 45)
    page[120:150, 20:180] = 0

    gray = clean.to_gray(page)

    assert gray[65, 100] > 180
    assert gray[135, 100] < 30
    assert clean.red_ink(page)[65, 100] < 60
    assert clean.red_ink(page)[135, 100] > 200


def test_uneven_light_is_divided_away() -> None:
    light = np.tile(np.linspace(120, 250, 800), (1100, 1)).astype(np.uint8)
    page = np.where(lined_page() < 100, light // 6, light).astype(np.uint8)

    even = clean.divide_background(page)

    paper = even[80:110, 50:750]
    assert paper.min() > 235
    assert even[125, 150] < 100
    assert even[125, 650] < 100


@pytest.mark.parametrize("skew", [-3.0, -1.2, 0.6, 2.5])
def test_the_skew_is_found_to_a_tenth_of_a_degree(skew: float) -> None:
    assert clean.find_skew(lined_page(skew)) == pytest.approx(-skew, abs=0.15)


def test_a_blank_page_is_not_read() -> None:
    engine = ScriptedEngine([[word("x", 90)]])

    assert recognise(np.full((400, 300), 250, np.uint8), 100, engine).words == []
    assert engine.asked == []


def test_a_page_that_reads_well_is_read_once() -> None:
    engine = ScriptedEngine([[word("nhân", 96)]])

    recognise(lined_page(), 100, engine)

    assert len(engine.asked) == 1


def test_a_poor_page_is_read_again_and_the_better_reading_is_kept() -> None:
    engine = ScriptedEngine([[word("nhãn", 80)], [word("nhân", 90)]])

    assert recognise(lined_page(), 100, engine).words[0].text == "nhân"
    assert len(engine.asked) == 2


def test_a_second_reading_that_is_worse_is_dropped() -> None:
    engine = ScriptedEngine([[word("nhân", 80)], [word("nhãn", 70)]])

    assert recognise(lined_page(), 100, engine).words[0].text == "nhân"


def test_a_page_on_its_side_is_turned() -> None:
    engine = ScriptedEngine([[word("@#", 20)], [word("nhân", 95)]], turn_answer=90)

    result = recognise(lined_page(), 100, engine)

    assert result.frame.turn == 90
    assert engine.asked[1].shape == (800, 1100)


def test_an_engine_that_fails_says_so_and_one_that_reads_nothing_gives_nothing() -> None:
    with pytest.raises(FileRefused):
        recognise(lined_page(), 100, FailingEngine())
    assert recognise(lined_page(), 100, NullEngine()).words == []


def test_long_words_weigh_more_in_the_confidence_of_a_page() -> None:
    assert mean_confidence([word("a", 0), word("nhiệm", 90)]) == pytest.approx(75)
    assert mean_confidence([]) == 0


def test_boxes_without_a_word_are_dropped_and_slashes_are_slashes() -> None:
    head = "level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext"
    rows = [
        "5\t1\t1\t1\t1\t1\t10\t20\t30\t12\t95.5\t12⁄QĐ",
        "5\t1\t1\t1\t1\t2\t50\t20\t30\t12\t-1\t ",
        "4\t1\t1\t1\t1\t0\t10\t20\t70\t12\t-1\t",
    ]

    [only] = parse_tsv("\n".join([head, *rows]))

    assert (only.text, only.x1, only.y1, only.line) == ("12/QĐ", 40, 32, (1, 1, 1))


@given(
    st.sampled_from([0, 90, 180, 270]), st.floats(-3, 3), st.floats(0.2, 0.7), st.floats(0.2, 0.7)
)
def test_a_box_goes_to_the_upright_page_and_back(
    turn: int, skew: float, x: float, y: float
) -> None:
    frame = Frame(1654, 2339, turn, skew)
    box = (x, y, x + 0.05, y + 0.01)

    back = frame.to_shown(frame.to_upright(box))

    assert np.allclose(back, box, atol=1e-6)


def test_the_frame_agrees_with_the_rotation_of_the_pixels() -> None:
    page = np.zeros((1000, 700), np.uint8)
    cv2.circle(page, (600, 150), 6, 255, -1)
    turned = clean.rotate(page, 2.0)
    y, x = (int(v.mean()) for v in np.nonzero(turned > 128))

    box = Frame(700, 1000, 0, 2.0).to_upright((599 / 700, 0.149, 601 / 700, 0.151))

    assert (box[0] + box[2]) / 2 * 700 == pytest.approx(x, abs=1.5)
    assert (box[1] + box[3]) / 2 * 1000 == pytest.approx(y, abs=1.5)


def test_boxes_join_and_overlap() -> None:
    assert union([(0.1, 0.2, 0.3, 0.4), (0.2, 0.1, 0.5, 0.3)]) == (0.1, 0.1, 0.5, 0.4)
    assert union([]) is None
    assert overlap((0, 0, 0.2, 0.2), (0.1, 0, 0.3, 0.2)) == pytest.approx(0.5)


def test_columns_of_different_pitch_make_lines_of_their_own() -> None:
    left = [
        Word(t, (0.1, 0.70 + 0.015 * i, 0.25, 0.71 + 0.015 * i), 95) for i, t in enumerate("abc")
    ]
    right = [
        Word("CHỦ", (0.65, 0.704, 0.70, 0.718), 95), Word("TỊCH", (0.71, 0.707, 0.77, 0.721), 95),
    ]  # fmt: skip

    texts = [line.text for line in group_lines([*left, *right], 0.707)]

    assert sorted(texts) == ["CHỦ TỊCH", "a", "b", "c"]


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("thuộc thấm quyền giải quyết", "thuộc thẩm quyền giải quyết"),
        ("sửa đối, bố sung", "sửa đổi, bổ sung"),
        ("Tống giám đốc", "Tổng giám đốc"),
        ("TRIẾN KHAI", "TRIỂN KHAI"),
        ("Đặng Hữú Thắng", "Đặng Hữu Thắng"),
    ],
)
def test_misread_tones_are_put_right_by_their_neighbours(read: str, meant: str) -> None:
    assert " ".join(repair_texts(read.split())) == meant


@pytest.mark.parametrize(
    "text",
    [
        "thành phố Hà Nội", "cộng tác viên", "công tác phí", "bán kính 5 km",
        "trên địa bàn Kính gửi",
        "Uỷ ban nhân dân", "đối với tổ chức", "số 15/2024/QĐ-UBND", "lịch sử đảng bộ",
    ],
)  # fmt: skip
def test_what_is_right_or_unknown_is_left_alone(text: str) -> None:
    assert repair_texts(text.split()) == text.split()


@given(st.lists(st.text(max_size=8), max_size=12))
def test_repair_keeps_the_number_of_words(words: Any) -> None:
    assert len(repair_texts(words)) == len(words)


@given(st.text(max_size=8))
def test_a_word_never_loses_its_letters_to_the_tone_rule(text: str) -> None:
    assert (
        fold(one_tone(text)) == fold(unicodedata.normalize("NFC", text)) or one_tone(text) == text
    )


@given(st.text(alphabet="ABC", max_size=6), st.text(alphabet="ABC", max_size=6))
def test_one_wrong_letter_is_a_distance_of_at_most_one(a: str, b: str) -> None:
    from ocr.fields.snap import edit_distance

    assert one_wrong(a, b) == (edit_distance(a, b, 9) <= 1)


def test_a_gray_seal_over_print_becomes_paper_and_the_print_stays() -> None:
    page = np.full((200, 400), 250, np.uint8)
    cv2.putText(page, "PHO GIAM DOC", (20, 110), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 20, 4)
    print_only = page < 100
    cv2.circle(page, (60, 100), 80, 130, 8)
    page[print_only] = 20

    seen = without_light_ink(page)

    assert ((seen < 190) == print_only).mean() > 0.999


def test_ink_of_one_darkness_is_left_as_it_is() -> None:
    page = np.full((200, 400), 250, np.uint8)
    cv2.putText(page, "PHO GIAM DOC", (20, 110), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 90, 4, cv2.LINE_AA)

    assert (without_light_ink(page) == page).all()
    assert (without_light_ink(np.full((9, 9), 255, np.uint8)) == 255).all()


def written_over(page: Image) -> Image:
    """A page of black print in colours, with a stroke of a blue pen across its middle line."""
    coloured = np.repeat(page[:, :, None], 3, axis=2)
    stroke = np.zeros(page.shape, np.uint8)
    cv2.line(stroke, (20, 95), (380, 105), 1, 5)
    coloured[(stroke == 1) & (page > 100)] = (40, 60, 190)
    return np.ascontiguousarray(coloured)


def test_a_pen_over_print_becomes_paper_and_the_print_under_it_stays() -> None:
    page = np.full((200, 400), 245, np.uint8)
    cv2.putText(page, "KE HOACH", (20, 110), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 20, 4)

    seen = without_inks(written_over(page))

    assert ((seen < 150) == (page < 150)).mean() > 0.995


def word_at(text: str, y0: int, confidence: float, x0: int = 30) -> OcrWord:
    return OcrWord(text, x0, y0, x0 + 90, y0 + 20, confidence, (1, 1, y0))


def test_only_lines_that_a_pen_crosses_and_that_were_doubted_are_read_again() -> None:
    coloured = written_over(np.full((1000, 400), 245, np.uint8))
    lines = [word_at("trên", 50, 95), word_at("hoạch", 90, 95, 200), word_at("dưới", 130, 40)]

    assert list(crossed_lines([*lines, word_at("Kế", 90, 95)], coloured)) == []
    ((_, top, _, bottom),) = crossed_lines([*lines, word_at("K@", 90, 30)], coloured)
    assert 50 < top < 90
    assert 110 < bottom < 130
    numbered = [*lines, word_at("K@", 90, 30), word_at("Số:", 90, 95, 300)]
    assert list(crossed_lines(numbered, coloured)) == []
