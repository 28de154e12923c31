"""Templates of drafts: versions by document type and issuing body; none is ever lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now, today
from app.errors import InvalidInput, NotFound, RuleViolated
from app.files.models import FileRole, StoredFile
from app.files.services import record_file
from app.files.store import StoredBlob
from app.organisation.models import IssuingBody
from app.outgoing import permissions
from app.outgoing.models import DraftTemplate, TemplateState
from app.outgoing.papers.docx.filling import FIELDS
from app.outgoing.papers.docx.templates import default_template
from app.outgoing.papers.facts import DraftFacts
from app.outgoing.papers.shapes import shape_of
from app.outgoing.services.authority import get_body
from app.outgoing.services.drafts import DOCX
from app.outgoing.services.facts import NO_NAME
from app.registers.models import DocumentType
from app.security import Actor, authorize

KIND = "draft_template"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTemplate:
    """A file that nobody has looked into: its bytes are in the store already."""

    document_type: str
    issuing_body_id: int | None
    blob: StoredBlob
    name: str = ""
    note: str = ""


def field_names() -> list[str]:
    """The fields that a template may hold, as they are written."""
    return [f"{{{{{name}}}}}" for name in (*FIELDS, "nội dung", "hết nội dung")]


def sample_facts(session: Session, document_type: str, issuing_body_id: int | None) -> DraftFacts:
    """What a template is filled with to look at it: an invented paper of the body.

    Raises NotFound for a type or a body that does not exist.
    """
    kind = session.get(DocumentType, document_type)
    if kind is None:
        raise NotFound(f"document type {document_type}")
    body = get_body(session, issuing_body_id) if issuing_body_id else _first_body(session)
    code = f"{kind.abbreviation}-{body.short_name}" if kind.abbreviation else body.short_name
    titled = bool(kind.abbreviation) and document_type != NO_NAME
    return DraftFacts(
        superior_organ=None,
        organ="\n".join(str(line) for line in body.head_lines) or body.name.upper(),
        notation=code,
        number=None,
        place=body.place or "…",
        issued_on=None,
        year=today().year,
        type_name=kind.label if titled else None,
        subject="trích yếu của văn bản",
        addressees=("Cơ quan nhận văn bản",),
        references=("Câu dẫn đến văn bản được trả lời hoặc căn cứ",),
        recipients=("Như trên", "Lưu: VT"),
        authority_lines=(),
        position="CHỨC VỤ NGƯỜI KÝ",
        signer_name="Họ và tên người ký",
        body_html=None if shape_of(document_type).skeleton else "<p>Nội dung văn bản.</p>",
    )


def _first_body(session: Session) -> IssuingBody:
    body = session.scalar(sa.select(IssuingBody).order_by(IssuingBody.id).limit(1))
    if body is None:
        raise RuleViolated("Chưa có cơ quan ban hành nào.")
    return body


def add_template(session: Session, actor: Actor, new: NewTemplate) -> DraftTemplate:
    """The next version of the template of a type, to be checked by a worker before it counts.

    Raises NotFound for a type or a body that does not exist.
    """
    actor = authorize(actor, permissions.CONFIGURE)
    kind = session.get(DocumentType, new.document_type, with_for_update=True)
    if kind is None:
        raise NotFound(f"document type {new.document_type}")
    if new.issuing_body_id is not None:
        get_body(session, new.issuing_body_id)
    name = (new.name or f"mau-{new.document_type}.docx")[:255]
    row = DraftTemplate(
        document_type=kind.code,
        issuing_body_id=new.issuing_body_id,
        no=_last_no(session, kind.code) + 1,
        file_id=_keep(session, actor, new.blob, name, DOCX).id,
        note=" ".join(new.note.split())[:300],
        valid_from=today(),
        added_by=actor.person_id,
        added_at=now(),
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "draft_template.added", row.id, type=kind.code, no=row.no)
    outbox.changed(session, KIND, row.id)
    return row


def _keep(
    session: Session, actor: Actor, blob: StoredBlob, name: str, media_type: str
) -> StoredFile:
    return record_file(
        session, actor, blob, name=name, media_type=media_type, role=FileRole.MAIN, kind=KIND,
        thing_id=None,
    )  # fmt: skip


def _last_no(session: Session, document_type: str) -> int:
    rows = sa.select(sa.func.max(DraftTemplate.no)).filter_by(document_type=document_type)
    return session.scalar(rows) or 0


def take_back(session: Session, actor: Actor, *, template_id: int) -> DraftTemplate:
    """An older version counts again: as the newest, with the same bytes.

    Raises NotFound, InvalidInput for the version that counts already.
    """
    actor = authorize(actor, permissions.CONFIGURE)
    old = session.get(DraftTemplate, template_id)
    if old is None:
        raise NotFound(f"draft template {template_id}")
    session.get(DocumentType, old.document_type, with_for_update=True)
    if old.state is not TemplateState.USABLE:
        raise InvalidInput("Phiên bản này không dùng được, hoặc đang kiểm tra.")
    if newest(session, old.document_type, old.issuing_body_id) is old:
        raise InvalidInput("Phiên bản này đang dùng rồi.")
    row = DraftTemplate(
        document_type=old.document_type,
        issuing_body_id=old.issuing_body_id,
        no=_last_no(session, old.document_type) + 1,
        file_id=old.file_id,
        pdf_file_id=old.pdf_file_id,
        note=f"Dùng lại phiên bản {old.no}",
        valid_from=today(),
        state=TemplateState.USABLE,
        added_by=actor.person_id,
        added_at=now(),
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "draft_template.taken_back", row.id, again=old.no, no=row.no)
    return row


def newest(
    session: Session, document_type: str, issuing_body_id: int | None, *, on: date | None = None
) -> DraftTemplate | None:
    """The usable version that counts for exactly this body (None: for all), or None."""
    rows = sa.select(DraftTemplate).where(
        DraftTemplate.document_type == document_type,
        DraftTemplate.issuing_body_id.is_(None)
        if issuing_body_id is None
        else DraftTemplate.issuing_body_id == issuing_body_id,
        DraftTemplate.state == TemplateState.USABLE,
        DraftTemplate.valid_from <= (on or today()),
    )
    return session.scalar(rows.order_by(DraftTemplate.no.desc()).limit(1))


def template_in_force(session: Session, document_type: str, issuing_body_id: int) -> str | None:
    """The hash of the DOCX that a draft begins with: the body's own, else that of all bodies.

    None: nobody has changed the one that comes with the system.
    """
    row = newest(session, document_type, issuing_body_id) or newest(session, document_type, None)
    return session.get_one(StoredFile, row.file_id).sha256 if row is not None else None


def built_in(document_type: str) -> bytes:
    """The template that comes with the system; DOCX, the same bytes every time."""
    return default_template(document_type)
