"""Lines come out as a person reads them, however the engine cut the page into blocks."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from ocr.engine import OcrWord
from ocr.page_reading import ocr_text
from ocr.reading_order import in_reading_order

WIDTH, HEIGHT = 1654, 2339


def line(text: str, x: float, y: float, block: int, *, conf: float = 95.0) -> list[OcrWord]:
    """Words of a line from the place (x, y) in pixels, twelve pixels a letter."""
    words = []
    for part in text.split():
        end = x + 12 * len(part)
        words.append(OcrWord(part, x, y, end, y + 28, conf, (block, 0, int(y))))
        x = end + 9
    return words


def read(words: list[OcrWord]) -> str:
    return ocr_text(in_reading_order(words, WIDTH, HEIGHT))


HEAD = [
    *line("ỦY BAN NHÂN DÂN", 200, 150, 1),
    *line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 780, 150, 1),
    *line("XÃ MINH HỌA", 230, 185, 2),
    *line("Độc lập - Tự do - Hạnh phúc", 840, 185, 2),
    *line("Số: 12/BC-UBND", 220, 240, 3),
    *line("Minh Họa, ngày 05 tháng 3 năm 2026", 820, 240, 3),
    *line("Kính gửi: Sở Tài chính.", 500, 330, 4),
]
BODY = [
    *line("Thực hiện kế hoạch của tỉnh, Ủy ban nhân dân xã báo cáo kết quả thu ngân", 230, 420, 5),
    *line("sách trong quý I như sau.", 180, 460, 5),
]
END = [
    *line("Nơi nhận:", 180, 700, 6),
    *line("TM. ỦY BAN NHÂN DÂN", 950, 700, 6),
    *line("- Như trên;", 180, 735, 6),
    *line("CHỦ TỊCH", 1050, 735, 6),
    *line("- Lưu: VT.", 180, 770, 6),
    *line("Trần Thị Mẫu", 1030, 900, 7),
]
WHOLE = """ỦY BAN NHÂN DÂN
XÃ MINH HỌA
Số: 12/BC-UBND

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Minh Họa, ngày 05 tháng 3 năm 2026

Kính gửi: Sở Tài chính.

Thực hiện kế hoạch của tỉnh, Ủy ban nhân dân xã báo cáo kết quả thu ngân
sách trong quý I như sau.

Nơi nhận:
- Như trên;
- Lưu: VT.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH

Trần Thị Mẫu"""


def test_head_and_end_are_read_column_by_column() -> None:
    text = read([*HEAD, *BODY, *END])
    assert [x for x in text.splitlines() if x] == [x for x in WHOLE.splitlines() if x]


@given(seed=st.integers(0, 10_000))
def test_the_order_in_which_the_engine_gives_the_words_does_not_matter(seed: int) -> None:
    words = [*HEAD, *BODY, *END]
    random.Random(seed).shuffle(words)
    assert read(words) == read([*HEAD, *BODY, *END])


def test_a_line_that_the_engine_tore_into_columns_is_one_again() -> None:
    torn = [*line("đề nghị các đơn", 180, 500, 1), *line("vị", 369, 500, 2)]
    torn += line("nghiêm túc", 402, 500, 3)
    assert read(torn) == "đề nghị các đơn vị nghiêm túc"


def test_a_table_is_read_row_by_row() -> None:
    rows = [("1", "Cấp giấy khai sinh", "120"), ("2", "Chứng thực", "4350"), ("3", "Khác", "7")]
    words = [
        word
        for at, cells in enumerate(rows)
        for x, cell in zip((180, 320, 1200), cells, strict=True)
        for word in line(cell, x, 500 + 50 * at, x)
    ]
    assert read(words).splitlines() == [" ".join(cells) for cells in rows]


def test_a_page_of_two_columns_is_read_column_by_column() -> None:
    words = []
    for at in range(10):
        words += line(
            f"cột trái của bản tin hằng tháng mà xã phát có dòng {at}", 180, 300 + 40 * at, 1
        )
        words += line(
            f"cột phải của bản tin hằng tháng mà xã phát có dòng {at}", 900, 300 + 40 * at, 2
        )
    said = read(words).split("\n\n")
    assert said[0].startswith("cột trái")
    assert "phải" not in said[0]
    assert said[1].count("phải") == 10


def test_no_word_is_lost_or_doubled() -> None:
    words = [*HEAD, *BODY, *END]
    ordered = in_reading_order(words, WIDTH, HEIGHT)
    assert sorted(w.text for w in ordered) == sorted(w.text for w in words)
    assert in_reading_order([], WIDTH, HEIGHT) == []
