"""An Excel workbook as rows of text, within limits; and the empty one to fill in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import InvalidInput
from app.organisation.names import fold_name
from ocr.errors import FileRefused
from ocr.sheets import MOST_BYTES, read_sheets

MOST_ROWS = 1000
MOST_COLUMNS = 20
LONGEST_CELL = 2000
SENTENCES = {
    "broken": "Tệp không phải là Excel dạng .xlsx hoặc bị hỏng. Hãy lưu lại dạng .xlsx.",
    "crashed": "Tệp không phải là Excel dạng .xlsx hoặc bị hỏng. Hãy lưu lại dạng .xlsx.",
    "too_big": "Tệp Excel này quá lớn khi mở ra.",
}

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

    The file is parsed in the sandbox, within its limits.

    Raises:
        InvalidInput: not an Excel workbook, too large, no sheet of ours, a column is missing.
    """
    if len(data) > MOST_BYTES:
        raise InvalidInput("Tệp lớn quá 2 MB.", "file")
    try:
        found = read_sheets(
            data, most_rows=MOST_ROWS + 1, most_columns=MOST_COLUMNS, longest_cell=LONGEST_CELL
        )
    except FileRefused as error:
        raise InvalidInput(SENTENCES.get(error.code, error.sentence), "file") from error
    lines = [
        line
        for name, columns in SHEETS.items()
        if name in found
        for line in _lines(name, columns, found[name])
    ]
    if not found.keys() & SHEETS.keys():
        names = ", ".join(SHEETS)
        raise InvalidInput(f"Tệp cần ít nhất một trang tính: {names}.", "file")
    if not lines:
        raise InvalidInput("Tệp không có dòng dữ liệu nào.", "file")
    return lines


def _lines(name: str, columns: tuple[Column, ...], rows: list[list[str]]) -> Iterator[Line]:
    head = [fold_name(cell) for cell in rows[0]] if rows else []
    places: dict[str, int] = {}
    for column in columns:
        wanted = fold_name(column.heading)
        if wanted in head:
            places[column.field] = head.index(wanted)
        elif column.required:
            raise InvalidInput(f"Trang “{name}” thiếu cột “{column.heading}”.", "file")
    for number, row in enumerate(rows[1:], start=2):
        cells = {field: row[at] if at < len(row) else "" for field, at in places.items()}
        if not any(cells.values()):
            continue
        if number > MOST_ROWS + 1:
            raise InvalidInput(f"Trang “{name}” có quá {MOST_ROWS} dòng.", "file")
        yield Line(name, number, cells)


def template() -> bytes:
    """An empty workbook with all sheets, headings and a page of instructions."""
    from openpyxl import Workbook  # and with it numpy: only who asks for a template pays
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

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
