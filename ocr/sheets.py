"""The cells of an Excel workbook from outside as tidy text, read in the sandbox.

    read_sheets(data, most_rows=1000) -> {"Đơn vị": [["Mã", "Tên"], ["PKT", "Phòng Kinh tế"]]}

Only this function is for the application; the rest runs in the child.
"""

from __future__ import annotations

import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path

from ocr import sandbox
from ocr.errors import FileRefused
from ocr.types import Limits

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 200
MOST_SHEETS = 20
LIMITS = Limits(wall_s=20, cpu_s=15, memory_mb=1024, file_mb=8, answer_bytes=32 * 1024 * 1024)

Sheets = dict[str, list[list[str]]]


def read_sheets(
    data: bytes, *, most_rows: int, most_columns: int = 20, longest_cell: int = 2000
) -> Sheets:
    """Rows of text by the titles of the sheets, in their order; days are dd/mm/yyyy.

    At most `most_rows` rows are given, and one more where there are more, so that the caller can
    say so. Empty cells at the end of a row are left out.

    Raises:
        FileRefused: no workbook, broken, with a password, or too large when unpacked.
    """
    if len(data) > MOST_BYTES:
        raise FileRefused("too_big", f"{len(data)} bytes")
    with tempfile.NamedTemporaryFile(prefix="sheets-", suffix=".xlsx") as file:
        file.write(data)
        file.flush()
        args = {
            "path": file.name,
            "most_rows": most_rows,
            "most_columns": most_columns,
            "longest_cell": longest_cell,
        }
        answer = sandbox.run("ocr.sheets:sheets_here", args, LIMITS)
    return {str(title): [[str(cell) for cell in row] for row in rows] for title, rows in answer}


def sheets_here(
    path: str, most_rows: int, most_columns: int, longest_cell: int
) -> list[tuple[str, list[list[str]]]]:
    """In the child: title and rows of each sheet."""
    from openpyxl import load_workbook

    check_container(Path(path))
    book = load_workbook(path, read_only=True, data_only=True)
    found = []
    for sheet in book.worksheets[:MOST_SHEETS]:
        rows = sheet.iter_rows(max_row=most_rows + 1, max_col=most_columns, values_only=True)
        texts = [[cell_text(cell)[:longest_cell] for cell in row] for row in rows]
        found.append((sheet.title.strip(), [_without_tail(row) for row in texts]))
    return found


def check_container(path: Path) -> None:
    """Raises FileRefused for what is no ZIP, or would unpack to too much."""
    try:
        with zipfile.ZipFile(path) as container:
            parts = container.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise FileRefused("broken", str(error)) from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise FileRefused("too_big", f"{len(parts)} parts")


def cell_text(cell: object) -> str:
    """A cell as one line of text; whole numbers without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, date | datetime):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def _without_tail(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row
