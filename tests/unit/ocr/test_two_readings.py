"""Two readings of one page made one."""

from __future__ import annotations

import numpy as np

from ocr.engine import Image, OcrWord
from ocr.second_look import look_again
from ocr.two_readings import better_of_both


def line(number: int, *said: tuple[str, float]) -> list[OcrWord]:
    """Words of one line, 40 pixels under the last one, as (text, confidence)."""
    top = 40 * number
    return [
        OcrWord(text, 100 * i, top, 100 * i + 90, top + 20, confidence, (1, 1, number))
        for i, (text, confidence) in enumerate(said)
    ]


def texts(words: list[OcrWord]) -> list[str]:
    return [w.text for w in sorted(words, key=lambda w: (w.y0, w.x0))]


def test_a_line_that_one_reading_dropped_is_taken_from_the_other() -> None:
    raw = line(1, ("Thực", 95), ("hiện", 95)) + line(2, ("ng", 35))
    soft = line(1, ("Thục", 80), ("hiên", 70)) + line(2, ("Nơi", 90), ("nhận:", 90))

    assert texts(better_of_both(raw, soft)) == ["Thực", "hiện", "Nơi", "nhận:"]


def test_a_doubted_word_is_taken_from_the_surer_reading_and_the_rest_of_its_line_stays() -> None:
    raw = line(1, ("Thực", 95), ("hiệV", 55), ("chỉ", 95), ("đạo", 95))
    soft = line(1, ("Thục", 80), ("hiện", 85), ("chi", 60), ("đạo", 70))

    assert texts(better_of_both(raw, soft)) == ["Thực", "hiện", "chỉ", "đạo"]


def test_strokes_of_a_pen_displace_nothing() -> None:
    raw = line(1, ("Thực", 95), ("hiện", 95))
    soft = line(1, ("|", 90), ("~", 90), ("^", 90), ("Ầ", 60))

    assert texts(better_of_both(raw, soft)) == ["Thực", "hiện"]
    assert better_of_both([], []) == []


def test_digits_are_not_taken_from_the_other_reading() -> None:
    raw = line(1, ("Số:", 60), ("l2", 50), ("/QĐ", 60)) + line(2, *[("Thực", 95)] * 4)
    soft = line(1, ("Số:", 95), ("12", 95), ("/QĐ-UBND", 95)) + line(2, *[("Thục", 60)] * 4)

    assert texts(better_of_both(raw, soft))[:2] == ["Số:", "l2"]


class CropEngine:
    """Reads the same words, where they stand, in every crop that begins at the line of a note."""

    def read(self, image: Image, *, dpi: int, psm: int = 3) -> list[OcrWord]:
        cut = OcrWord("Độc", 0, -12, 90, 8, 90, (1, 1, 1))
        return [cut, OcrWord("thực", 0, 10, 90, 30, 95, (1, 1, 2))]

    def turn(self, image: Image, *, dpi: int) -> int:
        return 0


def test_a_line_at_the_edge_of_what_is_read_again_does_not_stand_there_twice() -> None:
    page = np.full((400, 400, 3), 255, np.uint8)
    page[200:220, 0:90] = (30, 60, 200)  # a blue note over the second line
    whole = OcrWord("Độc", 0, 178, 90, 198, 95, (1, 1, 1))
    noted = OcrWord("tnuc", 0, 200, 90, 220, 40, (1, 1, 2))

    words = look_again(page[:, :, 0], page, [whole, noted], CropEngine(), 200)

    assert texts(words) == ["Độc", "thực"]
