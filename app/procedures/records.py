"""A procedure as it comes in a file: plain values, from YAML, JSON, or a table (CSV, XLSX)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

import config
from app.errors import InvalidInput
from app.organisation.dates import parse_date
from app.organisation.names import fold_name

SAMPLES = Path(config.__file__).parent / "data" / "sample_procedures.yaml"
CODE = re.compile(r"\d\.\d{6}(\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})?")
HEADINGS = {
    "ma tthc": "code", "ma thu tuc": "code", "ten thu tuc": "name", "ten tthc": "name",
    "linh vuc": "field", "don vi": "unit", "thoi han": "limit_amount", "don vi tinh": "limit_unit",
    "quyet dinh cong bo": "decision", "doi tuong": "subjects", "ket qua": "result",
    "can cu phap li": "legal_grounds", "trinh tu": "sequence", "dieu kien": "conditions",
    "co quan thuc hien": "implementing_organ", "co quan co tham quyen": "competent_organ",
    "thanh phan ho so": "papers", "le phi": "fees", "hieu luc tu": "valid_from",
    "tra ngay": "is_same_day",
}  # fmt: skip
LIMIT_WORDS = {
    "ngay lam viec": "working_day", "gio lam viec": "working_hour", "ngay": "calendar_day",
    "tuan": "week", "thang": "month",
}  # fmt: skip
YES = frozenset({"co", "x", "1", "true", "yes"})


@dataclass(frozen=True, slots=True)
class PaperRecord:
    name: str
    form_name: str = ""
    case: str = ""
    originals: int = 1
    copies: int = 0
    is_required: bool = True
    shape: str = ""


@dataclass(frozen=True, slots=True)
class FeeRecord:
    name: str
    amount: int | None = None
    kind: str = "charge"
    per: str = "dossier"
    timing: str = "before"
    further_from: int | None = None
    further_amount: int | None = None
    most: int | None = None
    case: str = ""
    ground: str = ""


@dataclass(frozen=True, slots=True)
class StepRecord:
    name: str
    kind: str
    role: str
    hundredths: int = 0
    unit: str = ""  # empty: the unit that handles the procedure


@dataclass(frozen=True, slots=True)
class WayRecord:
    channel: str
    limit_words: str = ""
    fee_words: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One procedure; field for field a version of the catalogue. `unit`: who handles it here."""

    code: str
    name: str
    field: str
    valid_from: date
    limit_amount: int = 1
    limit_unit: str = "working_day"
    start_rule: str = "next_working_day"
    cutoff_minute: int | None = None
    is_same_day: bool = False
    level: str = "commune"
    unit: str = ""
    keywords: str = ""
    is_illustrative: bool = False
    decision: str = ""
    sort: str = ""
    sequence: str = ""
    subjects: str = ""
    implementing_organ: str = ""
    competent_organ: str = ""
    coordinating_organ: str = ""
    receiving_place: str = ""
    result: str = ""
    legal_grounds: str = ""
    conditions: str = ""
    may_restart: bool = False
    restart_ground: str = ""
    pauses_for_fees: bool = True
    pauses_for_opinions: bool = False
    most_supplements: int | None = None
    most_extensions: int = 1
    most_extension_amount: int | None = None
    result_document_type: str = ""
    online_level: str = "information"
    online_supplements: bool = False
    book: str = ""
    papers: tuple[PaperRecord, ...] = ()
    fees: tuple[FeeRecord, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    ways: tuple[WayRecord, ...] = ()


@lru_cache(maxsize=1)
def samples() -> tuple[Record, ...]:
    """The procedures that come with the system, read once a process."""
    data = yaml.load(SAMPLES.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple(
        from_mapping({**data["common"], **row}, data["flows"]) for row in data["procedures"]
    )


def from_json(data: bytes) -> list[Record]:
    """A list of objects with our field names. Raises InvalidInput."""
    try:
        rows = json.loads(data)
        return [from_mapping(row, {}) for row in rows]
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidInput("Tệp JSON không đúng cấu trúc danh mục thủ tục.", "file") from error


def from_mapping(row: Mapping[str, Any], flows: Mapping[str, Any]) -> Record:
    """`steps` may name one of `flows`, a way that many procedures share.

    Raises:
        InvalidInput: a code that is none, or no name.
    """
    values = {one.name: row[one.name] for one in fields(Record) if one.name in row}
    steps = values.get("steps", ())
    values["steps"] = _all(StepRecord, flows[steps] if isinstance(steps, str) else steps)
    values["papers"] = _all(PaperRecord, values.get("papers", ()))
    values["fees"] = _all(FeeRecord, values.get("fees", ()))
    values["ways"] = _all(WayRecord, values.get("ways", ()))
    if isinstance(values.get("valid_from"), str):
        values["valid_from"] = parse_date(values["valid_from"])
    if CODE.fullmatch(str(values.get("code", ""))) is None:
        raise InvalidInput(f"Mã thủ tục “{values.get('code', '')}” không đúng.", "code")
    if not values.get("name") or not values.get("field"):
        raise InvalidInput(f"Thủ tục {values['code']} thiếu tên hoặc lĩnh vực.", "name")
    return Record(**values)


def _all(kind: type[Any], rows: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(kind(name=row) if isinstance(row, str) else kind(**row) for row in rows)


def from_table(rows: Sequence[Sequence[str]], *, valid_from: date) -> list[Record]:
    """The lines of a sheet whose first line names the columns in Vietnamese; papers stand in one
    cell, a line or a semicolon between them.

    Raises:
        InvalidInput: a column is missing, or a line cannot be understood.
    """
    head = [HEADINGS.get(fold_name(cell), "") for cell in (rows[0] if rows else ())]
    for needed, label in (("code", "Mã TTHC"), ("name", "Tên thủ tục"), ("field", "Lĩnh vực")):
        if needed not in head:
            raise InvalidInput(f"Tệp thiếu cột “{label}”.", "file")
    found = []
    for number, cells in enumerate(rows[1:], start=2):
        line = {name: cell.strip() for name, cell in zip(head, cells, strict=False) if name}
        if not any(line.values()):
            continue
        try:
            found.append(from_mapping(_typed(line, valid_from), {}))
        except (ValueError, KeyError) as error:
            raise InvalidInput(f"Dòng {number} của tệp không hiểu được.", "file") from error
    return found


def _typed(line: Mapping[str, str], valid_from: date) -> dict[str, Any]:
    values: dict[str, Any] = {name: text for name, text in line.items() if text}
    values["valid_from"] = parse_date(line["valid_from"]) if line.get("valid_from") else valid_from
    values["limit_amount"] = int(line.get("limit_amount") or 1)
    words = fold_name(line.get("limit_unit") or "ngày làm việc")
    values["limit_unit"] = LIMIT_WORDS[words]
    values["is_same_day"] = fold_name(line.get("is_same_day", "")) in YES
    if values["limit_unit"] == "working_hour" or values["is_same_day"]:
        values["start_rule"] = "from_reception"
    names = re.split(r"[;\n]", line.get("papers", ""))
    values["papers"] = [name.strip() for name in names if name.strip()]
    amount = re.sub(r"\D", "", line.get("fees", ""))
    values["fees"] = [{"name": "Lệ phí", "amount": int(amount)}] if amount else []
    return values
