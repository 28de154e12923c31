"""The directory of organs and the issuing bodies as their administration pages show them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.errors import NotFound
from app.organisation.models import IDENTIFIER, IssuingBody, Organ, OrganAlias
from app.organisation.names import fold_name


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """One page of the directory; `pages` is the number of the last page."""

    rows: list[Organ]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def directory_page(session: Session, *, text: str, number: int, size: int) -> DirectoryPage:
    """Organs by name, found by any of their spellings."""
    size = size if size in (20, 50, 100) else 20
    rows = sa.select(Organ).where(Organ.merged_into_id.is_(None))
    for word in fold_name(text).split():
        spelled = sa.select(OrganAlias.organ_id).where(
            OrganAlias.folded.contains(word, autoescape=True)
        )
        rows = rows.where(Organ.id.in_(spelled))
    total = session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0
    number = min(max(1, number), max(1, -(-total // size)))
    shown = (
        rows.options(selectinload(Organ.aliases))
        .order_by(Organ.is_own.desc(), Organ.name, Organ.id)
        .limit(size)
        .offset((number - 1) * size)
    )
    return DirectoryPage(list(session.scalars(shown)), number, size, total)


def merge_candidates(session: Session, organ: Organ) -> list[tuple[int, str]]:
    """All other organs to merge into, by name."""
    rows = (
        sa.select(Organ.id, Organ.name)
        .where(Organ.merged_into_id.is_(None), Organ.id != organ.id)
        .order_by(Organ.name)
    )
    return [(organ_id, name) for organ_id, name in session.execute(rows)]


def identifier_of(organ: Organ) -> str:
    """The organ's present identifier in the national scheme, or nothing."""
    current = [c.value for c in organ.codes if c.scheme == IDENTIFIER and c.valid_to is None]
    return current[0] if current else ""


def all_bodies(session: Session) -> list[IssuingBody]:
    """The issuing bodies, ended ones last."""
    rows = (
        sa.select(IssuingBody)
        .options(selectinload(IssuingBody.signers))
        .order_by(IssuingBody.valid_to.is_not(None), IssuingBody.position, IssuingBody.id)
    )
    return list(session.scalars(rows))


def get_body(session: Session, body_id: int) -> IssuingBody:
    """Raises NotFound."""
    body = session.get(IssuingBody, body_id, options=[selectinload(IssuingBody.signers)])
    if body is None:
        raise NotFound(f"issuing body {body_id}")
    return body
