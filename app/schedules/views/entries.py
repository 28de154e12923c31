"""/lich/<token>: one entry with its letter, its people and what changed."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.db import reading
from app.organisation.queries import people_choices, post_label
from app.schedules import permissions, queries
from app.schedules.models import (
    FREQUENCY_LABELS,
    VISIBILITY_LABELS,
    WAITING,
    EntryState,
    ScheduleEntry,
)
from app.schedules.queries.rows import rows_of
from app.schedules.services.keeping import may_decide
from app.schedules.times import monday_of
from app.schedules.views.blueprint import bp
from app.schedules.views.conclusions import shows_conclude, tasks_from
from app.schedules.views.weeks import words_of_rows
from app.security import Actor, unit_term
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/<token>")
@needs(permissions.READ)
def detail(token: str) -> ResponseReturnValue:
    """One entry; somebody else's private one is not found."""
    actor = current_actor()
    with reading() as session:
        entry = queries.get_entry(session, actor, token)
        [row] = rows_of(session, actor, [entry])
        changes = queries.changes_of(session, entry.id)
        return render_template(
            "schedules/detail.html",
            row=row,
            entry=entry,
            changes=changes,
            names=post_label(session, [c.by_post_id for c in changes if c.by_post_id]),
            published=entry.state is EntryState.PUBLISHED,
            may_edit=may_edit(actor, entry),
            may_conclude=shows_conclude(actor, entry),
            given=tasks_from(session, actor, entry),
            may_return=entry.state in WAITING and actor.may(permissions.MERGE),
            absent=absent_choices(session, entry),
            others=[(one.post_id, one.label) for one in people_choices(session)],
            monday=monday_of(row.day).isoformat(),
            visibility=VISIBILITY_LABELS[row.visibility],
            series=queries.series_of(session, entry),
            frequencies=FREQUENCY_LABELS,
            **words_of_rows(),
        )


def may_edit(actor: Actor, entry: ScheduleEntry) -> bool:
    """Whether the buttons show; the service decides again."""
    if entry.state in (EntryState.CANCELLED, EntryState.DONE):
        return False
    if not actor.may(permissions.REGISTER):
        return False
    if entry.state is EntryState.PUBLISHED or actor.may(permissions.MERGE):
        return may_decide(actor, entry)
    heads = entry.unit_id is not None and unit_term(entry.unit_id) in actor.terms
    return entry.made_by_post_id in actor.post_ids or heads


def absent_choices(session: Session, entry: ScheduleEntry) -> list[tuple[int, str]]:
    """The people of the entry, in whose place somebody may go."""
    ids = [entry.chair_post_id, *(part.post_id for part in entry.participants)]
    posts = [post_id for post_id in ids if post_id]
    names = post_label(session, posts)
    return [(post_id, names.get(post_id, "")) for post_id in posts]
