"""An Excel workbook as rows of text, within limits; and the empty one to fill in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from app.errors import InvalidInput
from app.organisation.names import fold_name

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 200
MOST_ROWS = 1000
MOST_COLUMNS = 20
LONGEST_CELL = 2000

UNITS, POSTS, PEOPLE, ORGANS = "Đơn vị", "Chức vụ", "Người dùng", "Cơ quan"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its heading and the field it fills."""

    field: str
    heading: str
    required: bool = False
    width: int = 22
    hint: str = ""


SHEETS: dict[str, tuple[Column, ...]] = {  # in the order in which one needs the other
    UNITS: (
        Column("code", "Mã", True, 12, "Không trùng nhau; dùng ở các trang sau"),
        Column("name", "Tên đơn vị", True, 44),
        Column("short_name", "Tên ngắn", True),
        Column("kind", "Loại", hint="Lãnh đạo, Văn phòng, Phòng, Trung tâm, Tổ, Ban"),
        Column("parent", "Thuộc đơn vị (mã)"),
        Column("position", "Thứ tự", width=10),
        Column("valid_from", "Từ ngày", width=14, hint="dd/mm/yyyy; để trống: hôm nay"),
    ),
    POSTS: (
        Column("unit", "Mã đơn vị", True, 12),
        Column("title", "Tên chức vụ", True, 32, "Mỗi vị trí một dòng: hai chuyên viên, hai dòng"),
        Column("roles", "Vai trò", width=32, hint="Tên vai trò, cách nhau bằng dấu phẩy"),
        Column("is_head", "Cấp trưởng, phó", width=16, hint="có hoặc để trống"),
        Column("rank", "Thứ bậc", width=10, hint="1 là cấp trưởng"),
        Column("valid_from", "Từ ngày", width=14),
    ),
    PEOPLE: (
        Column("login", "Tên đăng nhập", True),
        Column("full_name", "Họ và tên", True, 30),
        Column("email", "Thư điện tử", width=28),
        Column("phone", "Điện thoại", width=16),
        Column("unit", "Mã đơn vị", width=12),
        Column("title", "Chức vụ", width=28, hint="Giữ hai chức vụ: hai dòng cùng tên đăng nhập"),
        Column("valid_from", "Từ ngày", width=14),
    ),
    ORGANS: (
        Column("name", "Tên cơ quan", True, 44),
        Column("short_name", "Tên ngắn"),
        Column("level", "Cấp", hint="Trung ương, Tỉnh, Huyện, Xã, Khác"),
        Column("aliases", "Tên gọi khác", width=44, hint="Cách nhau bằng dấu chấm phẩy"),
        Column("code", "Mã định danh", width=20),
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet: where it stands, and its cells as tidy text by field."""

    sheet: str
    number: int
    cells: dict[str, str]


def read_workbook(data: bytes) -> list[Line]:
    """The filled rows of the four sheets, in the order in which they are to be written.

    Raises:
        InvalidInput: not an Excel workbook, too large, no sheet of ours, a column is missing.
    """
    _check_container(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        found = {sheet.title.strip(): sheet for sheet in book.worksheets}
        lines = [
            line
            for name, columns in SHEETS.items()
            if name in found
            for line in _lines(name, columns, found[name])
        ]
    except InvalidInput:
        raise
    except Exception as error:  # openpyxl raises whatever its XML and zip layers raise
        sentence = "Không đọc được tệp Excel này. Hãy lưu lại dạng .xlsx."
        raise InvalidInput(sentence, "file") from error
    if not found.keys() & SHEETS.keys():
        names = ", ".join(SHEETS)
        raise InvalidInput(f"Tệp cần ít nhất một trang tính: {names}.", "file")
    if not lines:
        raise InvalidInput("Tệp không có dòng dữ liệu nào.", "file")
    return lines


def _check_container(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise InvalidInput("Tệp lớn quá 2 MB.", "file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            parts = container.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise InvalidInput("Tệp không phải là Excel dạng .xlsx.", "file") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise InvalidInput("Tệp Excel này quá lớn khi mở ra.", "file")


def _lines(name: str, columns: tuple[Column, ...], sheet: Any) -> Iterator[Line]:
    rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
    head = [fold_name(_text(cell)) for cell in next(rows, ())]
    places: dict[str, int] = {}
    for column in columns:
        wanted = fold_name(column.heading)
        if wanted in head:
            places[column.field] = head.index(wanted)
        elif column.required:
            raise InvalidInput(f"Trang “{name}” thiếu cột “{column.heading}”.", "file")
    for number, row in enumerate(rows, start=2):
        cells = {field: _text(row[at]) if at < len(row) else "" for field, at in places.items()}
        if not any(cells.values()):
            continue
        if number > MOST_ROWS + 1:
            raise InvalidInput(f"Trang “{name}” có quá {MOST_ROWS} dòng.", "file")
        yield Line(name, number, cells)


def _text(cell: object) -> str:
    """A cell as one line of text; days as dd/mm/yyyy, whole numbers without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, date | datetime):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())[:LONGEST_CELL]


def template() -> bytes:
    """An empty workbook with all sheets, headings and a page of instructions."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, columns in SHEETS.items():
        sheet = book.create_sheet(name)
        sheet.append([column.heading for column in columns])
        sheet.freeze_panes = "A2"
        for at, column in enumerate(columns, start=1):
            sheet.cell(1, at).font = Font(bold=column.required)
            sheet.column_dimensions[get_column_letter(at)].width = column.width
    guide = book.create_sheet("Hướng dẫn")
    guide.append(["Trang", "Cột", "Bắt buộc", "Ghi chú"])
    for name, columns in SHEETS.items():
        for column in columns:
            guide.append([name, column.heading, "có" if column.required else "", column.hint])
    for letter, width in (("A", 14), ("B", 22), ("C", 10), ("D", 60)):
        guide.column_dimensions[letter].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
