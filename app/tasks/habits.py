"""The office's habits of directing: quick phrases, proposed limits, when a suggestion is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import yaml

import config
from app.worktime.calendar import Unit

DATA = Path(config.__file__).parent / "data" / "directing.yaml"


@dataclass(frozen=True, slots=True)
class Limit:
    """So much working time from now."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Habits:
    """`limits` by urgency; `share` is 0 to 1, `least` a number of past letters."""

    phrases: tuple[str, ...]
    limits: Mapping[int, tuple[Limit, ...]]
    least: int
    share: float
    inform_closes_after: timedelta


@lru_cache(maxsize=4)
def read_habits(path: Path = DATA) -> Habits:
    """The habits as the file has them; read once a process."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Habits(
        phrases=tuple(data["phrases"]),
        limits={
            int(urgency): tuple(Limit(row["amount"], Unit(row["unit"])) for row in rows)
            for urgency, rows in data["limits"].items()
        },
        least=data["suggestion"]["least"],
        share=data["suggestion"]["share"],
        inform_closes_after=timedelta(days=data["inform_closes_after_days"]),
    )
