"""/lich/sang-nay: the day at a glance; for leaders it is the home page.

Today's entries with their letters, what waits by urgency, what became overdue since yesterday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import now, today
from app.db import reading
from app.incoming import queries as incoming
from app.incoming.models import IncomingDocument
from app.outgoing import queries as outgoing
from app.outgoing.queries import Waiting
from app.schedules import permissions, queries
from app.schedules.glances import glances
from app.schedules.views.blueprint import bp
from app.schedules.views.weeks import is_of, words_of_rows
from app.security import Actor, Role
from app.tasks import queries as tasks
from app.tasks.models import Task
from app.web.gate import needs
from app.web.shell import current_actor

SHOWN = 8
"""Rows of each part; the heading leads to all of them."""


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits for the person: the most urgent rows, and how many there are in all."""

    letters: list[IncomingDocument]
    letters_in_all: int
    documents: list[Waiting]
    overdue: list[Task]

    @property
    def nothing(self) -> bool:
        return not (self.letters or self.documents)


@bp.get("/sang-nay")
@needs(permissions.READ)
def morning() -> ResponseReturnValue:
    """Today's entries, what waits, what became overdue, what is going on elsewhere, changes that
    touch the person."""
    actor = current_actor()
    with reading() as session:
        changes = queries.changes_between(session, actor, now() - timedelta(days=1))
        return render_template(
            "schedules/morning.html",
            today=today(),
            rows=queries.my_day(session, actor, today()),
            changes=[pair for pair in changes if is_of(pair[1], actor.post_ids)],
            waits=what_waits(session, actor),
            glances=glances(session, actor),
            **words_of_rows(),
        )


def what_waits(session: Session, actor: Actor) -> Waits:
    """A fixed number of queries, whoever asks."""
    directs = Role.LEADER in actor.roles
    return Waits(
        letters=list(incoming.waiting_letters(session, actor, limit=SHOWN)) if directs else [],
        letters_in_all=incoming.submitted_to(session, actor)[0] if directs else 0,
        documents=outgoing.waiting_for(session, actor, limit=SHOWN),
        overdue=list(tasks.become_overdue(session, actor, now() - timedelta(days=1), limit=SHOWN)),
    )
