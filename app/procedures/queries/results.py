"""Documents of `outgoing` that a dossier has or may have as its result."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.links import Link, Relation
from app.notifications.models import Notification
from app.outgoing.models import OutgoingDocument, OutgoingStatus
from app.outgoing.queries import visible_outgoing
from app.procedures.models import Dossier
from app.procedures.queries.dossiers import KIND
from app.security import Actor

ISSUED = frozenset({OutgoingStatus.ISSUED, OutgoingStatus.FILED})
RECENT = timedelta(days=60)
RESULT_ISSUED = "dossier_result_issued"  # the notice


def result_documents(session: Session, dossier_id: int) -> list[OutgoingDocument]:
    """What was drafted for it and not given up, the newest first; whether the actor may open it
    is for `outgoing` to say."""
    made = sa.select(Link.from_id).where(
        Link.from_kind == "outgoing", Link.relation == Relation.RAISED_BY,
        Link.to_kind == KIND, Link.to_id == dossier_id, Link.cut_at.is_(None),
    )  # fmt: skip
    rows = sa.select(OutgoingDocument).where(
        OutgoingDocument.id.in_(made), OutgoingDocument.status != OutgoingStatus.CANCELLED
    )
    return list(session.scalars(rows.order_by(OutgoingDocument.id.desc())))


def results_to_choose(
    session: Session, actor: Actor, dossier: Dossier, *, limit: int = 20
) -> list[OutgoingDocument]:
    """Issued documents that the actor sees: those drafted for the dossier, then those that its
    unit issued lately."""
    linked = [row.id for row in result_documents(session, dossier.id)]
    document = OutgoingDocument
    recent = sa.and_(
        document.drafting_unit_id == dossier.unit_id, document.issued_at >= now() - RECENT
    )
    rows = visible_outgoing(actor).where(
        document.status.in_(ISSUED), sa.or_(document.id.in_(linked), recent)
    )
    order = (document.id.in_(linked).desc(), document.issued_at.desc(), document.id.desc())
    return list(session.scalars(rows.order_by(*order).limit(limit)))


def dossiers_awaiting(session: Session, document_id: int) -> list[Dossier]:
    """Unfinished dossiers whose result the document is, of which nobody was told yet."""
    of = sa.select(Link.to_id).where(
        Link.from_kind == "outgoing", Link.from_id == document_id,
        Link.relation == Relation.RAISED_BY, Link.to_kind == KIND, Link.cut_at.is_(None),
    )  # fmt: skip
    told = sa.exists().where(
        Notification.kind == KIND,
        Notification.thing_id == Dossier.id,
        Notification.event == RESULT_ISSUED,
    )
    rows = sa.select(Dossier).where(Dossier.id.in_(of), Dossier.finished_at.is_(None), ~told)
    return list(session.scalars(rows.order_by(Dossier.id)))
