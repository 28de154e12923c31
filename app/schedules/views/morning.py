"""/lich/sang-nay: what the person has today, each with its letter in one tap, and what moved."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from app.clock import now, today
from app.db import reading
from app.schedules import permissions, queries
from app.schedules.views.blueprint import bp
from app.schedules.views.weeks import is_of, words_of_rows
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/sang-nay")
@needs(permissions.READ)
def morning() -> ResponseReturnValue:
    """Today's entries of the person's posts, and changes of the last day that touch them."""
    actor = current_actor()
    with reading() as session:
        changes = queries.changes_between(session, actor, now() - timedelta(days=1))
        return render_template(
            "schedules/morning.html",
            today=today(),
            rows=queries.my_day(session, actor, today()),
            changes=[pair for pair in changes if is_of(pair[1], actor.post_ids)],
            **words_of_rows(),
        )
