"""What people tell: over the telephone to the duty desk, or on the public page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import InvalidInput
from app.feeds.models import FeedSignal
from app.feeds.preparing import Arrived, prepare
from app.feeds.queries import info_of
from app.feeds.services import SourceFields, built_in_source
from app.feeds.services.taking import take
from app.feeds.words import SourceKind
from app.files.models import new_token
from app.operations import permissions
from app.operations.models import Incident, Origin
from app.operations.processing import EVENTS, TARGET
from app.operations.queries import get_incident
from app.security import SYSTEM, Actor, authorize

HOTLINE, HOTLINE_NAME = "hotline", "Đường dây nóng"
KEPT_DAYS = 365


def record_call(
    session: Session, actor: Actor, told: Mapping[str, Any], *, ticket: str = ""
) -> Incident:
    """Take down what somebody told: an ordinary signal of the house's own source, and its incident.

    `told` has the fields of events (`processing.EVENTS`). With the `ticket` of its form, which is
    drawn anew for each page, a form that is sent twice is one call.

    Raises:
        InvalidInput: nothing can be made of it; the message says why.
    """
    actor = authorize(actor, permissions.RECORD)
    told = dict(told) | {"origin": Origin.CALL.value}
    incident = tell(session, HOTLINE, HOTLINE_NAME, told, key=ticket or new_token())
    incident.made_by_post_id = actor.post_id
    audit.record(session, actor, "incident.recorded", incident.id)
    return incident


def tell(
    session: Session, built_in: str, name: str, told: Mapping[str, Any], *, key: str
) -> Incident:
    """Hand words of people in at the one door; of one `key` the first are taken, and the answer is
    their incident. Raises InvalidInput with the reason."""
    fields = SourceFields(name, SourceKind.PEOPLE, TARGET, keep_days=KEPT_DAYS)
    source = info_of(built_in_source(session, built_in, fields))
    at = now()
    record = {"id": key, "at": at.isoformat()} | {
        name: value for name, value in told.items() if value not in (None, "")
    }
    arrived = Arrived(json.dumps([record]).encode(), at, request_key=key)
    taken = take(session, EVENTS, prepare(source, EVENTS, arrived))
    if taken.refused:
        raise InvalidInput(taken.reasons[0].reason if taken.reasons else taken.problem)
    mine = (FeedSignal.source_id == source.id, FeedSignal.external_id == key)
    thing_id = session.scalars(sa.select(FeedSignal.thing_id).where(*mine)).one()
    return get_incident(session, SYSTEM, thing_id or 0)
