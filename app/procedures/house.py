"""How this office runs its counter (`config/data/procedures.yaml`): rules without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

import config

DATA = Path(config.__file__).parent / "data" / "procedures.yaml"


@dataclass(frozen=True, slots=True)
class House:
    """The office's choices. `forms`: titles by number; `books` and `mapping`: what is loaded."""

    own_reception: bool
    code_pattern: str
    calendar: str
    intake_notice_days: int
    link_days: int
    code_minutes: int
    code_tries: int
    national_portal: str
    forms: Mapping[str, str]
    books: tuple[Mapping[str, Any], ...]
    mapping: Mapping[str, Any]

    def code(self, organ: str, day: date, serial: int) -> str:
        """“H42.16-261123-0001”."""
        return self.code_pattern.format(organ=organ, day=day, serial=serial)


def read(path: Path = DATA) -> House:
    """Raises KeyError for a choice that is not made."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return House(
        own_reception=bool(data["own_reception"]),
        code_pattern=data["code_pattern"],
        calendar=data["calendar"],
        intake_notice_days=data["intake_notice_days"],
        link_days=data["link_days"],
        code_minutes=data["code_minutes"],
        code_tries=data["code_tries"],
        national_portal=data["national_portal"],
        forms=data["forms"],
        books=tuple(data["books"]),
        mapping=data["import_mapping"],
    )


@lru_cache(maxsize=1)
def house() -> House:
    """The choices in force, read once a process."""
    return read()
