"""The daily list of the provincial system as rows: XLSX through the sandbox, CSV as text."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from app.clock import VIETNAM
from app.db import transaction
from app.errors import InvalidInput
from app.organisation.dates import parse_date
from app.organisation.names import fold_name
from app.security import Actor
from ocr.errors import FileRefused
from ocr.sheets import MOST_BYTES, read_sheets

MOST_ROWS, BATCH, MOST_COLUMNS = 5000, 100, 40
FIELDS: dict[str, str] = {
    "external_code": "Mã hồ sơ",
    "procedure_code": "Mã thủ tục",
    "procedure_name": "Tên thủ tục",
    "applicant_name": "Chủ hồ sơ",
    "identity_number": "Số giấy tờ",
    "phone": "Điện thoại",
    "address": "Địa chỉ",
    "received_at": "Ngày tiếp nhận",
    "due_at": "Ngày hẹn trả",
    "finished_at": "Ngày có kết quả",
    "status": "Trạng thái",
    "channel": "Hình thức nộp",
}
NEEDED = ("external_code", "status")
SEARCHED_ROWS = 15  # such lists have titles above the line that names the columns


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line by our fields; `number` is that of the line in the file."""

    number: int
    values: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def moment(self, name: str, end_of_day: bool = False) -> datetime | None:
        """“23/11/2026 09:15” or a day alone, in Vietnam. Raises ValueError."""
        text = self.get(name)
        if not text:
            return None
        day_text, _, clock_text = text.partition(" ")
        if ":" in day_text:  # some write the hour first
            day_text, clock_text = clock_text, day_text
        at = time(17, 0) if end_of_day else time(7, 30)
        if clock_text.strip():
            hour, minute = (int(part) for part in clock_text.strip().split(":")[:2])
            at = time(hour, minute)
        return datetime.combine(parse_date(day_text), at, tzinfo=VIETNAM)


def read_cells(data: bytes, name: str) -> list[list[str]]:
    """The lines of a file. Raises InvalidInput for one that cannot be read."""
    if len(data) > MOST_BYTES:
        raise InvalidInput("Tệp quá lớn.", "file")
    if name.lower().endswith(".csv"):
        rows = _csv(data)
    else:
        try:
            sheets = read_sheets(data, most_rows=MOST_ROWS + 20, most_columns=MOST_COLUMNS)
        except FileRefused as error:
            raise InvalidInput(error.sentence, "file") from error
        rows = next(iter(sheets.values()), [])
    if len(rows) > MOST_ROWS + SEARCHED_ROWS:
        raise InvalidInput(f"Tệp có quá {MOST_ROWS} dòng.", "file")
    return rows


def _csv(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("Tệp CSV phải là UTF-8.", "file") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        found = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise InvalidInput("Tệp CSV không đọc được.", "file") from error
    return [[" ".join(cell.split()) for cell in row[:MOST_COLUMNS]] for row in found]


def headings(cells: Sequence[Sequence[str]]) -> list[str]:
    """What the columns may be called: the fullest of the first lines, for the page of mappings."""
    first = cells[:SEARCHED_ROWS]
    return [cell for cell in max(first, key=lambda row: sum(map(bool, row)), default=[]) if cell]


def map_rows(cells: Sequence[Sequence[str]], columns: Mapping[str, Any]) -> list[ListRow]:
    """The lines below the one that has the headings of a mapping, by our fields.

    Raises:
        InvalidInput: no such line.
    """
    index, places = _head(cells, columns)
    found = []
    for number, row in enumerate(cells[index + 1 :], start=index + 2):
        values = {name: row[at].strip() for name, at in places.items() if at < len(row)}
        if values.get("external_code"):
            found.append(ListRow(number, values))
    return found


def _head(cells: Sequence[Sequence[str]], columns: Mapping[str, Any]) -> tuple[int, dict[str, int]]:
    """Which line names the columns, and where each of our fields stands in it."""
    wanted = {field: fold_name(str(heading)) for field, heading in columns.items() if heading}
    for index, row in enumerate(cells[:SEARCHED_ROWS]):
        folded = [fold_name(cell) for cell in row]
        places = {name: folded.index(head) for name, head in wanted.items() if head in folded}
        if all(name in places for name in NEEDED):
            return index, places
    missing = " và ".join(f"“{columns.get(name) or FIELDS[name]}”" for name in NEEDED)
    raise InvalidInput(f"Không tìm thấy dòng tiêu đề có cột {missing}.", "file")


def take_in(actor: Actor, *, mapping_id: int, data: bytes, name: str) -> int:
    """Take a whole list in, a batch a transaction; the id of the import. A second time nothing
    changes.

    Raises:
        InvalidInput: the file cannot be read or lacks the columns of the mapping.
    """
    from app.procedures.services import importing

    cells = read_cells(data, name)
    with transaction("procedures.begin_import") as session:
        columns = importing.get_mapping(session, mapping_id).columns
        rows = map_rows(cells, columns)
        made = importing.begin_import(
            session, actor, mapping_id=mapping_id, file_name=name,
            sha256=hashlib.sha256(data).hexdigest(), row_count=len(rows),
        )  # fmt: skip
        import_id = made.id
    for first in range(0, len(rows), BATCH):
        with transaction("procedures.import_rows") as session:
            importing.take_rows(
                session, actor, import_id=import_id, rows=rows[first : first + BATCH]
            )
    with transaction("procedures.finish_import") as session:
        importing.finish_import(session, actor, import_id=import_id, rows=rows)
    return import_id
