"""Where a document lies, who is told, who may see it: shared by the acts on it."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import outbox
from app.clock import now
from app.errors import RuleViolated
from app.incoming.models import URGENCY_LABELS, Urgency
from app.notifications.services import notify
from app.organisation.models import Post
from app.organisation.queries import get_post, posts_with_role
from app.outgoing.models import Desk, OutgoingDocument, PaperStage, Stage
from app.outgoing.queries.documents import KIND
from app.security import Role, grant, post_term, unit_term
from app.tasks import custody
from app.tasks.models import Station

STATIONS = {
    Desk.DRAFTER: Station.DRAFTING,
    Desk.UNIT: Station.CONTENT_REVIEW,
    Desk.OFFICE: Station.FORM_REVIEW,
    Desk.LEADER: Station.SIGNATURE,
}
NEWS = {
    Desk.DRAFTER: "Dự thảo bị trả lại",
    Desk.UNIT: "Dự thảo chờ duyệt nội dung",
    Desk.OFFICE: "Dự thảo chờ kiểm tra thể thức",
    Desk.LEADER: "Văn bản chờ ký",
}


def office_unit(session: Session) -> int:
    """The unit that checks the form and issues: the chief of office's, else a clerk's."""
    for role in (Role.CHIEF_OF_OFFICE, Role.CLERK):
        posts = posts_with_role(session, role)
        if posts:
            return posts[0].unit_id
    raise RuleViolated("Chưa có Văn phòng hoặc văn thư để kiểm tra thể thức.")


def lay_on_desk(
    session: Session, document: OutgoingDocument, desk: Desk, post_id: int | None
) -> None:
    """Move custody to a desk, open the document to whoever sits there, and tell them."""
    if desk is Desk.DRAFTER:
        post_id = document.drafter_post_id
    unit_id = get_post(session, post_id).unit_id if post_id else office_unit(session)
    custody.move(
        session, KIND, document.id, station=STATIONS[desk], post_id=post_id, unit_id=unit_id
    )
    posts = [post_id] if post_id else [p.id for p in office_posts(session)]
    if post_id is not None:
        grant(session, KIND, document.id, post_term(post_id), "review")
    tell(session, document, f"outgoing.{desk.value}", NEWS[desk], post_ids=posts)
    outbox.changed(session, KIND, document.id)


def office_posts(session: Session) -> list[Post]:
    """The posts that check the form and issue: the clerks'."""
    return posts_with_role(session, Role.CLERK) or posts_with_role(session, Role.CHIEF_OF_OFFICE)


def lay_at_clerks(session: Session, document: OutgoingDocument) -> None:
    """Approved: the clerks give the number and issue it."""
    custody.move(session, KIND, document.id, station=Station.ISSUING, unit_id=office_unit(session))
    posts = {post.id for post in office_posts(session)} | {document.drafter_post_id}
    tell(session, document, "outgoing.approved", "Văn bản đã được duyệt ký", post_ids=posts)
    outbox.changed(session, KIND, document.id)


def tell(
    session: Session,
    document: OutgoingDocument,
    event: str,
    news: str,
    text: str = "",
    *,
    post_ids: Iterable[int] = (),
    unit_ids: Iterable[int] = (),
) -> None:
    """Leave a notice about the document."""
    mark = f"{URGENCY_LABELS[document.urgency]}: " if document.urgency else ""
    code = f"{document.full_code} " if document.numbered else ""
    notify(
        session,
        event=event,
        kind=KIND,
        thing_id=document.id,
        title=f"{mark}{news}: {code}{document.subject_summary}",
        text=text,
        post_ids=post_ids,
        unit_ids=unit_ids,
        urgent=document.urgency == Urgency.FLASH,
    )


def open_to_unit(session: Session, document: OutgoingDocument, unit_id: int, why: str) -> None:
    """Let the heads of a unit see the document."""
    grant(session, KIND, document.id, unit_term(unit_id), why)


def newest_stage(session: Session, document_id: int) -> PaperStage | None:
    """The newest bytes of the document that count."""
    rows = sa.select(PaperStage).where(
        PaperStage.document_id == document_id, PaperStage.dropped_at.is_(None)
    )
    return session.scalar(rows.order_by(PaperStage.id.desc()).limit(1))


def drop_stages(session: Session, document_id: int, *only: Stage) -> None:
    """Let stages count no more; their bytes stay."""
    session.flush()
    rows = sa.update(PaperStage).where(
        PaperStage.document_id == document_id, PaperStage.dropped_at.is_(None)
    )
    if only:
        rows = rows.where(PaperStage.stage.in_(only))
    session.execute(rows.values(dropped_at=now()))
