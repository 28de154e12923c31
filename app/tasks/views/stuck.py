"""/cong-viec/tac-o-dau: where things wait, for how long, and one click to remind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import now
from app.db import reading, transaction
from app.organisation import queries as organisation
from app.security import ORGAN, unit_term
from app.tasks import custody, permissions, services, showing
from app.tasks.custody import STATION_LABELS, StuckCell
from app.tasks.models import Station
from app.tasks.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor

NOBODYS = frozenset({Station.READERS, Station.CITIZEN})  # no one of the office has to act
STATIONS = [station for station in Station if station not in NOBODYS]
CODES = {station.value: station for station in Station}


@bp.get("/tac-o-dau")
@needs(permissions.MONITOR)
def stuck() -> ResponseReturnValue:
    """Units × stations: how many wait and how long the oldest has."""
    with reading() as session:
        table = custody.stuck_table(session, current_actor())
        names = organisation.unit_label(session, table)
        order = {unit.id: at for at, unit in enumerate(organisation.units(session))}
        units = [
            (unit_id, names[unit_id], table[unit_id])
            for unit_id in sorted(table, key=lambda unit_id: (order.get(unit_id, 999), unit_id))
        ]
        shown = [s for s in STATIONS if any(s in row for _id, _name, row in units)]
        return render_template(
            "tasks/stuck.html",
            units=units,
            stations=shown or STATIONS,
            labels=STATION_LABELS,
            now=now(),
            chart_option=chart_of(units, shown),
            chart_head=[_("Đơn vị"), *(STATION_LABELS[station] for station in shown)],
            chart_rows=[
                [name, *(row[s].count if s in row else 0 for s in shown)]
                for _id, name, row in units
            ],
        )


def chart_of(
    units: list[tuple[int, str, dict[Station, StuckCell]]], stations: Sequence[Station]
) -> dict[str, Any]:
    """Bars of what waits in each unit, one colour a station."""
    return {
        "legend": {"type": "scroll", "top": 0, "right": 8},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": [name for _id, name, _row in units]},
        "series": [
            {
                "type": "bar",
                "stack": "all",
                "name": STATION_LABELS[station],
                "data": [row[station].count if station in row else 0 for _id, _name, row in units],
            }
            for station in stations
        ],
    }


@bp.get("/tac-o-dau/<int:unit_id>/<station>")
@needs(permissions.MONITOR)
def stuck_at(unit_id: int, station: str) -> ResponseReturnValue:
    """What waits at one station of a unit, the oldest first."""
    place = CODES.get(station) or abort(404)
    actor = current_actor()
    with reading() as session:
        return render_template(
            "tasks/stuck_at.html",
            unit=organisation.get_unit(session, unit_id),
            station=station,
            label=STATION_LABELS[place],
            rows=showing.waiting_rows(session, actor, unit_id=unit_id, station=place),
            may_urge=actor.may(permissions.URGE)
            and bool({ORGAN, unit_term(unit_id)} & actor.terms),
        )


@bp.post("/tac-o-dau/<int:unit_id>/<station>/nhac/<kind>/<int:thing_id>")
@needs(permissions.URGE)
def nudge(unit_id: int, station: str, kind: str, thing_id: int) -> ResponseReturnValue:
    """Remind whoever has the thing now."""
    with transaction("tasks.nudge") as session:
        services.nudge(session, current_actor(), kind=kind, thing_id=thing_id)
    flash(_("Đã nhắc."), "ok")
    return redirect(url_for("tasks.stuck_at", unit_id=unit_id, station=station))
