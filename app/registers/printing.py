"""Register books on paper: any columns and rows as PDF/A-2b for binding, or as XLSX."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import render_template

from app.clock import local

if TYPE_CHECKING:  # openpyxl brings numpy: a third of a second that only a printed book pays
    from openpyxl.worksheet.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a book: its heading and its share of the width, in percent."""

    heading: str
    width: int
    number: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the table. `notes` stand below it: proof, who printed it when."""

    organ: str
    title: str
    period: str
    notes: tuple[str, ...] = ()


Cell = str | int | date | datetime | None


def book_pdf(heading: Heading, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The book as PDF/A-2b, landscape, the head of the table on every page.

    Renders for seconds when the book is long: call it outside any block. Needs an application
    context for the template.
    """
    html = render_template(
        "registers/book.html",
        heading=heading,
        columns=columns,
        rows=[[cell_text(cell) for cell in row] for row in rows],
    )
    return archival_pdf(html)


def archival_pdf(html: str) -> bytes:
    """A printed page as PDF/A-2b."""
    from weasyprint import HTML  # 0.5 s to import: only who prints pays

    made: bytes = HTML(string=html).write_pdf(pdf_variant="pdf/a-2b")
    return made


def book_xlsx(heading: Heading, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The book as a workbook of one sheet, ready to print on A4 landscape.

    A text that a spreadsheet would take for a formula is stored as text.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]
    sheet.title = "Sổ"
    for text, size in ((heading.organ, 12), (heading.title, 14), (heading.period, 12)):
        sheet.append([text])
        sheet.cell(sheet.max_row, 1).font = Font(name="Times New Roman", bold=True, size=size)
    sheet.append([])
    sheet.append([column.heading for column in columns])
    head = sheet.max_row
    for row in rows:
        sheet.append([_plain(cell) for cell in row])
    _dress(sheet, head, columns)
    for note in heading.notes:
        sheet.append([note])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(cell: Cell) -> str | int | None:
    """Numbers as numbers, dates as they are written, and never a formula."""
    if isinstance(cell, int):
        return cell
    text = cell_text(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _dress(sheet: Worksheet, head: int, columns: Sequence[Column]) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.utils import get_column_letter

    line = Side(style="thin")
    for row in sheet.iter_rows(min_row=head, max_row=sheet.max_row, max_col=len(columns)):
        for cell in row:
            cell.border = Border(left=line, right=line, top=line, bottom=line)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(name="Times New Roman", size=11, bold=cell.row == head)
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(6, column.width * 1.4)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.print_title_rows = f"{head}:{head}"
    sheet.freeze_panes = f"A{head + 1}"


def cell_text(cell: Cell) -> str:
    """Dates as 18/11/2026, moments with the time in Vietnam, nothing as an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{local(cell):%d/%m/%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return str(cell)
