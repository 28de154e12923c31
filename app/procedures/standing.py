"""In which capacity somebody acts on a dossier, where it then is, and what is written down.

Shared by the services.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import EditConflict, PermissionDenied, RuleViolated
from app.notifications.services import notify
from app.organisation import queries as organisation
from app.procedures import clocks, permissions, queries
from app.procedures.models import (
    OPEN,
    STATUS_LABELS,
    Dossier,
    DossierEvent,
    DossierStep,
    StepKind,
)
from app.security import Actor, Role, authorize, grant, post_term, unit_term
from app.tasks import custody
from app.tasks.models import Station

KIND = queries.KIND
STATIONS: dict[StepKind, Station] = {
    StepKind.RECEPTION: Station.COUNTER,
    StepKind.ASSIGNMENT: Station.UNIT,
    StepKind.HANDLING: Station.HANDLER,
    StepKind.REVIEW: Station.CONTENT_REVIEW,
    StepKind.SIGNATURE: Station.SIGNATURE,
    StepKind.ISSUING: Station.ISSUING,
    StepKind.DELIVERY: Station.COUNTER,
}


def fetch(session: Session, actor: Actor, dossier_id: int, version: int | None = None) -> Dossier:
    """The dossier, if the actor may see it and nobody changed it since the form was opened.

    Raises:
        NotFound: it is not there for the actor.
        EditConflict: `version` is given and the dossier has changed since.
    """
    dossier = queries.dossier_by_id(session, actor, dossier_id)
    if version is not None and version != dossier.version:
        raise EditConflict(f"dossier {dossier_id} is at {dossier.version}, not {version}")
    return dossier


def holds(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor has the dossier now, or heads the unit that has it."""
    if dossier.handler_post_id is not None and dossier.handler_post_id in actor.post_ids:
        return True
    return dossier.unit_id is not None and unit_term(dossier.unit_id) in actor.terms


def as_holder(actor: Actor, dossier: Dossier) -> Actor:
    """The actor as whoever processes the dossier.

    Raises:
        PermissionDenied: it lies with somebody else.
    """
    step = dossier.open_step
    at_counter = step is not None and step.role is Role.ONE_STOP_OFFICER
    if at_counter and actor.may(permissions.RECEIVE):
        return authorize(actor, permissions.RECEIVE)
    actor = authorize(actor, permissions.PROCESS, post_id=dossier.handler_post_id)
    if not holds(actor, dossier) and actor.person_id is not None:
        raise PermissionDenied(f"person {actor.person_id} does not hold dossier {dossier.id}")
    return actor


def as_decider(actor: Actor, dossier: Dossier) -> Actor:
    """The actor as head of the unit that has it, or as a leader.

    Raises:
        PermissionDenied: the actor is neither.
    """
    actor = authorize(actor, permissions.DECIDE, post_id=dossier.handler_post_id)
    if actor.person_id is None or Role.LEADER in actor.roles or holds(actor, dossier):
        return actor
    raise PermissionDenied(f"person {actor.person_id} does not decide on dossier {dossier.id}")


def must_be_open(dossier: Dossier) -> None:
    """Raises RuleViolated for a dossier that is settled."""
    if dossier.status not in OPEN:
        raise RuleViolated(f"Hồ sơ đã ở trạng thái “{STATUS_LABELS[dossier.status]}”.")


def write_down(
    session: Session,
    actor: Actor,
    dossier: Dossier,
    action: str,
    text: str = "",
    *,
    public: bool = False,
    **detail: object,
) -> None:
    """The act in the dossier's history and in the trail; pages and index follow."""
    session.add(
        DossierEvent(
            dossier_id=dossier.id,
            at=now(),
            action=action,
            status=dossier.status,
            text=text[:1000],
            is_public=public,
            by_person_id=actor.person_id,
            by_post_id=actor.post_id,
            detail=dict(detail),
        )
    )
    audit.record(session, actor, f"dossier.{action}", dossier.id, **detail)
    outbox.changed(session, KIND, dossier.id)


def open_step(
    session: Session, actor: Actor, dossier: Dossier, step: DossierStep, post_id: int | None = None
) -> None:
    """Let a step begin: whose it is, what they may see, where the dossier is."""
    step.started_at, step.finished_at = now(), None
    step.post_id = post_id or _post_of(session, dossier, step)
    dossier.step_position = step.position
    if step.kind is StepKind.DELIVERY or step.role is Role.ONE_STOP_OFFICER:
        dossier.handler_post_id = dossier.handler_post_id or step.post_id
        custody.move(session, KIND, dossier.id, station=Station.COUNTER)
        return
    dossier.handler_post_id = step.post_id
    if step.unit_id is not None:
        grant(session, KIND, dossier.id, unit_term(step.unit_id), "step")
    if step.post_id is not None:
        grant(session, KIND, dossier.id, post_term(step.post_id), "step")
    station = STATIONS[step.kind]
    if station is Station.HANDLER and step.post_id is None:
        station = Station.UNIT
    holder = {"post_id": step.post_id} if step.post_id else {"unit_id": step.unit_id}
    custody.move(session, KIND, dossier.id, station=station, **holder)
    if step.post_id not in actor.post_ids:
        tell(
            session, dossier, "dossier.arrived", f"Hồ sơ mới: {dossier.shown_code}",
            f"{dossier.procedure_version.name}. Bước: {step.name}.",
            post_ids=[step.post_id] if step.post_id else [],
        )  # fmt: skip


def _post_of(session: Session, dossier: Dossier, step: DossierStep) -> int | None:
    """Who does a step when nobody is named: the head, the first leader, whoever received it; a
    specialist only if the unit has just one."""
    if step.role is Role.ONE_STOP_OFFICER:
        return dossier.received_by_post_id
    if step.role is Role.DEPARTMENT_HEAD and step.unit_id is not None:
        head = organisation.head_post(session, step.unit_id)
        return head.id if head is not None else None
    if step.role is Role.LEADER:
        leaders = organisation.posts_with_role(session, Role.LEADER)
        return leaders[0].id if leaders else None
    able = organisation.posts_with_role(session, step.role, step.unit_id)
    return able[0].id if len(able) == 1 else None


def tell(
    session: Session,
    dossier: Dossier,
    event: str,
    title: str,
    text: str = "",
    *,
    post_ids: Iterable[int] = (),
) -> None:
    """A notice about the dossier; without posts: for whoever has it."""
    posts = list(post_ids) or ([dossier.handler_post_id] if dossier.handler_post_id else [])
    notify(
        session,
        event=event,
        kind=KIND,
        thing_id=dossier.id,
        title=title,
        text=text,
        post_ids=posts,
        unit_ids=[dossier.unit_id] if dossier.unit_id and not posts else [],
    )


def close(session: Session, actor: Actor, dossier: Dossier) -> None:
    """The dossier is settled: its clock stops, it is nowhere any more."""
    for step in dossier.steps:
        if step.finished_at is None and step.started_at is not None:
            step.finished_at = now()
    dossier.step_position = None
    dossier.finished_at = dossier.finished_at or now()
    clocks.finish(session, actor, dossier)
    custody.close(session, KIND, dossier.id)
