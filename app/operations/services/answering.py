"""What is done about an incident: moved on, judged, described, sent to units, looked back on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import EditConflict, InvalidInput, RuleViolated
from app.files.models import FileRole
from app.files.services import record_file
from app.files.store import StoredBlob
from app.operations import permissions
from app.operations.escalating import call_about_task
from app.operations.events import IncidentMoved
from app.operations.models import (
    CLOSED,
    MOVES,
    STATE_LABELS,
    Happening,
    Incident,
    IncidentState,
)
from app.operations.queries import KIND, get_incident
from app.operations.services import telling
from app.security import Actor, authorize
from app.sensors.models import Severity
from app.tasks.models import FLASH, Task, TaskSource
from app.tasks.parties import Party
from app.tasks.services.making import TaskOrder, check_reach, make_task

ON_SITE = frozenset({IncidentState.ON_SCENE, IncidentState.CONTROLLED})
"""What whoever was sent reports; all else the desk decides."""


def move(
    session: Session,
    actor: Actor,
    *,
    incident_id: int,
    to: IncidentState,
    text: str = "",
) -> Incident:
    """Take an incident to another state.

    Raises:
        PermissionDenied: the state is the desk's to decide, or the leader's.
        RuleViolated: it cannot go there from where it is, or was opened anew meanwhile; or it is
            to be looked back on (use `look_back`) or merged (`merging.merge`).
    """
    permission = permissions.HANDLE if to in ON_SITE else permissions.RECORD
    if to is IncidentState.RESOLVED and not actor.may(permission):
        permission = permissions.DECIDE
    actor = authorize(actor, permission)
    incident = get_incident(session, actor, incident_id, lock=True)
    if to is IncidentState.REVIEWED:
        raise RuleViolated("Hãy ghi bài học rút ra trước khi khép lại.")
    return _step(session, actor, incident, to, text)


def look_back(session: Session, actor: Actor, *, incident_id: int, text: str) -> Incident:
    """Write what was learnt of a resolved incident. Raises InvalidInput without words."""
    actor = authorize(actor, permissions.DECIDE)
    incident = get_incident(session, actor, incident_id, lock=True)
    if not text.strip():
        raise InvalidInput("Hãy ghi bài học rút ra.", "review")
    incident.review = text.strip()[:4000]
    return _step(session, actor, incident, IncidentState.REVIEWED, "")


def _step(
    session: Session, actor: Actor, incident: Incident, to: IncidentState, text: str
) -> Incident:
    if to not in MOVES[incident.state]:
        here, there = STATE_LABELS[incident.state], STATE_LABELS[to]
        raise RuleViolated(f"Sự cố đang ở “{here}”, không chuyển sang “{there}” được.")
    before = incident.state
    if before in CLOSED and to not in CLOSED:
        must_be_free(session, incident)
    incident.state, incident.state_at = to, now()
    incident.closed_at = (incident.closed_at or now()) if to in CLOSED else None
    telling.note(
        session, actor, incident, Happening.STATE, text.strip(), before=before.value, to=to.value
    )
    audit.record(session, actor, "incident.moved", incident.id, to=to.value)
    outbox.publish(session, IncidentMoved(incident.id))
    outbox.changed(session, KIND, incident.id)
    return incident


def must_be_free(session: Session, incident: Incident) -> None:
    """Raises RuleViolated when another incident is open about the same: the index would refuse."""
    others = sa.select(Incident.code).where(
        Incident.dedup_key == incident.dedup_key, Incident.closed_at.is_(None)
    )
    code = session.scalar(others) if incident.dedup_key else None
    if code is not None:
        raise RuleViolated(f"Sự cố {code} đang mở cho cùng nguồn tin; hãy dùng sự cố đó.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the desk may correct of an incident."""

    title: str
    description: str = ""
    place: str = ""
    area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    lead_agency: str = ""
    dead: int = 0
    injured: int = 0
    missing: int = 0


def edit(
    session: Session, actor: Actor, *, incident_id: int, facts: Facts, version: int
) -> Incident:
    """Correct what is known. Raises InvalidInput, EditConflict."""
    actor = authorize(actor, permissions.RECORD)
    incident = get_incident(session, actor, incident_id, lock=True)
    if incident.version != version:
        raise EditConflict(f"incident {incident.id} is at {incident.version}, not {version}")
    if not facts.title.strip():
        raise InvalidInput("Hãy ghi tóm tắt sự cố.", "title")
    if min(facts.dead, facts.injured, facts.missing) < 0:
        raise InvalidInput("Số người không được âm.", "dead")
    if (facts.latitude is None) != (facts.longitude is None):
        raise InvalidInput("Hãy ghi cả vĩ độ và kinh độ.", "latitude")
    changed = [
        name for name, value in asdict(facts).items() if getattr(incident, name) != value
    ]  # fmt: skip
    for name in changed:
        setattr(incident, name, getattr(facts, name))
    if changed:
        telling.note(session, actor, incident, Happening.EDITED, fields=sorted(changed))
        audit.record(session, actor, "incident.edited", incident.id, fields=sorted(changed))
        outbox.changed(session, KIND, incident.id)
    return incident


