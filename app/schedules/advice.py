"""What helps when people are busy at the hour of an entry: who could go, which time is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.clock import local
from app.schedules import queries
from app.schedules.queries import Clash
from app.schedules.services import EntryData
from app.schedules.times import moment
from app.security import Actor

DEPUTIES, SLOTS = 3, 3
TRIED = 12  # times that suit the people, of which those are kept that suit room and vehicle


@dataclass(frozen=True, slots=True)
class Advice:
    """Who is busy, who is free in their place, and times at which all of them are free.

    `deputies` has a label and the free people's labels for each busy person; `slots` are begin
    and end, after the typed day's beginning, as long as the entry, with its rooms and vehicles.
    """

    clashes: Sequence[Clash]
    deputies: Sequence[tuple[str, list[str]]]
    slots: Sequence[tuple[datetime, datetime]]


def advice(
    session: Session, actor: Actor, data: EntryData, entry_id: int | None = None
) -> Advice | None:
    """None when nobody is busy. `entry_id` is the entry that is being edited."""
    posts = posts_of(data)
    clashes = queries.clashes(
        session, actor, posts, data.starts_at, data.ends_at, entry_id=entry_id
    )
    if not clashes:
        return None
    busy = {clash.post_id: clash.label for clash in clashes}
    found = [(label, _free(session, data, post_id, posts)) for post_id, label in busy.items()]
    return Advice(
        clashes=clashes,
        deputies=[(label, names) for label, names in found if names],
        slots=_slots(session, data, posts, entry_id),
    )


def posts_of(data: EntryData) -> list[int]:
    """Whose time an entry takes."""
    posts = [party.post_id for party in data.participants if party.post_id]
    return [*posts, data.chair_post_id] if data.chair_post_id else posts


def clashes_of_days(
    session: Session, actor: Actor, data: EntryData, days: Sequence[date]
) -> list[Clash]:
    """Who is busy at the hours of the entry on each of the days, if it comes again on them."""
    posts, lasts, at = posts_of(data), data.ends_at - data.starts_at, local(data.starts_at).time()
    found = list[Clash]()
    for day in days:
        begins = moment(day, at)
        found += queries.clashes(session, actor, posts, begins, begins + lasts)
    return found


def _free(session: Session, data: EntryData, post_id: int, posts: Sequence[int]) -> list[str]:
    """Who is free in the place of a post and not in the entry already."""
    others = queries.deputies(session, post_id, data.starts_at, data.ends_at)
    return [label for other, label, is_free in others if is_free and other not in posts][:DEPUTIES]


def _slots(
    session: Session, data: EntryData, posts: Sequence[int], entry_id: int | None
) -> list[tuple[datetime, datetime]]:
    if data.all_day:
        return []
    minutes = int((data.ends_at - data.starts_at).total_seconds() // 60)
    day = local(data.starts_at).date()
    tried = queries.free_slots(session, posts, day, minutes, entry_id=entry_id, limit=TRIED)
    wanted, found = set(data.resource_ids), []
    for begins, ends in tried:
        lent = queries.free_resources(session, begins, ends, entry_id=entry_id) if wanted else []
        if not any(taken is not None and one.id in wanted for one, taken in lent):
            found.append((begins, ends))
        if len(found) == SLOTS:
            break
    return found
