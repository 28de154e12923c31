"""Where number, date, signature and seal go, found from the letters of the printed page.

Decree 30/2020/ND-CP, annex I: the number follows “Số:” in the head, the date stands in
“ngày … tháng … năm”, the signature between title and name, the seal over its left third.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.outgoing.signing.errors import PlacesNotFound

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points; origin at the lower left of the page, as PDF has it."""

MM = 72 / 25.4
SIGNATURE_WIDTH, SIGNATURE_HEIGHT = 48 * MM, 25 * MM
SEAL = 36 * MM  # the diameter of the seals of state bodies
LEAST_SPACE = 12 * MM  # less than this between title and name is no place for a signature
LEAST_GAP = 12.0  # points
HEAD = 0.45  # the share of page 1 that is head
NUMBER = re.compile(r"so\s*:?([\s.…_·]*)(\d+[a-z]{0,2}\s*)?[/-]")
DATE = re.compile(r"ngay([\s.…_\d]*)thang([\s.…_\d]*)nam\s*\d{4}")


@dataclass(frozen=True, slots=True)
class Gap:
    """A place for text. `dotted`: leader dots stand there, so the text needs a white ground."""

    page: int
    box: Box
    size: float
    italic: bool = False
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for a picture."""

    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Places:
    """Where the fields go; pages count from 0. A gap that is printed full already is None."""

    number: Gap | None
    day: Gap | None
    month: Gap | None
    signature: Spot
    seal: Spot


@dataclass(frozen=True, slots=True)
class _Letter:
    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    italic: bool


@dataclass(frozen=True, slots=True)
class _Line:
    """Letters on one baseline from left to right, and their text without marks, in small."""

    letters: tuple[_Letter, ...]
    text: str
    at: tuple[int, ...]  # for each character of `text`, the letter it comes from

    @property
    def baseline(self) -> float:
        return self.letters[0].baseline

    @property
    def size(self) -> float:
        return max(letter.size for letter in self.letters)


def find(pdf: bytes, signer: str | None = None) -> Places:
    """The places in a finished but unsigned document.

    `signer` is the name under the signature; without it the widest space in the right column
    beside “Nơi nhận” is taken.

    Raises:
        PlacesNotFound: a place is missing, too small, or the page is turned.
    """
    import pdfplumber

    with pdfplumber.open(io.BytesIO(pdf)) as document:
        head = _lines(document.pages[0], below=1 - HEAD)
        width = float(document.pages[0].width)
        number = _number(head, width)
        day, month = _date(head)
        for index in range(len(document.pages) - 1, -1, -1):
            page = document.pages[index]
            spot = _signature(_lines(page), float(page.width), signer)
            document.pages[index].close()
            if spot is not None:
                break
        else:
            raise PlacesNotFound(_no_signature(signer))
    signature, seal = spot
    return Places(number, day, month, Spot(index, signature), Spot(index, seal))


def _no_signature(signer: str | None) -> str:
    if signer:
        return (
            f"Không tìm thấy chỗ ký: dưới chức vụ cần một khoảng trống ít nhất 12 mm rồi đến "
            f"họ tên “{signer}”."
        )
    return "Không tìm thấy chỗ ký: dưới chức vụ cần một khoảng trống ít nhất 12 mm rồi đến họ tên."


def _number(head: Sequence[_Line], width: float) -> Gap | None:
    for line in head:
        for found in NUMBER.finditer(line.text):
            label = line.letters[line.at[found.start()]]
            if label.x0 > width * 0.5 or not _is_label(line, found.start()):
                continue
            if found.group(2):
                return None
            return _gap(line, found.start(1), found.end(1), "sau “Số:”")
    raise PlacesNotFound("Không tìm thấy chỗ ghi số: phần đầu văn bản phải có “Số:” và ký hiệu.")


def _date(head: Sequence[_Line]) -> tuple[Gap | None, Gap | None]:
    for line in head:
        found = DATE.search(line.text)
        if found is None:
            continue
        gaps = []
        for group, name in ((1, "sau “ngày”"), (2, "sau “tháng”")):
            printed = re.search(r"\d", found.group(group))
            gaps.append(None if printed else _gap(line, found.start(group), found.end(group), name))
        return gaps[0], gaps[1]
    raise PlacesNotFound("Không tìm thấy dòng “ngày … tháng … năm …” ở phần đầu văn bản.")


def _gap(line: _Line, start: int, end: int, name: str) -> Gap:
    """The space between the letters around `text[start:end]`; both stand on the page."""
    left = line.at[start - 1]
    while not line.letters[left].text.strip():
        left -= 1
    before, after = line.letters[left], line.letters[line.at[end]]
    if after.x0 - before.x1 < LEAST_GAP:
        raise PlacesNotFound(
            f"Chỗ trống {name} quá hẹp, không điền được. Hãy chừa ít nhất 5 mm trong bản dự thảo."
        )
    size = before.size
    foot = line.baseline - 0.3 * size
    box = (before.x1 + 0.5, foot, after.x0 - 0.5, foot + 1.3 * size)
    dotted = bool(line.text[start:end].strip())
    return Gap(0, box, size, before.italic, dotted)


def _is_label(line: _Line, index: int) -> bool:
    """Whether the word “Số” begins here: “CƠ SỞ” has the same letters without their marks."""
    here = line.at[index]
    if index and line.text[index - 1] not in " \t":
        return False
    printed = "".join(letter.text for letter in line.letters[here : here + 4])
    return unicodedata.normalize("NFC", printed).lower().startswith("số")


def _signature(lines: Sequence[_Line], width: float, signer: str | None) -> tuple[Box, Box] | None:
    """The boxes of signature and seal on this page, if it carries the signature."""
    right = _right_column(lines, width)
    if signer:
        wanted = _fold(signer).split()
        pairs = [(up, low) for up, low in pairwise(right) if low.text.split() == wanted]
    else:
        start = [line.baseline for line in lines if "noi nhan" in line.text]
        if not start:
            return None
        block = [line for line in right if line.baseline < start[-1] + 60]
        pairs = list(pairwise(block))
    spaced = [(up.baseline - low.baseline, up, low) for up, low in pairs]
    spaced = [one for one in spaced if one[0] - one[2].size >= LEAST_SPACE]
    if not spaced:
        return None
    _, title, name = spaced[-1] if signer else max(spaced, key=lambda one: one[0])
    return _boxes(title, name)


def _boxes(title: _Line, name: _Line) -> tuple[Box, Box]:
    """Signature in the middle of the space; the seal's right edge ends its left third."""
    middle = (name.letters[0].x0 + name.letters[-1].x1) / 2
    foot = name.baseline + 0.75 * name.size + 1
    height = min(SIGNATURE_HEIGHT, title.baseline - 0.25 * title.size - foot)
    foot += (title.baseline - 0.25 * title.size - foot - height) / 2
    left = middle - SIGNATURE_WIDTH / 2
    edge = left + SIGNATURE_WIDTH / 3
    centre = foot + height / 2
    signature = (left, foot, left + SIGNATURE_WIDTH, foot + height)
    return signature, (edge - SEAL, centre - SEAL / 2, edge, centre + SEAL / 2)


