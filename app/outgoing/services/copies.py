"""Certified copies: sao y, sao lục, trích sao, each kind with its numbers (decree 30, art. 25)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, kinds, outbox
from app.clock import now, today
from app.errors import InvalidInput, NotFound, RuleViolated
from app.files.models import FileRole, StoredFile
from app.files.services import record_file
from app.files.store import StoredBlob
from app.incoming.queries import get_letter
from app.outgoing import permissions
from app.outgoing.models import (
    CertifiedCopy,
    CopyKind,
    OutgoingDocument,
    OutgoingStatus,
    SeriesUse,
)
from app.outgoing.models.issuing import COPY_LABELS, COPY_NOTATIONS
from app.outgoing.papers.copies import CopyFacts, Form
from app.outgoing.queries.documents import KIND as OUTGOING
from app.outgoing.queries.documents import get_document
from app.outgoing.services import moving
from app.outgoing.services.authority import get_body, signing_block
from app.outgoing.services.numbering import series_of
from app.registers import services as registers
from app.registers.hooks import EntryVoided
from app.registers.models import Direction, NumberSeries
from app.security import SYSTEM, Actor, authorize

KIND, INCOMING = "certified_copy", "incoming"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOrder:
    """What is copied, how, for whom. `part` says what of it, for an extract.

    `signer_post_id` is who certifies it and must have the right to sign for the body.
    """

    kind: str
    thing_id: int
    copy_kind: CopyKind
    issuing_body_id: int
    copies: int = 1
    for_whom: str = ""
    part: str = ""
    signer_post_id: int | None = None


def make_copy(session: Session, actor: Actor, order: CopyOrder) -> CertifiedCopy:
    """Give a copy its number in the series of its kind; the number is taken last.

    Raises as `planned_copy`.
    """
    copy = planned_copy(session, actor, order)
    series_id = _series(session, order.issuing_body_id, order.copy_kind)
    session.add(copy)
    session.flush()
    audit.record(session, actor, "certified_copy.made", copy.id, of=order.thing_id)
    outbox.changed(session, order.kind, order.thing_id)
    entry = registers.allocate(session, actor, series_id=series_id, kind=KIND, thing_id=copy.id)
    copy.register_entry_id, copy.code_label = entry.id, entry.label
    session.flush()
    return copy


def planned_copy(session: Session, actor: Actor, order: CopyOrder) -> CertifiedCopy:
    """The copy that an order would make, with everything checked, not kept and without a number.

    Raises:
        NotFound: the thing is not there or not the actor's to see.
        RuleViolated: a document of ours that is not issued and in force, a letter without number,
            a signer without the right to sign.
        InvalidInput: an extract that does not say of what, less than one copy.
    """
    actor = authorize(actor, permissions.ISSUE)
    if not kinds.cards(session, actor, [(order.kind, order.thing_id)]):
        raise NotFound(f"{order.kind} {order.thing_id}")
    if order.kind == OUTGOING:
        _must_be_out(get_document(session, actor, order.thing_id))
    elif order.kind == INCOMING:
        get_letter(session, actor, order.thing_id).must_be_registered()
    if order.copy_kind is CopyKind.EXTRACT and not order.part.strip():
        raise InvalidInput("Trích sao phải ghi phần được trích.", "part")
    if order.copies < 1:
        raise InvalidInput("Số bản phải từ 1 trở lên.", "copies")
    body = get_body(session, order.issuing_body_id)
    if order.signer_post_id is not None:
        signing_block(session, body.id, order.signer_post_id)
    return CertifiedCopy(
        kind=order.kind,
        thing_id=order.thing_id,
        copy_kind=order.copy_kind,
        issuing_body_id=body.id,
        code_label="",
        code_notation=f"{COPY_NOTATIONS[order.copy_kind]}-{body.short_name}",
        made_on=today(),
        copies=order.copies,
        for_whom=order.for_whom.strip()[:300],
        part=order.part.strip()[:500],
        by_post_id=actor.post_id,
        by_person_id=actor.person_id,
        at=now(),
    )


FORMS = {
    CopyKind.TRUE_COPY: Form.FULL,
    CopyKind.COPY_OF_COPY: Form.OF_COPY,
    CopyKind.EXTRACT: Form.EXTRACT,
}


def copies_of(session: Session, kind: str, thing_id: int) -> list[CertifiedCopy]:
    """The copies made of a thing, the newest first. The caller has shown that it may be seen."""
    rows = sa.select(CertifiedCopy).filter_by(kind=kind, thing_id=thing_id)
    return list(session.scalars(rows.order_by(CertifiedCopy.id.desc())))


def source_of(session: Session, actor: Actor, kind: str, thing_id: int) -> StoredFile | None:
    """The file that is copied: what went out, or the letter as it came in; None where there is
    none. Raises NotFound for a thing that is not the actor's to see."""
    file_id: int | None = None
    if kind == OUTGOING:
        document = get_document(session, actor, thing_id)
        stage = moving.newest_stage(session, document.id)
        file_id = stage.file_id if stage is not None else None
    elif kind == INCOMING:
        file_id = get_letter(session, actor, thing_id).main_file_id
    return session.get(StoredFile, file_id) if file_id is not None else None


