"""What all acts on entries share: the rows, who may read them, the trace of a change, notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import local, now
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.notifications.services import notify
from app.organisation.names import fold_name
from app.schedules.models import (
    CHANGE_LABELS,
    SHOWN,
    ChangeKind,
    EntryKind,
    EntryState,
    ScheduleChange,
    ScheduleEntry,
    ScheduleParticipant,
    Visibility,
    WeekSheet,
)
from app.schedules.permissions import APPROVE, MERGE
from app.schedules.queries import KIND
from app.schedules.services.booking import book
from app.schedules.times import monday_of, span, usual_cutoff
from app.security import PUBLIC, Access, Actor, grant, post_term, revoke, unit_term
from app.tasks.parties import Party

LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryData:
    """What is typed of an entry. Moments are aware; `chair_post_id` is None when a guest chairs."""

    title: str
    starts_at: datetime
    ends_at: datetime
    kind: EntryKind = EntryKind.WORK
    all_day: bool = False
    visibility: Visibility = Visibility.ORGAN
    chair_post_id: int | None = None
    participants: Sequence[Party] = ()
    others: str = ""
    preparation: str = ""
    preparing_unit_id: int | None = None
    place: str = ""
    is_online: bool = False
    note: str = ""
    resource_ids: Sequence[int] = ()
    source: tuple[str, int] | None = None
    external_uid: str | None = None


def check(data: EntryData) -> None:
    """Raises InvalidInput for what cannot be an entry."""
    if not data.title.strip():
        raise InvalidInput("Phải ghi nội dung lịch.", "title")
    if data.ends_at <= data.starts_at:
        raise InvalidInput("Giờ kết thúc phải sau giờ bắt đầu.", "ends_at")
    if data.ends_at - data.starts_at > LONGEST:
        raise InvalidInput("Một lịch dài nhất 31 ngày. Hãy tách thành nhiều lịch.", "ends_at")
    if data.chair_post_id is None and not data.participants:
        raise InvalidInput("Phải chọn người chủ trì hoặc ít nhất một người dự.", "chair_post_id")


def day_of(data: EntryData) -> date:
    """The calendar day in Vietnam on which it begins."""
    return local(data.starts_at).date()


def make(
    session: Session,
    actor: Actor,
    data: EntryData,
    state: EntryState,
    *,
    series: tuple[int, date] | None = None,
) -> ScheduleEntry:
    """The row with its people and bookings, in a state; the caller has decided that it may be.

    Raises InvalidInput, Booked.
    """
    check(data)
    entry = ScheduleEntry(
        state=state,
        unit_id=actor.unit_id,
        made_by_post_id=actor.post_id,
        made_at=now(),
        source_kind=data.source[0] if data.source else None,
        source_id=data.source[1] if data.source else None,
        external_uid=data.external_uid,
        series_id=series[0] if series else None,
        occurrence_on=series[1] if series else None,
    )
    write(entry, data)
    entry.participants = [
        ScheduleParticipant(position=n, post_id=party.post_id, unit_id=party.unit_id)
        for n, party in enumerate(_parties(data))
    ]
    session.add(entry)
    session.flush()
    book(session, actor, entry, data.resource_ids)
    if state in SHOWN:
        entry.published_at = now()
    open_to(session, entry)
    audit.record(session, actor, "schedule_entry.made", entry.id, state=state.value)
    outbox.changed(session, KIND, entry.id)
    return entry


def write(entry: ScheduleEntry, data: EntryData) -> None:
    """The typed values into the row, without people and bookings."""
    entry.kind, entry.visibility = data.kind, data.visibility
    entry.title = " ".join(data.title.split())[:500]
    entry.starts_at, entry.ends_at, entry.all_day = data.starts_at, data.ends_at, data.all_day
    entry.day = day_of(data)
    entry.place, entry.is_online = data.place.strip()[:300], data.is_online
    entry.preparation, entry.others = data.preparation.strip()[:500], data.others.strip()[:500]
    entry.note, entry.preparing_unit_id = data.note.strip()[:500], data.preparing_unit_id
    entry.chair_post_id, entry.modified_at = data.chair_post_id, now()
    entry.folded = fold_name(f"{entry.title} {entry.place} {entry.others}")[:900]


def set_people(session: Session, entry: ScheduleEntry, data: EntryData) -> bool:
    """Let exactly these take part, keeping who stands in for whom; whether anything changed."""
    wanted = _parties(data)
    held = {
        (p.unit_id, p.post_id): p
        for p in entry.participants
        if not (p.post_id == entry.chair_post_id and p.substitutes_post_id)  # whose place it takes
    }
    keys = [(party.unit_id, party.post_id) for party in wanted]
    if list(held) == keys:
        return False
    for key, part in held.items():
        if key not in keys:
            session.delete(part)
    for number, (unit_id, post_id) in enumerate(keys):
        part = held.get((unit_id, post_id)) or ScheduleParticipant(
            entry_id=entry.id, unit_id=unit_id, post_id=post_id
        )
        part.position = number
        session.add(part)
    session.flush()
    session.expire(entry, ["participants"])
    return True


def _parties(data: EntryData) -> list[Party]:
    chair = Party(post_id=data.chair_post_id) if data.chair_post_id else None
    return [party for party in dict.fromkeys(data.participants) if party != chair]


def open_to(session: Session, entry: ScheduleEntry) -> None:
    """Give the rights that follow from the entry as it is now, and take back all others."""
    posts = [entry.chair_post_id, entry.made_by_post_id]
    posts += [p.post_id for p in entry.participants]
    wanted = {post_term(post_id) for post_id in posts if post_id}
    wanted |= {unit_term(p.unit_id) for p in entry.participants if p.unit_id}
    if entry.visibility is not Visibility.PRIVATE:
        wanted |= {unit_term(u) for u in (entry.unit_id, entry.preparing_unit_id) if u}
        if entry.state in SHOWN and entry.published_at is not None:
            wanted.add(PUBLIC)
    session.flush()
    rows = sa.select(Access.term).where(Access.kind == KIND, Access.thing_id == entry.id)
    held = set(session.scalars(rows))
    for term in sorted(held - wanted):
        revoke(session, KIND, entry.id, term)
    for term in sorted(wanted - held):
        grant(session, KIND, entry.id, term, "schedule")


def week_sheet(session: Session, day: date) -> WeekSheet:
    """The sheet of the week of a day, locked; made with the usual cut-off when there is none."""
    monday = monday_of(day)
    rows = sa.select(WeekSheet).where(WeekSheet.monday == monday).with_for_update(key_share=True)
    found = session.scalar(rows.execution_options(populate_existing=True))
    if found is None:
        try:
            with session.begin_nested():
                session.add(WeekSheet(monday=monday, cutoff_at=usual_cutoff(monday)))
        except IntegrityError:
            pass  # another has made it meanwhile
        found = session.scalars(rows).one()
    return found


def may_decide(actor: Actor, entry: ScheduleEntry) -> bool:
    """Whether the actor may change a published week: the office; a leader for the own entries."""
    if actor.may(MERGE):
        return True
    posts = {entry.chair_post_id, *(p.post_id for p in entry.participants)}
    posts |= {p.substitutes_post_id for p in entry.participants}
    return actor.may(APPROVE) and bool(posts & actor.post_ids)


def facts(entry: ScheduleEntry) -> dict[str, Any]:
    """The values whose change is worth a trace, as plain values."""
    return {
        "title": entry.title,
        "starts_at": entry.starts_at.astimezone(UTC).isoformat(),
        "ends_at": entry.ends_at.astimezone(UTC).isoformat(),
        "place": entry.place,
        "resources": sorted(booking.resource_id for booking in entry.bookings),
        "chair": entry.chair_post_id,
        "participants": [[p.unit_id, p.post_id, p.substitutes_post_id] for p in entry.participants],
        "preparing_unit": entry.preparing_unit_id,
        "preparation": entry.preparation,
        "others": entry.others,
        "note": entry.note,
        "visibility": entry.visibility.value,
        "is_online": entry.is_online,
        "all_day": entry.all_day,
        "kind": entry.kind.value,
    }


def touch(entry: ScheduleEntry) -> None:
    """Let calendar programs take the entry anew."""
    entry.sequence += 1
    entry.modified_at = now()


def note_change(
    session: Session,
    actor: Actor,
    entry: ScheduleEntry,
    kind: ChangeKind,
    *,
    reason: str = "",
    before: dict[str, Any] | None = None,
    others: Iterable[int | None] = (),
) -> None:
    """Mark a change after the publication in red, keep what it was, and tell those concerned.

    `others` are posts to tell that no longer stand in the entry. What was added in red stays
    “added” when it is corrected later.
    """
    after = facts(entry)
    differing = {key for key in after if before is not None and before.get(key) != after[key]}
    session.add(
        ScheduleChange(
            entry_id=entry.id,
            kind=kind,
            reason=reason.strip()[:500],
            before={key: (before or {}).get(key) for key in sorted(differing)},
            after={key: after[key] for key in sorted(differing)},
            at=now(),
            by_post_id=actor.post_id,
        )
    )
    entry.change, entry.changed_at = kind, now()
    entry.change_note = reason.strip()[:500]
    posts = {entry.chair_post_id, entry.made_by_post_id, *others}
    posts.update(p.post_id for p in entry.participants)
    notify(
        session,
        event="schedule.changed",
        kind=KIND,
        thing_id=entry.id,
        title=f"Thay đổi lịch ({CHANGE_LABELS[kind]}): {entry.title}",
        text=_notice(entry, before, kind, reason),
        post_ids=sorted(p for p in posts if p and p not in actor.post_ids),
        unit_ids=sorted(
            {p.unit_id for p in entry.participants if p.unit_id}
            | ({entry.preparing_unit_id} if entry.preparing_unit_id else set())
        ),
    )


def _notice(
    entry: ScheduleEntry, before: dict[str, Any] | None, kind: ChangeKind, reason: str
) -> str:
    words = span(entry.starts_at, entry.ends_at)
    if kind is ChangeKind.MOVED and before is not None:
        was = span(
            datetime.fromisoformat(before["starts_at"]), datetime.fromisoformat(before["ends_at"])
        )
        words = f"{was} → {words}" if was != words else words
    if entry.place:
        words += f", {entry.place}"
    return f"{words}. Lý do: {reason.strip()}" if reason.strip() else f"{words}."


def must_be_theirs(actor: Actor, entry: ScheduleEntry) -> None:
    """Whoever registered it, and the head of that unit, change it until the office has merged it;
    afterwards the office, and leaders for their own days. Raises PermissionDenied."""
    if may_decide(actor, entry):
        return
    heads = entry.unit_id is not None and unit_term(entry.unit_id) in actor.terms
    mine = entry.made_by_post_id in actor.post_ids or heads
    if not mine or entry.state not in (EntryState.DRAFT, EntryState.REGISTERED):
        raise PermissionDenied(
            f"schedule entry {entry.id} is {entry.state.value}",
            "Lịch này do Văn phòng điều chỉnh. Hãy đề nghị Văn phòng." if mine else None,
        )


def must_be_reasoned(reason: str) -> str:
    """The reason, tidied. Raises InvalidInput without one."""
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do thay đổi lịch đã ban hành.", "reason")
    return reason.strip()[:500]


def must_stand(entry: ScheduleEntry) -> None:
    """Raises RuleViolated for what was called off or is over."""
    if entry.state is EntryState.CANCELLED:
        raise RuleViolated("Lịch này đã hủy.")
    if entry.state is EntryState.DONE:
        raise RuleViolated("Lịch này đã diễn ra.")