def _right_column(lines: Sequence[_Line], width: float) -> list[_Line]:
    """The words right of the middle, joined to lines again, from top to bottom."""
    kept = []
    for line in lines:
        letters = [one for one in line.letters if one.text.strip()]
        for first in range(len(letters)):
            gap = letters[first].x0 - letters[first - 1].x1 if first else width
            if letters[first].x0 > width * 0.44 and gap > 3 * letters[first].size:
                start = line.letters.index(letters[first])
                kept.append(_line(line.letters[start:]))
                break
    return kept


def _lines(page: Any, below: float = 0.0) -> list[_Line]:
    """Lines of a page from top to bottom, of its part over `below` (a share of its height)."""
    if page.rotation:
        raise PlacesNotFound("Trang văn bản bị xoay; hãy xuất lại PDF với trang thẳng đứng.")
    left, bottom = float(page.mediabox[0]), float(page.mediabox[1])
    least = bottom + float(page.height) * below
    letters = [
        _Letter(
            char["text"],
            float(char["x0"]) + left,
            float(char["x1"]) + left,
            round(float(char["matrix"][5]), 1),
            float(char["size"]),
            "italic" in char["fontname"].lower() or "oblique" in char["fontname"].lower(),
        )
        for char in page.chars
    ]
    rows: list[list[_Letter]] = []
    for letter in sorted(letters, key=lambda one: (-one.baseline, one.x0)):
        if letter.baseline < least:
            continue
        if rows and rows[-1][0].baseline - letter.baseline < 2.0:
            rows[-1].append(letter)
        else:
            rows.append([letter])
    return [_line(sorted(row, key=lambda one: one.x0)) for row in rows]


def _line(letters: Sequence[_Letter]) -> _Line:
    """Words that stand apart get a blank between them, whether or not the file has one."""
    text, at = [], []
    for index, letter in enumerate(letters):
        if index and letter.x0 - letters[index - 1].x1 > 0.16 * letter.size:
            text.append(" ")
            at.append(index - 1)
        for char in _fold(letter.text):
            text.append(char)
            at.append(index)
    return _Line(tuple(letters), "".join(text), tuple(at))


def _fold(text: str) -> str:
    """Small letters without marks: the same for NFC and NFD."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return plain.lower().replace("đ", "d").replace("\xa0", " ")
