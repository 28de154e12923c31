"""Reminders before closed files are due for the archive."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.casefiles.models import CaseFile
from app.casefiles.queries import KIND
from app.casefiles.queries.case_files import due_soon
from app.clock import today
from app.notifications.services import notify

BATCH = 200


def remind_of_transfers(session: Session) -> int:
    """Remind the keepers, and the heads of their units, of files that are due soon: once for
    each last day. Returns how many files; call again while it is a whole batch."""
    due = sa.func.coalesce(CaseFile.kept_until, CaseFile.transfer_on)
    rows = sa.select(CaseFile).where(
        due_soon(), sa.or_(CaseFile.reminded_for.is_(None), CaseFile.reminded_for != due)
    )
    found = session.scalars(rows.order_by(CaseFile.id).limit(BATCH)).all()
    for case_file in found:
        case_file.reminded_for = case_file.due_on
        notify(
            session,
            event="case_file.due",
            kind=KIND,
            thing_id=case_file.id,
            title=f"Nộp lưu hồ sơ {case_file.notation} trước {case_file.due_on:%d/%m/%Y}",
            text=case_file.title,
            post_ids=[case_file.keeper_post_id],
            unit_ids=[case_file.unit_id],
            digest_on=today(),
        )
    return len(found)
