"""Packages for the archive and what goes into them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.casefiles.documents import DocumentFacts, facts_of, missing_facts
from app.casefiles.models import (
    ArchivePackage,
    CaseDocument,
    CaseFile,
    CaseState,
    PackagedFile,
    PackageState,
)
from app.errors import NotFound


def packages(session: Session, *, limit: int = 100) -> list[ArchivePackage]:
    """The newest packages."""
    rows = sa.select(ArchivePackage).order_by(ArchivePackage.id.desc()).limit(limit)
    return list(session.scalars(rows))


def get_package(session: Session, token: str) -> ArchivePackage:
    """Raises NotFound."""
    found = session.scalar(sa.select(ArchivePackage).filter_by(token=token))
    if found is None:
        raise NotFound(f"package {token}")
    return found


def files_in(session: Session, package_ids: Sequence[int]) -> dict[int, list[CaseFile]]:
    """The case files of packages, one query."""
    found: dict[int, list[CaseFile]] = {package_id: [] for package_id in package_ids}
    rows = (
        sa.select(PackagedFile.package_id, CaseFile)
        .join(CaseFile, CaseFile.id == PackagedFile.case_file_id)
        .where(PackagedFile.package_id.in_(found))
        .order_by(CaseFile.year, CaseFile.notation)
    )
    for package_id, case_file in session.execute(rows):
        found[package_id].append(case_file)
    return found


def ready_to_pack(session: Session) -> list[CaseFile]:
    """Closed files that go to the archive and are in no package yet, the most pressing first."""
    packed = (
        sa.select(PackagedFile.case_file_id)
        .join(ArchivePackage)
        .where(ArchivePackage.state != PackageState.FAILED)
    )
    rows = sa.select(CaseFile).where(
        CaseFile.state == CaseState.CLOSED,
        CaseFile.transfer_on.is_not(None),
        CaseFile.id.not_in(packed),
    )
    due = sa.func.coalesce(CaseFile.kept_until, CaseFile.transfer_on)
    return list(session.scalars(rows.order_by(due, CaseFile.id)))


def package_contents(
    session: Session, package_id: int
) -> list[tuple[CaseFile, list[tuple[CaseDocument, DocumentFacts]]]]:
    """Every file of a package with all its documents: the archive gets the whole file. Of a
    document without facts it says so."""
    case_files = files_in(session, [package_id])[package_id]
    ids = [case_file.id for case_file in case_files]
    rows = session.scalars(
        sa.select(CaseDocument)
        .where(CaseDocument.case_file_id.in_(ids), CaseDocument.removed_at.is_(None))
        .order_by(CaseDocument.id)
    ).all()
    facts = facts_of(session, dict.fromkeys((row.kind, row.thing_id) for row in rows))
    return [
        (
            case_file,
            [
                (row, facts.get((row.kind, row.thing_id)) or _missing(row))
                for row in rows
                if row.case_file_id == case_file.id
            ],
        )
        for case_file in case_files
    ]


def _missing(row: CaseDocument) -> DocumentFacts:
    return missing_facts(row.kind, row.thing_id)