def facts_for_copy(
    session: Session, copy: CertifiedCopy, signer_post_id: int, pages: list[int] | None
) -> CopyFacts:
    """What stands on a copy that a post certifies. Raises RuleViolated for a post that may not."""
    body = get_body(session, copy.issuing_body_id)
    block = signing_block(session, copy.issuing_body_id, signer_post_id)
    return CopyFacts(
        form=FORMS[copy.copy_kind],
        organ="\n".join(str(line) for line in body.head_lines) or body.name.upper(),
        number=copy.code_label,
        notation=copy.code_notation,
        place=body.place or "…",
        issued_on=copy.made_on,
        position=block.position,
        signer_name=block.name,
        authority_lines=block.lines,
        recipients=[line for line in (copy.for_whom, "Lưu: VT") if line],
        pages=pages,
    )


def keep_copy_file(
    session: Session, actor: Actor, *, copy_id: int, blob: StoredBlob, source_id: int
) -> CertifiedCopy:
    """Keep the marked copy, a PDF, beside its original. Raises NotFound."""
    actor = authorize(actor, permissions.ISSUE)
    copy = session.get(CertifiedCopy, copy_id)
    if copy is None:
        raise NotFound(f"certified copy {copy_id}")
    name = f"{copy.full_code.replace('/', '-')}.pdf"
    file = record_file(
        session, actor, blob, name=name, media_type="application/pdf", role=FileRole.STAMPED,
        kind=KIND, thing_id=copy.id, derived_from_id=source_id,
    )  # fmt: skip
    copy.file_id = file.id
    audit.record(session, actor, "certified_copy.filed", copy.id, file=file.id)
    return copy


def copy_file(session: Session, actor: Actor, token: str) -> tuple[CertifiedCopy, StoredFile]:
    """A marked copy, for who may see what was copied. Raises NotFound."""
    copy = session.scalar(sa.select(CertifiedCopy).filter_by(token=token))
    file = session.get(StoredFile, copy.file_id) if copy is not None and copy.file_id else None
    if (
        copy is None
        or file is None
        or not kinds.cards(session, actor, [(copy.kind, copy.thing_id)])
    ):
        raise NotFound(f"certified copy {token}")
    return copy, file


def _must_be_out(document: OutgoingDocument) -> None:
    document.must_be(OutgoingStatus.ISSUED, OutgoingStatus.FILED)
    if not document.numbered:
        raise RuleViolated("Văn bản chưa có số, không cấp bản sao được.")


def on_entry_voided(session: Session, happened: EntryVoided) -> None:
    """The number of a copy was crossed out: the copy stays in sight, without a number."""
    copy = session.get(CertifiedCopy, happened.thing_id) if happened.kind == KIND else None
    if copy is None or copy.register_entry_id != happened.entry_id:
        return
    copy.register_entry_id, copy.code_label = None, ""
    audit.record(session, happened.actor, "certified_copy.number_voided", copy.id)
    session.flush()
    outbox.changed(session, copy.kind, copy.thing_id)


def _series(session: Session, body_id: int, copy_kind: CopyKind) -> int:
    """The series of a kind of copy; opened at its first copy."""
    used = sa.select(SeriesUse.id).filter_by(issuing_body_id=body_id, purpose=copy_kind.value)
    if session.scalar(used) is not None:
        return series_of(session, body_id, copy_kind.value).id
    body = get_body(session, body_id)
    name = f"Sổ {COPY_LABELS[copy_kind].lower()} {body.short_name}"
    known = sa.select(NumberSeries).filter_by(
        name=name, direction=Direction.OUTGOING, issuing_body_id=body_id, is_active=True
    )
    series = session.scalar(known.limit(1)) or registers.create_series(
        session, SYSTEM, name=name, direction=Direction.OUTGOING, issuing_body_id=body_id
    )
    session.add(SeriesUse(issuing_body_id=body_id, purpose=copy_kind.value, series_id=series.id))
    session.flush()
    return series.id
