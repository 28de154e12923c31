"""/cong-dan/lich: the part of the organ's week that is open to everybody."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.clock import today
from app.db import reading
from app.errors import NotFound
from app.portal.views.blueprint import bp
from app.schedules import queries
from app.schedules.models import CHANGE_LABELS
from app.schedules.times import monday_of
from app.schedules.views.blueprint import monday_in
from app.web.gate import public

BACK, AHEAD = timedelta(weeks=26), timedelta(weeks=8)
"""Which weeks are shown: nobody walks through ten years of appointments here."""


@bp.get("/lich")
@public
def week() -> ResponseReturnValue:
    """This week, or that of the day in `?ngay=`: published entries that are marked as public.

    Time, subject, chair and place only; who takes part, what is prepared, notes, reasons of
    changes and links into the office are not shown. Raises NotFound outside of the shown weeks.
    """
    wanted, this = request.args.get("ngay", ""), monday_of(today())
    monday = monday_in(wanted) if wanted else this
    if not this - BACK <= monday <= this + AHEAD:
        raise NotFound(f"public week {monday}")
    with reading() as session:
        page = queries.public_week(session, monday)
    return render_template(
        "portal/week.html",
        page=page,
        days=[day for day in page.days if day.rows or day.duty],
        today=today(),
        change_labels=CHANGE_LABELS,
        has_previous=monday > this - BACK,
        has_next=monday < this + AHEAD,
    )
