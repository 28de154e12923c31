"""One click “Nhắc” on whatever waits somewhere: a task, a letter, later a draft or a dossier."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import audit, kinds
from app.errors import NotFound, PermissionDenied, RuleViolated
from app.notifications.services import notify
from app.security import ORGAN, Actor, authorize, unit_term
from app.tasks import custody, permissions, queries
from app.tasks.models import Station
from app.tasks.services.handling import urge


def nudge(session: Session, actor: Actor, *, kind: str, thing_id: int) -> None:
    """Remind the post or unit that has a thing now. A task that is being done is urged.

    Raises:
        PermissionDenied: the actor lacks `tasks:urge`, or does not watch over the unit.
        NotFound: there is no such thing, or the actor may not see it.
        RuleViolated: the thing waits nowhere.
    """
    actor = authorize(actor, permissions.URGE)
    card = next(iter(kinds.cards(session, actor, [(kind, thing_id)])), None)
    if card is None:
        raise NotFound(f"{kind} {thing_id}")
    stay = custody.open_stay(session, kind, thing_id)
    if stay is None or (stay.post_id is None and stay.unit_id is None):
        raise RuleViolated("Nội dung này không còn chờ ai xử lý.")
    if ORGAN not in actor.terms and unit_term(stay.unit_id or 0) not in actor.terms:
        raise PermissionDenied(f"person {actor.person_id} does not watch over {kind} {thing_id}")
    if kind == queries.KIND and stay.station in (Station.UNIT, Station.HANDLER):
        urge(session, actor, task_id=thing_id)
        return
    notify(
        session,
        event="custody.nudged",
        kind=kind,
        thing_id=thing_id,
        title=f"Nhắc: {card.title}",
        text=custody.STATION_LABELS[stay.station],
        post_ids=[stay.post_id] if stay.post_id else [],
        unit_ids=[stay.unit_id] if stay.unit_id and not stay.post_id else [],
    )
    audit.record(session, actor, f"{kind}.nudged", thing_id, station=stay.station.value)
