"""What the relay does again and again for case files: make packages, remind of hand-overs."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.casefiles import packing, queries
from app.casefiles.documents import DocumentFacts
from app.casefiles.models import CaseDocument, CaseFile
from app.casefiles.packing import PackedCase
from app.casefiles.services import packages
from app.casefiles.services.reminders import BATCH, remind_of_transfers
from app.clock import local, today
from app.db import reading, transaction
from app.files.store import FileStore, current_store
from app.organisation.models import OrganCode
from app.organisation.queries import own_organ, post_label

log = logging.getLogger(__name__)
IN_MEMORY = 8 * 1024 * 1024


def make_packages() -> int:
    """Make every package that waits. Returns how many were made."""
    made = 0
    while True:
        with transaction("casefiles.claim_package") as session:
            claim = packages.claim_package(session)
        if claim is None:
            return made
        try:
            make_package(current_store(), claim)
            made += 1
        except Exception as error:  # the package is tried again, the others go on
            log.exception("package %s failed", claim.package_id)
            with transaction("casefiles.fail_package") as session:
                packages.fail_package(session, claim, f"{type(error).__name__}: {error}")


def make_package(store: FileStore, claim: packages.PackageClaim) -> None:
    """Write the ZIP outside any block, store it, then say so."""
    with reading() as session:
        cases = cases_of(session, claim.package_id)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as out:
        packing.write_package(out, cases, store.open)  # type: ignore[arg-type]
        out.seek(0)
        blob = store.put(out)  # type: ignore[arg-type]
    name = f"goi-nop-luu-{today():%Y%m%d}-{claim.package_id}.zip"
    with transaction("casefiles.finish_package") as session:
        packages.finish_package(session, claim, blob, name)


def cases_of(session: Session, package_id: int) -> list[PackedCase]:
    """What a package describes: a constant number of queries."""
    contents = queries.package_contents(session, package_id)
    creators = post_label(session, [case_file.keeper_post_id for case_file, _rows in contents])
    organ_id = organ_code(session)
    return [
        _case(case_file, rows, organ_id, creators.get(case_file.keeper_post_id, ""))
        for case_file, rows in contents
    ]


def _case(
    case_file: CaseFile,
    rows: Sequence[tuple[CaseDocument, DocumentFacts]],
    organ_id: str,
    creator: str,
) -> PackedCase:
    ordered = sorted(rows, key=lambda pair: (pair[1].issued_on or local(pair[0].added_at).date(),
                                             pair[0].id))  # fmt: skip
    days = [facts.issued_on for _row, facts in ordered if facts.issued_on]
    return PackedCase(
        organ_id=organ_id,
        year=case_file.year,
        notation=case_file.notation,
        title=case_file.title,
        maintenance=case_file.maintenance,
        rights="Hạn chế",
        creator=creator,
        start_on=min([local(case_file.opened_at).date(), *days]),
        end_on=case_file.closed_on,
        documents=tuple(facts for _row, facts in ordered),
        description=case_file.description,
    )


def organ_code(session: Session) -> str:
    """The own organ's identification code in force, empty while none is entered."""
    day = today()
    rows = (
        sa.select(OrganCode.value)
        .where(
            OrganCode.organ_id == own_organ(session).id,
            OrganCode.valid_from <= day,
            sa.or_(OrganCode.valid_to.is_(None), OrganCode.valid_to >= day),
        )
        .order_by(OrganCode.valid_from.desc())
        .limit(1)
    )
    return session.scalar(rows) or ""


def remind() -> None:
    """Remind the keepers of files that are due for the archive."""
    found = BATCH
    while found == BATCH:
        with transaction("casefiles.remind") as session:
            found = remind_of_transfers(session)
