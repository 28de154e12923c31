"""What a packet and a status of ours say on the wire, from our rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.exchange.edxml import (
    Attachment,
    Business,
    Packet,
    Party,
    Replacement,
    ResponseFor,
    Staff,
    Status,
)
from app.exchange.edxml.types import RECALL_ASKED, REPLACE
from app.exchange.models import ExchangePacket, ExchangePart, ExchangeStatus
from app.exchange.queries.letters import packet_of_letter
from app.exchange.queries.organs import current_codes
from app.exchange.services.sending import parties_of
from app.files.models import StoredFile
from app.incoming.models import IncomingDocument
from app.organisation.models import IssuingBody
from app.organisation.queries import own_organ
from app.outgoing.models import OutgoingDocument
from app.registers.queries import type_labels

OFFICIAL_LETTER = "18"
"""DocumentType.Type of an official letter in the kit that was read. The list is not verified, so
receivers are told the type by its name."""


def compose_packet(
    session: Session, packet: ExchangePacket, path_of: Callable[[str], Path]
) -> Packet:
    """A packet of ours. `path_of` gives the place of stored bytes by their hash."""
    document = session.get_one(OutgoingDocument, packet.outgoing_id)
    body = session.get_one(IssuingBody, document.issuing_body_id)
    parties = parties_of(session, packet.id)
    letter = document.document_type == "official_letter"
    return Packet(
        sender=Party(packet.organ_code, packet.organ_name, body.name),
        receivers=tuple(Party(one.organ_code, one.organ_name) for one in parties),
        code_number=document.code_label or "",
        code_notation=document.code_notation,
        place=body.place,
        issued_date=document.issued_date,
        type_code=OFFICIAL_LETTER if letter else "",
        type_name=type_labels(session).get(document.document_type, ""),
        subject=document.subject_summary,
        signer_competence=" ".join(str(line) for line in document.authority_lines),
        signer_position=document.signer_position,
        signer_name=document.signer_name,
        to_places=tuple(str(line) for line in document.addressees),
        priority=document.urgency,
        amount=document.copies,
        pages=document.page_count,
        response_for=_answered(session, document),
        document_id=packet.document_id,
        sent_at=packet.created_at,
        business=_business(session, packet),
        attachments=_attachments(session, packet.id, path_of),
    )


def _answered(session: Session, document: OutgoingDocument) -> tuple[ResponseFor, ...]:
    """The letter that this document answers, under the id its sender gave it."""
    if document.answers_incoming_id is None:
        return ()
    letter = session.get_one(IncomingDocument, document.answers_incoming_id)
    from_packet = packet_of_letter(session, letter.id)
    codes = current_codes(session, [letter.organ_id or 0])
    return (
        ResponseFor(
            from_packet.organ_code if from_packet else codes.get(letter.organ_id or 0, ""),
            letter.full_code,
            letter.issued_date,
            from_packet.document_id if from_packet else "",
        ),
    )


def _business(session: Session, packet: ExchangePacket) -> Business:
    if packet.business != REPLACE or packet.refers_to_id is None:
        return Business(kind=packet.business)
    old = session.get_one(ExchangePacket, packet.refers_to_id)
    organs = tuple(one.organ_code for one in parties_of(session, old.id))
    return Business(
        kind=REPLACE,
        reason=f"Thay thế văn bản số {old.code}",
        replaces=(Replacement(old.document_id, organs),),
    )


def _attachments(
    session: Session, packet_id: int, path_of: Callable[[str], Path]
) -> tuple[Attachment, ...]:
    rows = (
        sa.select(ExchangePart, StoredFile)
        .join(StoredFile, StoredFile.id == ExchangePart.file_id)
        .where(ExchangePart.packet_id == packet_id)
        .order_by(ExchangePart.position)
    )
    return tuple(
        Attachment(
            name=file.name,
            content_type=file.media_type,
            content_id=f"tep-{part.position + 1}",
            path=str(path_of(file.sha256)),
        )
        for part, file in session.execute(rows).tuples()
    )


def compose_status(session: Session, row: ExchangeStatus) -> Status:
    """A status of ours: about a packet that came (01 to 06, 15, 16) or one that went (13)."""
    packet = session.get_one(ExchangePacket, row.packet_id)
    own = own_organ(session)
    code = current_codes(session, [own.id]).get(own.id, "")
    about = ResponseFor(packet.organ_code, packet.code, packet.issued_date, packet.document_id)
    return Status(
        response_for=about,
        sender=Party(code, own.name),
        code=row.code,
        description=row.description or _default_words(row),
        at=row.at,
        staff=Staff(name=row.staff),
    )


def _default_words(row: ExchangeStatus) -> str:
    return "Đề nghị trả lại văn bản" if row.code == RECALL_ASKED else ""
