"""The directory of organs and the issuing bodies."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import today
from app.db import remembered
from app.errors import NotFound
from app.organisation.models import IssuingBody, Organ, OrganAlias
from app.organisation.names import fold_name


def own_organ(session: Session) -> Organ:
    """Raises NotFound before the office was set up."""
    organ = session.scalar(sa.select(Organ).where(Organ.is_own.is_(True)))
    if organ is None:
        raise NotFound("no own organ", "Chưa khai báo cơ quan của hệ thống này.")
    return organ


def get_organ(session: Session, organ_id: int) -> Organ:
    """The organ, or the one it was merged into. Raises NotFound."""
    organ = session.get(Organ, organ_id)
    while organ is not None and organ.merged_into_id is not None:
        organ = session.get(Organ, organ.merged_into_id)
    if organ is None:
        raise NotFound(f"organ {organ_id}")
    return organ


def find_organ(session: Session, text: str) -> Organ | None:
    """The organ of that name or alias, whatever the case, tone marks and spaces."""
    folded = fold_name(text)
    if not folded:
        return None
    alias = session.scalar(sa.select(OrganAlias).where(OrganAlias.folded == folded))
    return None if alias is None else get_organ(session, alias.organ_id)


def organ_choices(session: Session, text: str = "", *, limit: int = 20) -> list[Organ]:
    """Organs of which a spelling holds all words of `text`; those that begin with it first."""
    folded = fold_name(text)
    spelling = OrganAlias.folded
    rows = (
        sa.select(Organ, sa.func.min(spelling).label("first"))
        .join(OrganAlias)
        .where(Organ.merged_into_id.is_(None))
        .where(*(spelling.contains(word, autoescape=True) for word in folded.split()))
        .group_by(Organ.id)
        .order_by(
            sa.func.max(sa.case((spelling.startswith(folded, autoescape=True), 1), else_=0)).desc(),
            sa.text("first"),
            Organ.id,
        )
        .limit(limit)
    )
    return [organ for organ, _first in session.execute(rows)]


def organ_family(session: Session, organ_id: int) -> set[int]:
    """The organ's id with all ids merged into it, so that filters also find older letters."""
    head = get_organ(session, organ_id)
    family = sa.select(Organ.id).where(Organ.id == head.id).cte("family", recursive=True)
    family = family.union(sa.select(Organ.id).join(family, Organ.merged_into_id == family.c.id))
    return set(session.scalars(sa.select(family.c.id)))


def issuing_bodies(session: Session, on: date | None = None) -> list[IssuingBody]:
    """The bodies in force on a day, today by default, in their order; read once a page."""
    day = on or today()
    return [
        body
        for body in every_issuing_body(session).values()
        if (body.valid_from is None or body.valid_from <= day)
        and (body.valid_to is None or day <= body.valid_to)
    ]


def every_issuing_body(session: Session) -> dict[int, IssuingBody]:
    """All bodies by id, ended ones too, in their order; read once a page."""
    rows = sa.select(IssuingBody).order_by(IssuingBody.position, IssuingBody.id)
    return remembered(
        session, every_issuing_body, lambda: {body.id: body for body in session.scalars(rows)}
    )
