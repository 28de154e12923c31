"""A catalogue from Excel: rows of text to planned files, with every fault named at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.casefiles.services.catalogue import EntryData, check_years
from app.errors import InvalidInput
from app.organisation.names import fold_name
from ocr.errors import FileRefused
from ocr.sheets import read_sheets

MOST_ROWS = 2000
MOST_FAULTS = 10
LONGEST_CELL = 500
SENTENCES = {
    "broken": "Không đọc được tệp Excel này. Hãy lưu dạng .xlsx.",
    "crashed": "Không đọc được tệp Excel này. Hãy lưu dạng .xlsx.",
    "too_big": "Tệp Excel này quá lớn.",
}
HEADINGS = {
    "notation": "Số, ký hiệu",
    "heading": "Đề mục",
    "title": "Tiêu đề hồ sơ",
    "period": "Thời hạn bảo quản",
    "unit": "Đơn vị",
    "note": "Ghi chú",
}
NEEDED = ("title", "period", "unit")
YEARS = re.compile(r"(\d{1,3})\s*(?:nam)?$")


def read_catalogue(data: bytes, units: Mapping[str, int]) -> list[EntryData]:
    """The planned files of a workbook's first sheet; `units` gives ids by folded name or code.

    Raises InvalidInput: no workbook, too large, a column is missing, or rows with faults (the
    first ten, by line).
    """
    rows = _rows(data)
    places = _places(rows[0] if rows else ())
    found, faults = list[EntryData](), list[str]()
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: row[at] if at < len(row) else "" for name, at in places.items()}
        if not any(cells.values()):
            continue
        entry = _entry(cells, units)
        if isinstance(entry, str):
            faults.append(f"Dòng {number}: {entry}")
        else:
            found.append(entry)
    if faults:
        raise InvalidInput(" ".join(faults[:MOST_FAULTS]), "file")
    if not found:
        raise InvalidInput("Tệp không có dòng dữ liệu nào.", "file")
    return found


def _entry(cells: Mapping[str, str], units: Mapping[str, int]) -> EntryData | str:
    unit_id = units.get(fold_name(cells["unit"]))
    if not cells["title"]:
        return "thiếu tiêu đề."
    if unit_id is None:
        return f"không có đơn vị “{cells['unit']}”."
    period = period_of(cells["period"])
    if period is False:
        return f"thời hạn “{cells['period']}” không phải là số năm hoặc “Vĩnh viễn”."
    years = None if period is None else int(period)
    try:
        check_years(years)
    except InvalidInput as error:
        return error.user_message
    return EntryData(
        unit_id=unit_id,
        title=cells["title"],
        retention_years=years,
        notation=cells.get("notation", ""),
        heading=cells.get("heading", ""),
        note=cells.get("note", ""),
    )


def period_of(text: str) -> int | bool | None:
    """Years, None for “Vĩnh viễn”, False for what is neither."""
    folded = fold_name(text)
    if folded in ("vinh vien", "vv"):
        return None
    found = YEARS.match(folded)
    return int(found[1]) if found else False


def _places(head: Sequence[str]) -> dict[str, int]:
    folded = [fold_name(cell) for cell in head]
    places = {
        name: folded.index(fold_name(label))
        for name, label in HEADINGS.items()
        if fold_name(label) in folded
    }
    for name in NEEDED:
        if name not in places:
            raise InvalidInput(f"Tệp thiếu cột “{HEADINGS[name]}”.", "file")
    return places


def _rows(data: bytes) -> list[list[str]]:
    """The first sheet, parsed in the sandbox."""
    try:
        sheets = read_sheets(data, most_rows=MOST_ROWS + 1, longest_cell=LONGEST_CELL)
    except FileRefused as error:
        raise InvalidInput(SENTENCES.get(error.code, error.sentence), "file") from error
    rows = next(iter(sheets.values()), [])
    if len(rows) > MOST_ROWS + 1:
        raise InvalidInput(f"Tệp có quá {MOST_ROWS} dòng.", "file")
    return rows
