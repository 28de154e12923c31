"""Scans of paper documents: which document each page belongs to, by the codes of number sheets.

A number sheet says whose the pages after it are, so that a whole pile can be scanned at once. The
sheet itself is no part of the document and is left out.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ocr
from app.errors import InvalidInput
from ocr import FileRefused, FileType, FirstPage, ReadOptions
from ocr.codes import find_codes

SHEET = re.compile(r"/van-ban-di/([A-Za-z0-9_-]{1,40})/ban-quet/?$")
NO_PAGES = "Bản quét chỉ có phiếu số, chưa có trang văn bản nào."


@dataclass(frozen=True, slots=True)
class ScanPart:
    """The pages of one document as a PDF. `token` names it; None where no sheet said so."""

    token: str | None
    pdf: bytes
    pages: int


def token_of(code: str) -> str | None:
    """The document that the code of a number sheet names; None for any other code."""
    match = SHEET.search(code.strip())
    return match[1] if match else None


def first_sheet(path: Path) -> str | None:
    """The document whose number sheet lies on top of a file. Raises FileRefused."""
    _pages, codes = find_codes(path, first_only=True)
    return next((token for _page, code in codes if (token := token_of(code))), None)


def parts_of(path: Path) -> list[ScanPart]:
    """A PDF or picture from outside, cut at its number sheets; read in the limited child.

    Raises InvalidInput for what cannot be read, and for a sheet without a page after it.
    """
    try:
        return _cut(path)
    except FileRefused as refused:
        raise InvalidInput(refused.sentence, "file") from refused


def first_pages(parts: Sequence[ScanPart], options: ReadOptions) -> list[FirstPage]:
    """The first page of each part, judged for secrecy: the sheet on top hid it. Ends with the
    first part that bears a mark.

    Raises InvalidInput for a part that nobody can read: nothing is kept unjudged.
    """
    found: list[FirstPage] = []
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        path = Path(folder, "part.pdf")
        for part in parts:
            path.write_bytes(part.pdf)
            try:
                found.append(ocr.check_first_page(path, options))
            except FileRefused as refused:
                raise InvalidInput(refused.sentence, "file") from refused
            if found[-1].secrecy is not None:
                break
    return found


def _cut(path: Path) -> list[ScanPart]:
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        with path.open("rb") as file:
            kind = ocr.sniff(file.read(ocr.SNIFF_BYTES))
        source = path
        count, codes = find_codes(path)
        sheets = {page: token for page, code in codes if (token := token_of(code))}
        if kind is not FileType.PDF:
            source = Path(folder, "scan.pdf")
            ocr.to_pdf(path, source)
        if not sheets:
            return [ScanPart(None, source.read_bytes(), count)]
        if count == 1:  # one picture with the code on it: the sheet was laid onto the document
            return [ScanPart(sheets[1], source.read_bytes(), 1)]
        groups = _groups(sheets, count)
        made = ocr.split(source, [pages for _token, pages in groups], folder)
        return [
            ScanPart(token, part.read_bytes(), len(pages))
            for (token, pages), part in zip(groups, made, strict=True)
        ]


def _groups(sheets: dict[int, str], count: int) -> list[tuple[str | None, Sequence[int]]]:
    """The pages before the first sheet, then those after the sheets of each document.

    A document whose sheet lies in the pile twice gets all its pages, in their order.
    """
    starts = sorted(sheets)
    groups: dict[str | None, list[int]] = {}
    if starts[0] > 1:
        groups[None] = list(range(1, starts[0]))
    for start, end in zip(starts, [*starts[1:], count + 1], strict=True):
        if end - start < 2:
            raise InvalidInput(NO_PAGES, "file")
        groups.setdefault(sheets[start], []).extend(range(start + 1, end))
    return list(groups.items())
