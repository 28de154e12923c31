"""Templates of drafts, as their page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.files.models import StoredFile
from app.organisation.models import Person
from app.outgoing.models import DraftTemplate, TemplateState


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """A version with its files and who added it."""

    row: DraftTemplate
    docx: StoredFile
    pdf: StoredFile | None
    by: str


def versions_of(
    session: Session, document_type: str, issuing_body_id: int | None
) -> Sequence[TemplateVersion]:
    """All versions for a body (None: for all bodies), the newest first."""
    pdf = sa.orm.aliased(StoredFile)
    rows = (
        sa.select(DraftTemplate, StoredFile, pdf, Person.full_name)
        .join(StoredFile, StoredFile.id == DraftTemplate.file_id)
        .outerjoin(pdf, pdf.id == DraftTemplate.pdf_file_id)
        .outerjoin(Person, Person.id == DraftTemplate.added_by)
        .where(
            DraftTemplate.document_type == document_type,
            DraftTemplate.issuing_body_id.is_(None)
            if issuing_body_id is None
            else DraftTemplate.issuing_body_id == issuing_body_id,
        )
        .order_by(DraftTemplate.no.desc())
    )
    return [
        TemplateVersion(row, docx, shown, name or "")
        for row, docx, shown, name in session.execute(rows).tuples()
    ]


def versions_in_force(session: Session) -> dict[tuple[str, int | None], DraftTemplate]:
    """The newest usable version by type and body (None: for all bodies)."""
    usable = DraftTemplate.state == TemplateState.USABLE
    rows = sa.select(DraftTemplate).where(usable).order_by(DraftTemplate.no)
    return {(row.document_type, row.issuing_body_id): row for row in session.scalars(rows)}


def template_file(session: Session, template_id: int, *, pdf: bool) -> StoredFile:
    """The DOCX of a version, or how it looks. Raises NotFound."""
    row = session.get(DraftTemplate, template_id)
    file_id = None if row is None else (row.pdf_file_id if pdf else row.file_id)
    file = session.get(StoredFile, file_id) if file_id is not None else None
    if file is None:
        raise NotFound(f"draft template {template_id}")
    return file
