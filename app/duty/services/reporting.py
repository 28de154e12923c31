"""The report of a morning is kept as it was printed."""

from __future__ import annotations

from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.duty.models import DutyReport
from app.files.models import FileRole
from app.files.services import record_file
from app.files.store import StoredBlob
from app.notifications.services import notify
from app.organisation.queries import posts_with_role
from app.security import SYSTEM, Role

KIND = "duty_report"


def keep_report(session: Session, day: date, blob: StoredBlob) -> bool:
    """Keep the printed report and tell the leaders; False when another process has kept one."""
    report = DutyReport(day=day)
    try:
        with session.begin_nested():
            session.add(report)
    except IntegrityError:
        return False
    name = f"bao-cao-truc-ban-{day.isoformat()}.pdf"
    file = record_file(
        session, SYSTEM, blob, name=name, media_type="application/pdf", role=FileRole.MAIN,
        kind=KIND, thing_id=report.id,
    )  # fmt: skip
    report.file_id = file.id
    posts = [
        post.id
        for role in (Role.LEADER, Role.CHIEF_OF_OFFICE, Role.DUTY_OFFICER)
        for post in posts_with_role(session, role)
    ]
    title = f"Báo cáo trực ban ngày {day:%d/%m/%Y}"
    notify(session, event="duty.reported", kind=KIND, thing_id=report.id, title=title,
           post_ids=posts)  # fmt: skip
    audit.record(session, SYSTEM, "duty_report.made", report.id)
    return True
