"""Entries as the rows of a sheet: names instead of ids, and “Bận” for what is not theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import kinds
from app.organisation.queries import post_label, unit_label
from app.schedules.models import (
    BUSY,
    ChangeKind,
    EntryKind,
    EntryState,
    Resource,
    ResourceKind,
    ScheduleEntry,
    Shift,
    Visibility,
)
from app.schedules.queries.entries import KIND
from app.security import ORGAN, Access, Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One line of the week. A masked one shows who is busy and when, nothing else."""

    entry_id: int
    token: str = ""  # empty: the reader may not open it
    uid: str = ""
    version: int = 0
    day: date
    starts_at: datetime
    ends_at: datetime
    all_day: bool = False
    shift: Shift
    kind: EntryKind
    state: EntryState
    visibility: Visibility
    masked: bool = False
    title: str
    chair_post_id: int | None = None
    chair: str = ""
    participants: tuple[str, ...] = ()
    participant_post_ids: tuple[int, ...] = ()
    others: str = ""
    preparation: str = ""
    preparing_unit: str = ""
    unit_id: int | None = None
    unit: str = ""
    place: str = ""
    vehicles: tuple[str, ...] = ()
    is_online: bool = False
    note: str = ""
    source_kind: str = ""
    source_id: int | None = None
    source_url: str = ""
    source_title: str = ""
    change: ChangeKind | None = None
    changed_at: datetime | None = None
    change_note: str = ""
    sequence: int = 0
    modified_at: datetime

    @property
    def is_off(self) -> bool:
        return self.state is EntryState.CANCELLED

    @property
    def in_red(self) -> bool:
        """Whether it changed after the week was published."""
        return self.change is not None

    @property
    def chair_short(self) -> str:
        """The name without the post: “Trần Văn Mẫu”."""
        return self.chair.partition(",")[0]

    def as_json(self) -> dict[str, Any]:
        """Plain values for the kept sheet."""
        values = asdict(self)
        for key, value in values.items():
            if isinstance(value, (date, datetime)):
                values[key] = value.isoformat()
            elif isinstance(value, tuple):
                values[key] = list(value)
            elif hasattr(value, "value"):
                values[key] = value.value
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> SheetRow:
        """Back from the kept sheet."""
        made: dict[str, Any] = dict(values)
        made["day"] = date.fromisoformat(made["day"])
        for key in ("starts_at", "ends_at", "modified_at", "changed_at"):
            made[key] = datetime.fromisoformat(made[key]) if made[key] else None
        for key, closed in _CLOSED.items():
            made[key] = closed(made[key]) if made[key] is not None else None
        for key in ("participants", "participant_post_ids", "vehicles"):
            made[key] = tuple(made[key])
        return cls(**made)


_CLOSED = {
    "shift": Shift,
    "kind": EntryKind,
    "state": EntryState,
    "visibility": Visibility,
    "change": ChangeKind,
}


def rows_of(
    session: Session, actor: Actor | None, entries: Sequence[ScheduleEntry]
) -> list[SheetRow]:
    """The rows of entries whose participants and bookings are loaded: a few queries for all.

    Without an actor the rows are those everybody here may read: private ones are masked.
    """
    open_ids = _open_to(session, actor, entries)
    posts = {entry.chair_post_id for entry in entries}
    units = {entry.unit_id for entry in entries} | {entry.preparing_unit_id for entry in entries}
    for entry in entries:
        posts.update(p.post_id for p in entry.participants)
        posts.update(p.substitutes_post_id for p in entry.participants)
        units.update(p.unit_id for p in entry.participants)
    names = _Names(
        post_label(session, (p for p in posts if p)), unit_label(session, (u for u in units if u))
    )
    sources = _sources(session, actor, [e for e in entries if e.id in open_ids])
    return [
        _row(entry, names, sources) if entry.id in open_ids else _masked(entry, names)
        for entry in entries
    ]


@dataclass(frozen=True, slots=True)
class _Names:
    posts: dict[int, str]
    units: dict[int, str]

    def post(self, post_id: int | None) -> str:
        return self.posts.get(post_id or 0, "")

    def unit(self, unit_id: int | None) -> str:
        return self.units.get(unit_id or 0, "")


