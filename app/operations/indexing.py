"""Incidents as others see them: cards for lists outside the room, records for the index."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import local
from app.kinds import LOOKED_UP, Card, Kind
from app.operations.catalogue import catalogue
from app.operations.models import DOMAIN_LABELS, STATE_LABELS, Incident
from app.operations.permissions import DESK
from app.operations.queries import KIND, visible_incidents
from app.operations.queries.desk import Wanted, desk_of
from app.organisation.queries import unit_label
from app.schedules.glances import Glance
from app.security import Actor, terms_of
from search import SearchRecord

BASE = "/su-co"
SHOWN = 5


def cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """Cards of the incidents that the actor may see: one query."""
    rows = visible_incidents(actor).where(Incident.id.in_(ids))
    return [card_of(one) for one in session.scalars(rows)]


def card_of(one: Incident) -> Card:
    """What lists elsewhere show of an incident."""
    return Card(
        kind=KIND,
        id=one.id,
        title=f"{one.code}: {one.title}",
        subtitle=" · ".join(part for part in (DOMAIN_LABELS[one.domain], one.place) if part),
        url=f"{BASE}/{one.token}",
        state=STATE_LABELS[one.state],
    )


def open_at_a_glance(session: Session, actor: Actor) -> Glance | None:
    """The gravest open incidents, for the leader's morning."""
    if not actor.may(DESK):
        return None
    desk = desk_of(session, actor, Wanted())
    return Glance(
        title="Sự cố đang mở",
        url=BASE,
        total=desk.open,
        cards=[card_of(one) for one in desk.incidents[:SHOWN]],
    )


def records(session: Session, ids: Sequence[int]) -> list[SearchRecord]:
    """Index records: three queries. Callers are not in them: no name, no number."""
    found = session.scalars(sa.select(Incident).where(Incident.id.in_(ids))).all()
    terms = terms_of(session, KIND, [one.id for one in found])
    units = unit_label(session, [one.lead_unit_id for one in found if one.lead_unit_id])
    known = catalogue()
    return [
        SearchRecord(
            id=f"{KIND}:{one.id}",
            kind=KIND,
            title=f"{one.code}: {one.title}",
            acl=frozenset(terms[one.id]),
            text="\n".join(part for part in (one.description, one.place, one.review) if part),
            notation=one.code,
            type=known.label(one.type_key),
            unit=units.get(one.lead_unit_id or 0, ""),
            state=STATE_LABELS[one.state],
            date=local(one.occurred_at).date().isoformat(),
            year=str(local(one.occurred_at).year),
        )
        for one in found
    ]


def by_code(session: Session, actor: Actor, text: str) -> list[int]:
    """Incidents by their code, or by a part of the title, the newest."""
    wanted = sa.or_(Incident.code == text.upper(), Incident.title.icontains(text, autoescape=True))
    rows = visible_incidents(actor).where(wanted).with_only_columns(Incident.id)
    return list(session.scalars(rows.order_by(Incident.id.desc()).limit(LOOKED_UP)))


def ids_after(session: Session, after: int, limit: int) -> list[int]:
    """Ids for a rebuild of the index."""
    rows = sa.select(Incident.id).where(Incident.id > after).order_by(Incident.id).limit(limit)
    return list(session.scalars(rows))


kind = Kind(
    name=KIND,
    label="Sự cố",
    icon="alert-triangle",
    cards=cards,
    records=records,
    all_ids=ids_after,
    lookup=by_code,
)
