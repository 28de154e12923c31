"""The scoring of the reading benchmark."""

from __future__ import annotations

import math
from pathlib import Path

from bench.reading import Placed, compare, distance, share
from bench.reading_papers import SIZE, Line, Scan, unturned

TEXT = "Đề nghị cơ quan"


def scan(angle: float) -> Scan:
    return Scan(Path("x.pdf"), (Line(TEXT, (300, 400, 700, 440)),), angle)


def placed(texts: list[str], angle: float) -> list[Placed]:
    """Words of the line, where a page turned counter-clockwise by `angle` shows them."""
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    out = []
    for number, text in enumerate(texts):
        x, y = 350 + 100 * number - SIZE[0] / 2, 420 - SIZE[1] / 2
        shown = (SIZE[0] / 2 + cosine * x + sine * y, SIZE[1] / 2 - sine * x + cosine * y)
        assert math.dist(unturned(*shown, angle), (350 + 100 * number, 420)) < 1e-6
        out.append((text, shown[0] - 40, *shown))
    return out


def test_a_perfect_reading_of_a_turned_page_has_no_wrong_letter() -> None:
    counts = compare(scan(2.0), placed(TEXT.split(), 2.0))

    assert (counts["cer"], counts["tone"], counts["letters"]) == (0, 0, len(TEXT))


def test_a_wrong_mark_and_a_missing_word_are_told_apart() -> None:
    marks = compare(scan(0.0), placed(["Đê", "nghị", "cơ", "quan"], 0.0))
    missing = compare(scan(0.0), placed(["Đề", "nghị", "cơ"], 0.0))

    assert (marks["cer"], marks["tone"]) == (1, 1)
    assert (missing["cer"], missing["tone"]) == (5, 0)
    assert share(marks, "tone") == 25.0  # of four letters with marks
    assert distance("kitten", "sitting") == 3
