"""An entry from its registration to its change or end."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import EditConflict, InvalidInput, PermissionDenied, RuleViolated
from app.notifications.services import notify
from app.organisation.queries import get_post
from app.schedules.models import (
    ChangeKind,
    EntryState,
    ScheduleEntry,
    ScheduleParticipant,
    WeekState,
)
from app.schedules.permissions import MERGE, REGISTER
from app.schedules.queries import KIND, entry_by_id
from app.schedules.services import keeping
from app.schedules.services.booking import book, release
from app.schedules.services.keeping import EntryData
from app.security import Actor, authorize

S = EntryState


def register_entry(
    session: Session, actor: Actor, data: EntryData, *, draft: bool = False
) -> ScheduleEntry:
    """Put an entry into its week. Before the cut-off it waits for the office; into a week that is
    published the office, or a leader for the own days, adds it at once, in red.

    Raises:
        RuleViolated: registration is over, or the week is published: the office adds it.
        Booked: a room or vehicle is taken.
        InvalidInput: something is missing.
    """
    actor = authorize(actor, REGISTER)
    if draft:
        return keeping.make(session, actor, data, S.DRAFT)
    entry = keeping.make(session, actor, data, S.REGISTERED)
    place_in_week(session, actor, entry)
    return entry


def place_in_week(session: Session, actor: Actor, entry: ScheduleEntry) -> None:
    """Let a registered entry wait, or stand at once, as its week asks for. Raises RuleViolated."""
    sheet = keeping.week_sheet(session, entry.day)
    decides = keeping.may_decide(actor, entry)
    if sheet.state is WeekState.PUBLISHED:
        if not decides:
            raise RuleViolated("Lịch tuần này đã ban hành. Hãy đề nghị Văn phòng bổ sung.")
        entry.become(S.PUBLISHED)
        entry.published_at = now()
        keeping.note_change(session, actor, entry, ChangeKind.ADDED)
        keeping.open_to(session, entry)
    elif now() > sheet.cutoff_at and not decides:
        raise RuleViolated("Đã hết hạn đăng ký lịch tuần này. Hãy đề nghị Văn phòng bổ sung.")
    outbox.changed(session, KIND, entry.id)


def submit_entry(session: Session, actor: Actor, *, entry_id: int) -> ScheduleEntry:
    """Register a draft, or again what the office gave back. Raises as `register_entry`."""
    entry = _own(session, actor, entry_id)
    actor = authorize(actor, REGISTER, post_id=entry.made_by_post_id)
    entry.become(S.REGISTERED)
    entry.return_reason = None
    place_in_week(session, actor, entry)
    audit.record(session, actor, "schedule_entry.submitted", entry.id)
    return entry


def edit_entry(
    session: Session,
    actor: Actor,
    *,
    entry_id: int,
    data: EntryData,
    version: int,
    reason: str = "",
) -> ScheduleEntry:
    """Change an entry. Once published it is a change of the week: in red, with a notice.

    Raises:
        EditConflict: somebody else changed it.
        PermissionDenied: neither the maker, the head of the unit, nor the office; after the
            publication only the office, and leaders for their own days.
        InvalidInput: something is missing, after the publication also the reason.
        Booked: a room or vehicle is taken.
    """
    keeping.check(data)
    entry = _own(session, actor, entry_id)
    if entry.version != version:
        raise EditConflict(f"schedule entry {entry_id} is at {entry.version}, not {version}")
    actor = authorize(actor, REGISTER, post_id=entry.made_by_post_id)
    keeping.must_stand(entry)
    published = entry.state is S.PUBLISHED
    if published:
        reason = keeping.must_be_reasoned(reason)
    before, were = keeping.facts(entry), [p.post_id for p in entry.participants]
    were.append(entry.chair_post_id)
    week = entry.day
    keeping.write(entry, data)
    keeping.set_people(session, entry, data)
    book(session, actor, entry, data.resource_ids)
    after = keeping.facts(entry)
    if after == before:
        return entry
    keeping.touch(entry)
    if published:
        kind = _kind_of(before, after)
        keeping.note_change(session, actor, entry, kind, reason=reason, before=before, others=were)
    elif entry.state in (S.REGISTERED, S.APPROVED) and entry.day != week:
        place_in_week(session, actor, entry)
    keeping.open_to(session, entry)
    audit.record(session, actor, "schedule_entry.edited", entry.id, published=published)
    outbox.changed(session, KIND, entry.id)
    return entry


def _kind_of(before: dict[str, object], after: dict[str, object]) -> ChangeKind:
    moving = ("starts_at", "ends_at", "place", "resources")
    moved = any(before[key] != after[key] for key in moving)
    return ChangeKind.MOVED if moved else ChangeKind.EDITED


def cancel_entry(
    session: Session,
    actor: Actor,
    *,
    entry_id: int,
    reason: str = "",
    version: int | None = None,
) -> ScheduleEntry:
    """Call an entry off; rooms and vehicles are free again. A published one stays in the week,
    struck out, with the reason. Raises as `edit_entry`."""
    entry = _own(session, actor, entry_id)
    if version is not None and entry.version != version:
        raise EditConflict(f"schedule entry {entry_id} is at {entry.version}, not {version}")
    actor = authorize(actor, REGISTER, post_id=entry.made_by_post_id)
    call_off(session, actor, entry, reason)
    return entry


def call_off(session: Session, actor: Actor, entry: ScheduleEntry, reason: str) -> None:
    """Call an entry off; the caller has decided that the actor may."""
    keeping.must_stand(entry)
    published = entry.state is S.PUBLISHED
    if published:
        reason = keeping.must_be_reasoned(reason)
    before = keeping.facts(entry)
    entry.become(S.CANCELLED)
    entry.cancelled_at = now()
    release(session, entry)
    keeping.touch(entry)
    if published:
        keeping.note_change(
            session, actor, entry, ChangeKind.CANCELLED, reason=reason, before=before
        )
    audit.record(session, actor, "schedule_entry.cancelled", entry.id, published=published)
    outbox.changed(session, KIND, entry.id)


def return_entry(session: Session, actor: Actor, *, entry_id: int, reason: str) -> ScheduleEntry:
    """The office gives an entry back to whoever registered it. Raises InvalidInput without a
    reason, RuleViolated once it is published."""
    actor = authorize(actor, MERGE)
    entry = entry_by_id(session, actor, entry_id, lock=True)
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do trả lại.", "reason")
    entry.become(S.DRAFT)
    entry.return_reason = reason.strip()[:500]
    release(session, entry)
    if entry.made_by_post_id:
        notify(
            session,
            event="schedule.returned",
            kind=KIND,
            thing_id=entry.id,
            title=f"Văn phòng trả lại lịch đăng ký: {entry.title}",
            text=entry.return_reason,
            post_ids=[entry.made_by_post_id],
        )
    audit.record(session, actor, "schedule_entry.returned", entry.id)
    outbox.changed(session, KIND, entry.id)
    return entry


def substitute(
    session: Session,
    actor: Actor,
    *,
    entry_id: int,
    for_post_id: int,
    to_post_id: int,
    reason: str = "",
) -> ScheduleEntry:
    """Send somebody in another's place (dự thay): the absent one leaves the entry, the other
    stands in it with both names; of a chair the substitute takes the chair.

    Raises:
        RuleViolated: the absent post does not stand in the entry, or the other does already.
        PermissionDenied: neither the office, nor the absent one.
    """
    entry = entry_by_id(session, actor, entry_id, lock=True)
    keeping.must_stand(entry)
    if not actor.may(MERGE) and for_post_id not in actor.post_ids:
        raise PermissionDenied(f"post {for_post_id} is not the actor's")
    actor = authorize(actor, REGISTER, post_id=for_post_id)
    get_post(session, to_post_id)
    before = keeping.facts(entry)
    there = {p.post_id: p for p in entry.participants}
    if for_post_id != entry.chair_post_id and for_post_id not in there:
        raise RuleViolated("Người này không có trong thành phần của lịch.")
    if to_post_id == entry.chair_post_id or (
        to_post_id in there and for_post_id != entry.chair_post_id
    ):
        raise RuleViolated("Người được cử đã có trong thành phần của lịch.")
    _put_in_place(session, entry, for_post_id, to_post_id)
    keeping.touch(entry)
    if entry.state is S.PUBLISHED:
        keeping.note_change(
            session, actor, entry, ChangeKind.DELEGATED, reason=reason, before=before,
            others=[for_post_id],
        )  # fmt: skip
    keeping.open_to(session, entry)
    audit.record(
        session, actor, "schedule_entry.substituted", entry.id, absent=for_post_id, sent=to_post_id
    )
    outbox.changed(session, KIND, entry.id)
    return entry


def _put_in_place(
    session: Session, entry: ScheduleEntry, for_post_id: int, to_post_id: int
) -> None:
    there = {p.post_id: p for p in entry.participants}
    part = there.get(for_post_id) or there.get(to_post_id)
    if part is None:
        part = ScheduleParticipant(entry_id=entry.id, position=len(there))
        session.add(part)
    part.post_id, part.substitutes_post_id = to_post_id, for_post_id
    if entry.chair_post_id == for_post_id:
        entry.chair_post_id = to_post_id
    session.flush()
    session.expire(entry, ["participants"])


def _own(session: Session, actor: Actor, entry_id: int) -> ScheduleEntry:
    """The entry, locked, if the actor may change it in the state in which it is."""
    entry = entry_by_id(session, actor, entry_id, lock=True)
    keeping.must_be_theirs(actor, entry)
    return entry
