"""What a document says of itself, as the makers of its papers want it."""

from __future__ import annotations

import re
from html import unescape

from sqlalchemy.orm import Session

from app.clock import today
from app.errors import RuleViolated
from app.incoming.models import URGENCY_LABELS, IncomingDocument
from app.organisation.queries import get_person, get_unit
from app.outgoing.models import Channel, OutgoingDocument
from app.outgoing.papers.facts import DraftFacts
from app.outgoing.papers.shapes import Layout, shape_of
from app.outgoing.services.authority import SigningBlock, get_body, signing_block
from app.outgoing.services.issuing import recipients_of
from app.registers.models import DocumentType

NO_NAME = "official_letter"  # a công văn bears no name of its type
PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
BASE = re.compile(r"(Căn cứ|Theo đề nghị|Xét đề nghị|Xét)\s")
DECIDES = re.compile(r"QUYẾT (ĐỊNH|NGHỊ)\s*:?")


def facts_of(
    session: Session, document: OutgoingDocument, *, body_html: str | None = None
) -> DraftFacts:
    """Facts of a document as it stands: with the frozen signature block once it is approved."""
    body = get_body(session, document.issuing_body_id)
    kind = session.get_one(DocumentType, document.document_type)
    block = block_of(session, document)
    titled = bool(kind.abbreviation) and document.document_type != NO_NAME
    bases: tuple[str, ...] = ()
    if body_html is not None and shape_of(document.document_type).layout is Layout.DECISION:
        bases, body_html = split_bases(body_html)
    return DraftFacts(
        superior_organ=None,
        organ="\n".join(str(line) for line in body.head_lines) or body.name.upper(),
        notation=document.code_notation,
        number=document.code_label,
        place=body.place or "…",
        issued_on=document.issued_date,
        year=None if document.issued_date else today().year,
        type_name=kind.label if titled else None,
        subject=document.subject_summary,
        addressees=tuple(document.addressees),
        references=(*_references(session, document), *bases),
        recipients=_receivers(session, document),
        authority_lines=block.lines if block else (),
        position=block.position if block else "",
        signer_name=block.name if block else "",
        urgency=URGENCY_LABELS[document.urgency].upper() if document.urgency else None,
        drafter_initials=_initials(session, document),
        body_html=body_html,
    )


def split_bases(body_html: str) -> tuple[tuple[str, ...], str]:
    """The căn cứ that a decision begins with, as lines, and the articles after them. They stand
    above the word of deciding, which the layout writes; one that the author typed is left out."""
    bases: list[str] = []
    rest = body_html.lstrip()
    while found := PARAGRAPH.match(rest):
        text = " ".join(unescape(TAG.sub("", found[1])).split())
        if BASE.match(text):
            bases.append(text)
        elif text and not (bases and DECIDES.fullmatch(text)):
            break
        rest = rest[found.end() :].lstrip()
    return tuple(bases), rest


def block_of(session: Session, document: OutgoingDocument) -> SigningBlock | None:
    """The signature block: frozen, or of the signer chosen so far, if that post may sign."""
    if document.signing_authority is not None:
        lines = tuple(str(line) for line in document.authority_lines)
        return SigningBlock(
            document.signing_authority, lines, document.signer_position, document.signer_name
        )
    if document.signer_post_id is None:
        return None
    try:
        return signing_block(session, document.issuing_body_id, document.signer_post_id)
    except RuleViolated:
        return None


def _references(session: Session, document: OutgoingDocument) -> tuple[str, ...]:
    """“Trả lời Công văn số 145/SNV-TCCB ngày 16/11/2026 của Sở Nội vụ về …”."""
    if document.answers_incoming_id is None:
        return ()
    letter = session.get_one(IncomingDocument, document.answers_incoming_id)
    kind = session.get(DocumentType, letter.document_type) if letter.document_type else None
    day = f" ngày {letter.issued_date:%d/%m/%Y}" if letter.issued_date else ""
    number = f" số {letter.full_code}" if letter.full_code else ""
    summary = letter.subject_summary
    about = summary[:1].lower() + summary[1:] if summary else ""
    label = kind.label if kind else "văn bản"
    return (f"Trả lời {label}{number}{day} của {letter.organ_name} {about}".rstrip(),)


def _receivers(session: Session, document: OutgoingDocument) -> tuple[str, ...]:
    """Nơi nhận: those addressed are “Như trên”, the others by name, the kept copy last."""
    lines = ["Như trên"] if document.addressees else []
    addressed = {str(name).casefold() for name in document.addressees}
    for recipient in recipients_of(session, document.id):
        if recipient.name.casefold() not in addressed or recipient.channel is Channel.INTERNAL:
            lines.append(recipient.name)
    unit = get_unit(session, document.drafting_unit_id)
    return (*lines, f"Lưu: VT, {unit.code or unit.short_name}")


def _initials(session: Session, document: OutgoingDocument) -> str | None:
    """PL: the first letters of the drafter's last two names, with the number of copies."""
    if document.drafter_person_id is None:
        return None
    names = get_person(session, document.drafter_person_id).full_name.split()
    letters = "".join(name[0] for name in names[-2:]).upper()
    return f"{letters}.({document.copies})" if document.copies > 1 else letters
