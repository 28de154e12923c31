"""Dossiers and procedures as others see them: cards for lists, records for the index."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import local
from app.kinds import LOOKED_UP, Card, Kind
from app.organisation import queries as organisation
from app.procedures import queries
from app.procedures.models import (
    STATUS_LABELS,
    Dossier,
    DossierEvent,
    Procedure,
    ProcedureVersion,
    VersionState,
)
from app.security import ONE_STOP, ORGAN, PUBLIC, Actor, terms_of
from search import SearchRecord

DOSSIER_BASE, PROCEDURE_BASE = "/mot-cua/ho-so", "/mot-cua/thu-tuc"


def dossier_cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """Cards of the dossiers the actor may see: one query."""
    rows = queries.visible_dossiers(actor).where(Dossier.id.in_(ids))
    return [
        Card(
            kind=queries.KIND,
            id=row.id,
            title=f"{row.shown_code}: {row.procedure.name}",
            subtitle=_subtitle(row),
            url=f"{DOSSIER_BASE}/{row.token}",
            state=STATUS_LABELS[row.status],
        )
        for row in session.scalars(rows.options(joinedload(Dossier.procedure)))
    ]


def _subtitle(row: Dossier) -> str:
    due = f"Hẹn trả {local(row.due_at):%H:%M %d/%m/%Y}" if row.due_at else ""
    return " · ".join(part for part in (row.applicant_name, due) if part)


def dossier_records(session: Session, ids: Sequence[int]) -> list[SearchRecord]:
    """Index records: code, procedure, applicant, request, history. Numbers of identity cards and
    telephones stay out."""
    rows = session.scalars(
        sa.select(Dossier).where(Dossier.id.in_(ids)).options(joinedload(Dossier.procedure))
    ).all()
    terms = terms_of(session, queries.KIND, [row.id for row in rows])
    units = organisation.unit_label(session, [row.unit_id for row in rows if row.unit_id])
    told: dict[int, list[str]] = {}
    events = sa.select(DossierEvent.dossier_id, DossierEvent.text).where(
        DossierEvent.dossier_id.in_([row.id for row in rows]), DossierEvent.text != ""
    )
    for dossier_id, text in session.execute(events):
        told.setdefault(dossier_id, []).append(text)
    return [
        SearchRecord(
            id=f"{queries.KIND}:{row.id}",
            kind=queries.KIND,
            title=f"{row.shown_code} {row.procedure.name}",
            acl=frozenset(terms[row.id] | {ORGAN, ONE_STOP}),
            text="\n".join([row.applicant_name, row.content, row.result, *told.get(row.id, ())]),
            unit=units.get(row.unit_id or 0, ""),
            type=row.field,
            state=STATUS_LABELS[row.status],
            people=(row.applicant_name,),
        )
        for row in rows
    ]


def dossier_ids(session: Session, after: int, limit: int) -> list[int]:
    """Ids behind `after`, for rebuilding the index."""
    rows = sa.select(Dossier.id).where(Dossier.id > after).order_by(Dossier.id).limit(limit)
    return list(session.scalars(rows))


def look_up_dossier(session: Session, actor: Actor, text: str) -> list[int]:
    """The dossier whose code it is."""
    found = queries.dossier_with_code(session, actor, text)
    return [found.id] if found is not None else []


def procedure_cards(session: Session, _actor: Actor, ids: Sequence[int]) -> list[Card]:
    """The catalogue is public."""
    rows = sa.select(Procedure).where(Procedure.id.in_(ids))
    return [
        Card(
            kind="procedure",
            id=row.id,
            title=row.name,
            subtitle=f"{row.code} · {row.field}",
            url=f"{PROCEDURE_BASE}/{row.token}",
        )
        for row in session.scalars(rows)
    ]


def procedure_records(session: Session, ids: Sequence[int]) -> list[SearchRecord]:
    """Index records of the newest published versions."""
    rows = session.scalars(
        sa.select(ProcedureVersion)
        .where(
            ProcedureVersion.procedure_id.in_(ids),
            ProcedureVersion.state == VersionState.PUBLISHED,
            ProcedureVersion.valid_to.is_(None),
        )
        .options(joinedload(ProcedureVersion.procedure), selectinload(ProcedureVersion.papers))
    ).all()
    return [
        SearchRecord(
            id=f"procedure:{row.procedure_id}",
            kind="procedure",
            title=row.name,
            acl=frozenset({ORGAN, PUBLIC}),
            text="\n".join(
                [row.procedure.code, row.procedure.keywords, row.sequence, row.legal_grounds,
                 row.conditions, *(paper.name for paper in row.papers)]
            ),
            type=row.field,
        )
        for row in rows
    ]  # fmt: skip


def procedure_ids(session: Session, after: int, limit: int) -> list[int]:
    rows = sa.select(Procedure.id).where(Procedure.id > after).order_by(Procedure.id).limit(limit)
    return list(session.scalars(rows))


def look_up_procedure(session: Session, _actor: Actor, text: str) -> list[int]:
    """By code or words."""
    return [one.procedure_id for one in queries.find_procedures(session, text, limit=LOOKED_UP)]


dossier_kind = Kind(
    name=queries.KIND,
    label="Hồ sơ một cửa",
    icon="folders",
    cards=dossier_cards,
    records=dossier_records,
    all_ids=dossier_ids,
    lookup=look_up_dossier,
)
procedure_kind = Kind(
    name="procedure",
    label="Thủ tục hành chính",
    icon="file-text",
    cards=procedure_cards,
    records=procedure_records,
    all_ids=procedure_ids,
    lookup=look_up_procedure,
)
