"""The document that a dossier ends with, drafted and issued through `outgoing`."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import links
from app.errors import RuleViolated
from app.organisation.queries import issuing_bodies
from app.outgoing import services as outgoing
from app.outgoing.models import Channel, Medium, OutgoingDocument
from app.outgoing.services import DraftData, RecipientData
from app.procedures import queries, standing
from app.procedures.models import Dossier, DossierStatus
from app.security import Actor

OFFICIAL_LETTER = "official_letter"


def draft_result(session: Session, actor: Actor, *, dossier_id: int) -> OutgoingDocument:
    """Begin the result as a draft that names the dossier, its procedure and the citizen; it goes
    its own way through review, signature and issuing, and leads back here.

    Raises:
        PermissionDenied: the dossier lies with somebody else, or the actor writes no documents.
        RuleViolated: the dossier is not being processed, or has a document under way.
    """
    dossier = standing.fetch(session, actor, dossier_id)
    actor = standing.as_holder(actor, dossier)
    if dossier.status is not DossierStatus.PROCESSING:
        raise RuleViolated("Chỉ soạn văn bản kết quả khi hồ sơ đang được xử lý.")
    if queries.result_documents(session, dossier.id):
        raise RuleViolated("Hồ sơ đã có văn bản kết quả. Hãy mở văn bản đó.")
    document = outgoing.start_draft(session, actor, _data(session, dossier))
    links.connect(
        session, actor,
        ("outgoing", document.id), links.Relation.RAISED_BY, (queries.KIND, dossier.id),
    )  # fmt: skip
    standing.write_down(
        session, actor, dossier, "result_drafted", document.subject_summary, document=document.id
    )
    return document


def _data(session: Session, dossier: Dossier) -> DraftData:
    version, bodies = dossier.procedure_version, list(issuing_bodies(session))
    if not bodies:
        raise RuleViolated("Chưa khai cơ quan ban hành văn bản.")
    body = next((one for one in bodies if one.short_name == "UBND"), bodies[0])
    about = version.result or version.name
    day = f"{dossier.received_on:%d/%m/%Y}"
    return DraftData(
        issuing_body_id=body.id,
        document_type=version.result_document_type or OFFICIAL_LETTER,
        subject_summary=f"{about} cho {dossier.applicant_name}, theo hồ sơ số "
        f"{dossier.shown_code} nhận ngày {day}",
        addressees=[dossier.applicant_name],
        recipients=[RecipientData(name=dossier.applicant_name, channel=Channel.PAPER)],
        medium=Medium.ELECTRONIC,
        note=f"{version.name} ({dossier.procedure.code})",
    )


def tell_issued(session: Session, document_id: int) -> int:
    """Tell who handles the dossier and who received it that its result was issued, once.

    Returns how many dossiers there were; those that are finished need nobody any more.
    """
    found = 0
    for dossier in queries.dossiers_awaiting(session, document_id):
        posts = {dossier.handler_post_id, dossier.received_by_post_id} - {None}
        standing.tell(
            session, dossier, queries.RESULT_ISSUED,
            f"Kết quả hồ sơ {dossier.shown_code} đã phát hành, chờ trả công dân",
            post_ids=sorted(post for post in posts if post is not None),
        )  # fmt: skip
        found += 1
    return found
