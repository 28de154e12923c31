"""What a case file needs to know of the documents in it, whatever kind they are.

A room whose things are filed registers a source; of other kinds the card's title is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app import kinds
from app.security import SYSTEM


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A stored file of a document: its hash, its name, its size in bytes."""

    sha256: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document as the index of a file and the archive's metadata name it (decree 30/2020,
    annex VI). `pages` is None when nobody counted them."""

    kind: str
    id: int
    subject: str
    type_name: str = ""
    code_number: str = ""
    code_notation: str = ""
    issued_on: date | None = None
    organ_name: str = ""
    signer_name: str = ""
    signer_position: str = ""
    priority: int = 0
    pages: int | None = None
    arrival_number: str = ""
    arrival_on: date | None = None
    due_on: date | None = None
    to_places: str = ""
    full_code: str = ""
    description: str = ""
    files: tuple[DocumentFile, ...] = ()


Source = Callable[[Session, Sequence[int]], list[DocumentFacts]]
_sources: dict[str, Source] = {}


def register(kind: str, source: Source) -> None:
    """Let things of a kind be described by `source`: constant queries, whatever the number.

    The caller of `facts_of` decides who may see the result, the source does not filter.
    """
    _sources[kind] = source


def facts_of(
    session: Session, things: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], DocumentFacts]:
    """Facts of mixed things, a constant number of queries a kind. Gone ones are left out."""
    by_kind: dict[str, list[int]] = {}
    for kind, thing_id in things:
        by_kind.setdefault(kind, []).append(thing_id)
    found: dict[tuple[str, int], DocumentFacts] = {}
    for kind, ids in by_kind.items():
        rows = _sources[kind](session, ids) if kind in _sources else _of_cards(session, kind, ids)
        found.update({(kind, facts.id): facts for facts in rows})
    return found


def missing_facts(kind: str, thing_id: int) -> DocumentFacts:
    """What a package says of a thing of which no facts are left (a purged letter): it is listed,
    not left out."""
    labels = {known.name: known.label for known in kinds.all_kinds()}
    return DocumentFacts(
        kind, thing_id, "(chưa đủ dữ liệu)", type_name=labels.get(kind, kind),
        description="Dữ liệu mô tả và tệp không còn trong hệ thống khi đóng gói.",
    )  # fmt: skip


def _of_cards(session: Session, kind: str, ids: Sequence[int]) -> list[DocumentFacts]:
    cards = kinds.cards(session, SYSTEM, [(kind, thing_id) for thing_id in ids])
    return [
        DocumentFacts(kind, card.id, card.title, type_name=kinds.get(kind).label) for card in cards
    ]