def _open_to(session: Session, actor: Actor | None, entries: Sequence[ScheduleEntry]) -> set[int]:
    if actor is None:
        return {e.id for e in entries if e.visibility is not Visibility.PRIVATE}
    ids = {entry.id for entry in entries}
    if ORGAN in actor.terms:
        return ids
    rows = sa.select(Access.thing_id).where(
        Access.kind == KIND, Access.thing_id.in_(ids), Access.term.in_(sorted(actor.terms))
    )
    return set(session.scalars(rows))


def _sources(
    session: Session, actor: Actor | None, entries: Iterable[ScheduleEntry]
) -> dict[tuple[str, int], kinds.Card]:
    """The papers that the reader may open: one query a kind."""
    if actor is None:
        return {}
    wanted = {(e.source_kind, e.source_id) for e in entries if e.source_kind and e.source_id}
    things = sorted((kind, thing_id) for kind, thing_id in wanted if kind and thing_id)
    return {(card.kind, card.id): card for card in kinds.cards(session, actor, things)}


def _bones(entry: ScheduleEntry, names: _Names) -> dict[str, Any]:
    """What everybody here may know of an entry in the week."""
    return {
        "entry_id": entry.id,
        "uid": entry.uid,
        "day": entry.day,
        "starts_at": entry.starts_at,
        "ends_at": entry.ends_at,
        "all_day": entry.all_day,
        "shift": entry.shift,
        "kind": entry.kind,
        "state": entry.state,
        "visibility": entry.visibility,
        "chair_post_id": entry.chair_post_id,
        "chair": _chair(entry, names),
        "sequence": entry.sequence,
        "modified_at": entry.modified_at,
    }


def _masked(entry: ScheduleEntry, names: _Names) -> SheetRow:
    return SheetRow(**_bones(entry, names), masked=True, title=BUSY)


def _row(
    entry: ScheduleEntry, names: _Names, sources: dict[tuple[str, int], kinds.Card]
) -> SheetRow:
    lent: dict[ResourceKind, list[Resource]] = {kind: [] for kind in ResourceKind}
    for booking in entry.bookings:
        lent[booking.resource.kind].append(booking.resource)
    rooms = [resource.name for resource in lent[ResourceKind.ROOM]]
    places = rooms + ([entry.place] if entry.place and entry.place not in rooms else [])
    card = sources.get((entry.source_kind or "", entry.source_id or 0))
    return SheetRow(
        **_bones(entry, names),
        token=entry.token,
        version=entry.version,
        title=entry.title,
        participants=tuple(_participants(entry, names)),
        participant_post_ids=tuple(p.post_id for p in entry.participants if p.post_id),
        others=entry.others,
        preparation=entry.preparation,
        preparing_unit=names.unit(entry.preparing_unit_id),
        unit_id=entry.unit_id,
        unit=names.unit(entry.unit_id),
        place=", ".join(places),
        vehicles=tuple(resource.name for resource in lent[ResourceKind.VEHICLE]),
        is_online=entry.is_online,
        note=entry.note,
        source_kind=entry.source_kind or "",
        source_id=entry.source_id,
        source_url=card.url if card else "",
        source_title=card.title if card else "",
        change=entry.change,
        changed_at=entry.changed_at,
        change_note=entry.change_note,
    )


def _chair(entry: ScheduleEntry, names: _Names) -> str:
    name = names.post(entry.chair_post_id)
    for part in entry.participants:
        if part.post_id and part.post_id == entry.chair_post_id and part.substitutes_post_id:
            return f"{name} (chủ trì thay {names.post(part.substitutes_post_id)})"
    return name


def _participants(entry: ScheduleEntry, names: _Names) -> Iterable[str]:
    for part in entry.participants:
        if part.post_id is not None and part.post_id == entry.chair_post_id:
            continue  # whose place the chair takes stands with the chair
        name = names.post(part.post_id) or names.unit(part.unit_id)
        absent = names.post(part.substitutes_post_id)
        yield f"{name} (dự thay {absent})" if absent else name
