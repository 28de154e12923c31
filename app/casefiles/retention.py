"""How long files are kept and when they go to the archive: dated rules from the data file."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

import config
from app.casefiles.models import retention_label
from app.errors import InvalidInput, RuleViolated

DATA = Path(config.__file__).parent / "data" / "retention.yaml"
SHORTEST, LONGEST = 2, 70


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """A sort of file and its period; `years` is None for ever.

    `source` is the law it was taken from; `verified` once the office has read it there.
    """

    code: str
    label: str
    years: int | None
    construction: bool
    verified: bool = False
    valid_from: date | None = None
    source: str = ""

    @property
    def period(self) -> str:
        return retention_label(self.years)

    @property
    def choice(self) -> str:
        """As lists offer it; a period that nobody has read in the law says so."""
        doubt = "" if self.verified else "; chưa kiểm chứng"
        return f"{self.label} ({self.period}{doubt})"


@dataclass(frozen=True, slots=True)
class TransferRule:
    """When files go to the archive: months after closing, years they must be kept to go at all."""

    months: int
    construction_months: int
    keep_back_months: int
    least_years: int
    warn_days: int
    source: str


@lru_cache(maxsize=4)
def _read(path: Path) -> Mapping[str, Any]:
    data: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def _counts(row: Mapping[str, Any], on: date) -> bool:
    until = row.get("valid_to")
    return bool(row["valid_from"] <= on and (until is None or on <= until))


def rules(on: date, path: Path = DATA) -> list[RetentionRule]:
    """The sorts of files in force on a day, in the order of the file."""
    data = _read(path)
    return [
        RetentionRule(
            row["code"],
            row["label"],
            row["years"],
            bool(row.get("construction")),
            bool(row.get("verified")),
            row["valid_from"],
            str(row.get("source") or data.get("source") or ""),
        )
        for row in data["rules"]
        if _counts(row, on)
    ]


def rule_of(code: str, on: date, path: Path = DATA) -> RetentionRule:
    """The rule of a code on a day. Raises InvalidInput for one that does not count then."""
    for rule in rules(on, path):
        if rule.code == code:
            return rule
    raise InvalidInput("Hãy chọn thời hạn bảo quản trong danh sách.", "retention_rule")


def transfer_rule(on: date, path: Path = DATA) -> TransferRule:
    """The rule of handing over on a day. Raises RuleViolated when the data file has none."""
    for row in _read(path)["transfer"]:
        if _counts(row, on):
            values = {key: row[key] for key in TransferRule.__dataclass_fields__}
            return TransferRule(**values)
    raise RuleViolated(f"Chưa có quy định nộp lưu áp dụng cho ngày {on:%d/%m/%Y}.")


def transfer_day(
    closed_on: date, years: int | None, *, construction: bool = False, path: Path = DATA
) -> date | None:
    """The last day for handing over a file closed on a day; None when it is not handed over."""
    rule = transfer_rule(closed_on, path)
    if years is not None and years < rule.least_years:
        return None
    return add_months(closed_on, rule.construction_months if construction else rule.months)


def latest_kept(transfer_on: date, path: Path = DATA) -> date:
    """How long a file may be kept back at most."""
    return add_months(transfer_on, transfer_rule(transfer_on, path).keep_back_months)


def warn_from(due_on: date, path: Path = DATA) -> date:
    """The day from which the keeper is reminded."""
    return due_on - timedelta(days=transfer_rule(due_on, path).warn_days)


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last of that month: 30/11 and 3 months give 28/02."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