def judge(session: Session, actor: Actor, *, incident_id: int, severity: Severity) -> Incident:
    """Say by hand how grave it is; it holds until something tells of a higher severity."""
    actor = authorize(actor, permissions.DECIDE)
    incident = get_incident(session, actor, incident_id, lock=True)
    _must_be_open(incident)
    incident.hand_severity = severity
    telling.set_severity(session, actor, incident, severity)
    audit.record(session, actor, "incident.judged", incident.id, to=severity.value)
    outbox.publish(session, IncidentMoved(incident.id))
    outbox.changed(session, KIND, incident.id)
    return incident


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture whose bytes lie in the store."""

    name: str
    media_type: str
    blob: StoredBlob


def write_note(
    session: Session,
    actor: Actor,
    *,
    incident_id: int,
    text: str,
    photos: Sequence[Photo] = (),
    at: tuple[float, float] | None = None,
) -> Incident:
    """Add words and pictures to the timeline: what was seen, heard, ordered. `at` is where the
    writer stands (latitude, longitude); it becomes the incident's place where that is unknown.

    Raises InvalidInput for neither words nor a picture.
    """
    actor = authorize(actor, permissions.HANDLE)
    incident = get_incident(session, actor, incident_id, lock=True)
    if not text.strip() and not photos:
        raise InvalidInput("Hãy ghi nội dung hoặc gửi ảnh.", "text")
    kept = [
        record_file(
            session, actor, one.blob, name=one.name, media_type=one.media_type,
            role=FileRole.ATTACHMENT, kind=KIND, thing_id=incident.id,
        ).token
        for one in photos
    ]  # fmt: skip
    detail: dict[str, object] = {"photos": kept} if kept else {}
    if at is not None:
        detail["at"] = list(at)
    if at is not None and incident.latitude is None:
        incident.latitude, incident.longitude = at
    happening = Happening.PHOTO if kept else Happening.NOTE
    telling.note(session, actor, incident, happening, text.strip(), **detail)
    outbox.changed(session, KIND, incident.id)
    return incident


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Who is sent to do what, until when. The first unit leads."""

    units: Sequence[int]
    work: str
    due_at: datetime | None = None
    lead_agency: str = ""  # outside the organ: the province's police, the fire brigade


def dispatch(session: Session, actor: Actor, *, incident_id: int, order: Dispatch) -> list[Task]:
    """Send units: each gets a task of its own under the incident.

    Raises:
        InvalidInput: neither a unit nor an agency, no words, or a unit that nobody heads.
        RuleViolated: the incident is closed.
    """
    actor = authorize(actor, permissions.RECORD)
    incident = get_incident(session, actor, incident_id, lock=True)
    _must_be_open(incident)
    if not order.units and not order.lead_agency.strip():
        raise InvalidInput("Hãy chọn đơn vị hoặc ghi cơ quan được điều động.", "units")
    tasks = [
        give_task(session, actor, incident, unit, order.work, order.due_at)
        for unit in dict.fromkeys(order.units)
    ]
    if order.units and incident.lead_unit_id is None:
        incident.lead_unit_id = order.units[0]
    if order.lead_agency.strip():
        incident.lead_agency = order.lead_agency.strip()
        telling.note(session, actor, incident, Happening.TOLD, order.lead_agency.strip())
    note_sent(session, actor, incident)
    outbox.changed(session, KIND, incident.id)
    return tasks


def note_sent(session: Session, actor: Actor, incident: Incident) -> None:
    """Somebody was sent: what was only reported or verified so far is dispatched."""
    if incident.state in (IncidentState.REPORTED, IncidentState.VERIFIED):
        _step(session, actor, incident, IncidentState.DISPATCHED, "")


def give_task(
    session: Session,
    actor: Actor,
    incident: Incident,
    unit_id: int,
    work: str,
    due_at: datetime | None = None,
    body: str = "",
) -> Task:
    """A unit's task under an incident, which opens the incident to the unit. Permission to act on
    the incident is the caller's.

    Raises:
        InvalidInput: no words, a date that has passed, or a unit that nobody heads.
    """
    check_reach(session, actor, Party(unit_id=unit_id))
    prefix = "DIỄN TẬP: " if incident.is_exercise else ""
    where = f" ({incident.place})" if incident.place else ""
    order = TaskOrder(
        title=f"{prefix}{work.strip()}"[:500] if work.strip() else "",
        lead=Party(unit_id=unit_id),
        body=body or f"Sự cố {incident.code}: {incident.title}{where}",
        due_at=due_at,
        urgency=FLASH if incident.severity in (Severity.HIGH, Severity.CRITICAL) else 1,
    )
    task = make_task(session, actor, order, source=TaskSource.INCIDENT, cause=(KIND, incident.id))
    telling.note(session, actor, incident, Happening.TASK, task.title, task=task.id, unit=unit_id)
    call_about_task(session, incident, task)
    return task


def _must_be_open(incident: Incident) -> None:
    if not incident.is_open:
        raise RuleViolated("Sự cố đã khép lại.")
