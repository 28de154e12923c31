"""/su-co/phat-lai: a past day as it was known at each minute, sixty times as fast."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import local, now, today
from app.db import reading
from app.operations import permissions
from app.operations.catalogue import catalogue
from app.operations.models import CLOSED, DOMAIN_ICONS, HAPPENING_LABELS, STATE_LABELS
from app.operations.queries.replay import ReplayDay, Replayed, replay_of
from app.operations.views.blueprint import SEVERITY_TONES, STATE_TONES, base_map_url, bp
from app.organisation import queries as organisation
from app.sensors.models import SEVERITY_LABELS
from app.web.gate import needs
from app.web.shell import current_actor

MINUTES = 24 * 60
HOUR = 3600


@bp.get("/phat-lai")
@needs(permissions.DESK)
def replay() -> ResponseReturnValue:
    """The day of `?ngay=`, today without it."""
    day = wanted_day()
    with reading() as session:
        found = replay_of(session, current_actor(), day)
        people = organisation.post_label(
            session, [entry.post_id for _second, entry in found.entries if entry.post_id]
        )
        return render_template(
            "operations/replay.html", found=found, people=people, day=day, known=catalogue(),
            before=day - timedelta(days=1), after=day + timedelta(days=1), today=today(),
            frames=[frame_of(one) for one in found.incidents], last=last_minute(day),
            counts=open_by_hour(found, last_minute(day) // 60 + 1),
            happenings=HAPPENING_LABELS, states=STATE_LABELS, domain_icons=DOMAIN_ICONS,
            codes={one.incident.id: one.incident.code for one in found.incidents},
            base_map=base_map_url(),
        )  # fmt: skip


def wanted_day() -> date:
    """The day of the address; what is no day is today, and nothing is known of tomorrow."""
    try:
        return min(date.fromisoformat(request.args.get("ngay", "")), today())
    except ValueError:
        return today()


def frame_of(one: Replayed) -> dict[str, Any]:
    """An incident as the browser plays it: what was known from which second on."""
    incident = one.incident
    return {
        "id": incident.id,
        "at": [incident.latitude, incident.longitude] if incident.latitude is not None else None,
        "title": f"{incident.code}: {incident.title}",
        "url": url_for("operations.detail", token=incident.token),
        "known": [
            {
                "from": known.second,
                "open": known.state not in CLOSED,
                "state": STATE_LABELS[known.state], "stateTone": STATE_TONES[known.state],
                "label": SEVERITY_LABELS[known.severity], "tone": SEVERITY_TONES[known.severity],
            }
            for known in one.known
        ],
    }  # fmt: skip


def last_minute(day: date) -> int:
    """The last minute of a day of which anything can be known: of today the present one."""
    at = local(now())
    return at.hour * 60 + at.minute if day == at.date() else MINUTES - 1


def open_by_hour(found: ReplayDay, hours: int) -> list[int]:
    """How many incidents were open at the end of each of the first hours."""
    return [
        sum(is_open(one, (hour + 1) * HOUR) for one in found.incidents) for hour in range(hours)
    ]


def is_open(one: Replayed, second: int) -> bool:
    """Whether an incident was known and open at a second of the day."""
    known = [each for each in one.known if each.second <= second]
    return bool(known) and known[-1].state not in CLOSED
