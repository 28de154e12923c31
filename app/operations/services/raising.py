"""What was told becomes an incident, or joins the one that is open about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import local, now
from app.db import insert
from app.files.models import new_token
from app.notifications.services import notify
from app.operations.catalogue import IncidentType
from app.operations.events import IncidentMoved
from app.operations.models import (
    Happening,
    Incident,
    IncidentDay,
    IncidentSignal,
    IncidentState,
    Origin,
)
from app.operations.models.incidents import OPEN_INCIDENT
from app.operations.queries import KIND, roots_of
from app.operations.services import telling
from app.operations.severities import graver, highest
from app.organisation import queries as organisation
from app.security import DUTY, Actor, Role, grant
from app.sensors.models import Severity

INCIDENTS = cast("sa.Table", Incident.__table__)
SIGNALS = cast("sa.Table", IncidentSignal.__table__)


@dataclass(frozen=True, slots=True)
class Report:
    """Something told of an incident: by an alarm, by a foreign system, by a person.

    Reports of one `dedup_key` are about one incident as long as it is open; without a key each is
    an incident of its own. `alarm_id` and `signal_id` say what told it, at most one of them.
    """

    type: IncidentType
    title: str
    origin: Origin
    occurred_at: datetime
    dedup_key: str | None = None
    severity: Severity | None = None  # None: the type's usual one
    source: str = ""
    description: str = ""
    place: str = ""
    area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    caller_name: str = ""
    caller_phone: str = ""
    alarm_id: int | None = None
    signal_id: int | None = None
    is_exercise: bool = False

    @property
    def grave(self) -> Severity:
        return self.severity or self.type.severity


def raise_all(session: Session, actor: Actor, reports: Sequence[Report]) -> list[int]:
    """The incident of each report, in order: the open one of its key, else a new one.

    At most one is open of a key however many tell of it at once: who is first locks the day of the
    codes, and the partial unique index keeps it even where an older one is opened again meanwhile.
    Permission is the caller's. A constant number of statements, and some for each new incident.
    """
    if not reports:
        return []
    keys = sorted({report.dedup_key for report in reports if report.dedup_key})
    known = _open_of(session, keys)
    missing = [at for at, one in enumerate(reports) if (one.dedup_key or "") not in known]
    made = _make(session, actor, [reports[at] for at in missing], known) if missing else {}
    places = dict(zip(missing, made, strict=True)) if missing else {}
    result = [
        known[report.dedup_key] if report.dedup_key else places[at]
        for at, report in enumerate(reports)
    ]
    _join(session, actor, result, reports, new=set(made))
    return result


def _open_of(session: Session, keys: Sequence[str]) -> dict[str, int]:
    """The open incidents of these keys, locked; of a key that was merged, where it went."""
    if not keys:
        return {}
    rows = (
        sa.select(Incident.dedup_key, Incident.id)
        .where(Incident.dedup_key.in_(keys), Incident.closed_at.is_(None))
        .order_by(Incident.id)
        .with_for_update()
    )
    found = {key: id_ for key, id_ in session.execute(rows) if key}
    merged = (
        sa.select(Incident.dedup_key, sa.func.max(Incident.id))
        .where(Incident.dedup_key.in_(keys), Incident.state == IncidentState.DUPLICATE)
        .group_by(Incident.dedup_key)
    )
    gone = {key: id_ for key, id_ in session.execute(merged) if key and key not in found}
    if not gone:
        return found
    roots = roots_of(session, gone.values())
    still_open = set(
        session.scalars(
            sa.select(Incident.id)
            .where(Incident.id.in_(sorted(roots.values())), Incident.closed_at.is_(None))
            .order_by(Incident.id)
            .with_for_update()
        )
    )
    taken_in = {key: roots[id_] for key, id_ in gone.items() if roots[id_] in still_open}
    return taken_in | found


def _make(
    session: Session, actor: Actor, reports: Sequence[Report], known: dict[str, int]
) -> list[int]:
    """Ids for reports of which nothing was open, in order; `known` is completed."""
    day = local(now()).date()
    number = lock_day(session, day)
    known.update(_open_of(session, sorted({r.dedup_key for r in reports if r.dedup_key})))
    ids, taken = list[int](), 0
    for report in reports:
        id_ = known.get(report.dedup_key) if report.dedup_key else None
        if id_ is None:
            id_ = _insert(session, actor, report, f"SC-{day:%Y%m%d}-{number + taken:04d}")
            taken += 1
            if report.dedup_key:
                known[report.dedup_key] = id_
        ids.append(id_)
    session.execute(
        sa.update(IncidentDay)
        .where(IncidentDay.day == day)
        .values(next_number=number + taken)
        .execution_options(synchronize_session=False)
    )
    return ids


def lock_day(session: Session, day: date) -> int:
    """The next serial of a day, locked until the commit."""
    session.execute(
        insert(IncidentDay.__table__).values(day=day, next_number=1).on_conflict_do_nothing()
    )
    row = sa.select(IncidentDay.next_number).where(IncidentDay.day == day).with_for_update()
    return session.scalars(row).one()


def _insert(session: Session, actor: Actor, report: Report, code: str) -> int:
    """The id of a new row, or of the one that was opened again at this very moment."""
    statement = (
        insert(INCIDENTS)
        .values(_row(actor, report, code))
        .on_conflict_do_nothing(index_elements=["dedup_key"], index_where=OPEN_INCIDENT)
        .returning(INCIDENTS.c.id)
    )
    made = session.scalar(statement)
    if made is None:
        return _open_of(session, [report.dedup_key or ""])[report.dedup_key or ""]
    return int(made)


def _row(actor: Actor, report: Report, code: str) -> dict[str, Any]:
    at = now()
    return {
        "token": new_token(), "code": code, "dedup_key": report.dedup_key,
        "domain": report.type.domain, "type_key": report.type.key, "severity": report.grave,
        "state": IncidentState.REPORTED, "state_at": at, "title": report.title[:300],
        "description": report.description[:4000], "place": report.place[:300],
        "area": report.area[:100], "latitude": report.latitude, "longitude": report.longitude,
        "origin": report.origin, "caller_name": report.caller_name[:100],
        "caller_phone": report.caller_phone[:20], "occurred_at": report.occurred_at,
        "reported_at": at, "lead_agency": "", "dead": 0, "injured": 0, "missing": 0,
        "is_exercise": report.is_exercise, "review": "", "made_by_post_id": actor.post_id,
        "version": 1,
    }  # fmt: skip


def _join(
    session: Session, actor: Actor, ids: Sequence[int], reports: Sequence[Report], new: set[int]
) -> None:
    """Signals, severities, timeline and news of the incidents."""
    joined = _insert_signals(session, ids, reports)
    told: dict[int, list[Report]] = {}
    for id_, report in zip(ids, reports, strict=True):
        has_signal = report.alarm_id or report.signal_id
        if id_ in new or not has_signal or (report.alarm_id, report.signal_id) in joined:
            told.setdefault(id_, []).append(report)
    for incident in session.scalars(
        sa.select(Incident)
        .where(Incident.id.in_(sorted(told)))
        .order_by(Incident.id)
        .execution_options(populate_existing=True)
    ):
        _tell(session, actor, incident, told[incident.id], is_new=incident.id in new)


def _insert_signals(
    session: Session, ids: Sequence[int], reports: Sequence[Report]
) -> set[tuple[int | None, int | None]]:
    """What stood nowhere before, as pairs of alarm and signal."""
    rows = [
        {
            "incident_id": id_, "alarm_id": one.alarm_id, "signal_id": one.signal_id,
            "source": one.source[:200], "summary": one.title[:300], "severity": one.grave,
            "at": one.occurred_at, "joined_at": now(),
        }
        for id_, one in zip(ids, reports, strict=True)
        if one.alarm_id or one.signal_id
    ]  # fmt: skip
    if not rows:
        return set()
    statement = (
        insert(SIGNALS)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(SIGNALS.c.alarm_id, SIGNALS.c.signal_id)
    )
    return {(alarm_id, signal_id) for alarm_id, signal_id in session.execute(statement)}


def _tell(
    session: Session, actor: Actor, incident: Incident, reports: Sequence[Report], *, is_new: bool
) -> None:
    worst = highest([report.grave for report in reports])
    newest = max(reports, key=lambda report: report.occurred_at)
    if is_new:
        telling.note(session, actor, incident, Happening.RAISED, newest.title, state="reported")
        grant(session, KIND, incident.id, DUTY, "desk")
        audit.record(session, actor, "incident.raised", incident.id)
        _call_desk(session, incident)
    else:
        more = f" (và {len(reports) - 1} tín hiệu khác)" if len(reports) > 1 else ""
        telling.note(session, actor, incident, Happening.SIGNAL, newest.title + more)
    became_graver = graver(worst, incident.severity)
    if became_graver:
        telling.set_severity(session, actor, incident, worst)
        incident.hand_severity = None
    if is_new or became_graver:
        outbox.publish(session, IncidentMoved(incident.id))
    outbox.changed(session, KIND, incident.id)


def _call_desk(session: Session, incident: Incident) -> None:
    prefix = "DIỄN TẬP: " if incident.is_exercise else ""
    posts = organisation.posts_with_role(session, Role.DUTY_OFFICER)
    notify(
        session,
        event="incident.raised",
        kind=KIND,
        thing_id=incident.id,
        title=f"{prefix}{incident.code}: {incident.title}",
        urgent=incident.severity is Severity.CRITICAL,
        post_ids=[post.id for post in posts],
    )


def over(session: Session, actor: Actor, ended: Mapping[int, datetime]) -> None:
    """What these alarms told of is over since a moment: severities follow what is still open.

    An incident is not closed by that: a person looks first.
    """
    rows = session.execute(
        sa.select(IncidentSignal.id, IncidentSignal.incident_id, IncidentSignal.alarm_id)
        .where(IncidentSignal.alarm_id.in_(sorted(ended)), IncidentSignal.over_at.is_(None))
    ).all()  # fmt: skip
    if not rows:
        return
    session.connection().execute(
        sa.update(SIGNALS).where(SIGNALS.c.id == sa.bindparam("which"))
        .values(over_at=sa.bindparam("moment")),
        [{"which": id_, "moment": ended[alarm_id or 0]} for id_, _incident, alarm_id in rows],
    )  # fmt: skip
    roots = roots_of(session, [incident_id for _id, incident_id, _alarm in rows])
    for incident in session.scalars(
        sa.select(Incident)
        .where(Incident.id.in_(sorted(set(roots.values()))), Incident.closed_at.is_(None))
        .order_by(Incident.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ):
        count = sum(roots[incident_id] == incident.id for _id, incident_id, _alarm in rows)
        text = "Một cảnh báo đã hết." if count == 1 else f"{count} cảnh báo đã hết."
        telling.note(session, actor, incident, Happening.SIGNAL_OVER, text)
        telling.follow_signals(session, actor, incident)
        outbox.changed(session, KIND, incident.id)
