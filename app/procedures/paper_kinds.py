"""Which paper a scan is, by its title (`config/data/citizen_papers.yaml`): rules without a
database, text in, a key out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

import config

DATA = Path(config.__file__).parent / "data" / "citizen_papers.yaml"
NOT_LETTERS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of paper: its key, what people call it, and its titles without marks."""

    key: str
    label: str
    titles: tuple[str, ...]


@lru_cache(maxsize=1)
def _known() -> tuple[int, tuple[PaperKind, ...]]:
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    kinds = tuple(
        PaperKind(key, row["label"], tuple(_plain(title) for title in row["titles"]))
        for key, row in data["papers"].items()
    )
    return int(data["lines"]), kinds


def known_kinds() -> tuple[PaperKind, ...]:
    """All kinds that are told apart."""
    return _known()[1]


def _plain(text: str) -> str:
    """Lower case without marks; anything between words is one space."""
    loose = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(letter for letter in loose if not unicodedata.combining(letter))
    return NOT_LETTERS.sub(" ", letters).strip()


def kind_of(text: str) -> PaperKind | None:
    """The kind whose title stands highest among the first lines of page 1; None for another paper.

    A title over two lines (“GIẤY CHỨNG NHẬN / KẾT HÔN”) is found as well. On one line the longest
    title wins, so that “tờ khai” beats nothing longer by chance.
    """
    most, kinds = _known()
    lines = [line for line in map(_plain, text.splitlines()) if line][:most]
    for at, line in enumerate(lines):
        both = f"{line} {lines[at + 1]}" if at + 1 < len(lines) else line
        found = [
            (len(title), kind)
            for kind in kinds
            for title in kind.titles
            if f"{both} ".startswith(f"{title} ") and len(title) > len(line) // 4
        ]
        if found:
            return max(found, key=lambda one: one[0])[1]
    return None
