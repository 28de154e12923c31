"""Mails in lists, single ones, and what a mail says of the letter it brought."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.exchange.models import (
    ArrivalState,
    ExchangePacket,
    MailArrival,
    Mailbox,
    MailPart,
    MailSending,
    SendingState,
)
from app.exchange.queries.letters import letters_of
from app.exchange.queries.packets import visible_packets
from app.incoming.models import IncomingDocument, IntakeItem
from app.incoming.queries.letters import visible_incoming
from app.outgoing.models import OutgoingDocument, Recipient
from app.outgoing.queries.documents import visible_outgoing
from app.security import Actor, visible

KIND = "mail_arrival"
Mails = sa.Select[tuple[MailArrival]] | sa.Select[tuple[MailSending]]
LETTERS_TO_KNOW = 2  # an address says whose it is once it has brought so many of one organ


class MailTab(enum.Enum):
    """The tabs of the list."""

    IN = "den"
    OUT = "di"
    TROUBLED = "khong-nhan"
    RETURNED = "khong-gui"


MAIL_TAB_LABELS = {
    MailTab.IN: "Thư đến",
    MailTab.OUT: "Thư đi",
    MailTab.TROUBLED: "Không nhận được",
    MailTab.RETURNED: "Không gửi được",
}
OF_SENDINGS = frozenset({MailTab.OUT, MailTab.RETURNED})
LOST = (SendingState.REFUSED, SendingState.BOUNCED)


@dataclass(frozen=True, slots=True)
class Sending:
    """A mail of ours with the document in it and whom it goes to."""

    mail: MailSending
    document: OutgoingDocument
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class MailPage:
    """One page of a tab, and how many each tab has."""

    arrivals: Sequence[MailArrival]
    sendings: Sequence[Sending]
    number: int
    size: int
    counts: dict[MailTab, int]
    total: int

    @property
    def pages(self) -> int:
        return max(-(-self.total // self.size), 1)


def visible_arrivals(actor: Actor) -> sa.Select[tuple[MailArrival]]:
    """Mails that the actor may see: opened to the whole organ's readers."""
    return visible(sa.select(MailArrival), MailArrival.id, KIND, actor)


def visible_sendings(actor: Actor) -> sa.Select[tuple[MailSending]]:
    """Mails of ours with a document that the actor may see."""
    seen = visible_outgoing(actor).with_only_columns(OutgoingDocument.id)
    return sa.select(MailSending).where(MailSending.document_id.in_(seen))


def page_of_mails(
    session: Session, actor: Actor, tab: MailTab, *, text: str = "", page: int = 1, size: int = 20
) -> MailPage:
    """The newest first. `text` is looked for in subjects, senders, receivers and numbers."""
    arrivals, sendings = _arrivals(actor, text), _sendings(actor, text)
    counts = {
        MailTab.IN: _count(session, arrivals),
        MailTab.TROUBLED: _count(session, _refused(arrivals)),
        MailTab.OUT: _count(session, sendings),
        MailTab.RETURNED: _count(session, sendings.where(MailSending.state.in_(LOST))),
    }
    number = min(max(page, 1), max(-(-counts[tab] // size), 1))
    first = (number - 1) * size
    if tab in OF_SENDINGS:
        if tab is MailTab.RETURNED:
            sendings = sendings.where(MailSending.state.in_(LOST))
        shown = sendings.order_by(MailSending.id.desc()).offset(first).limit(size)
        found = _with_documents(session, session.scalars(shown).all())
        return MailPage((), found, number, size, counts, counts[tab])
    rows = _refused(arrivals) if tab is MailTab.TROUBLED else arrivals
    some = session.scalars(rows.order_by(MailArrival.id.desc()).offset(first).limit(size)).all()
    return MailPage(some, (), number, size, counts, counts[tab])


def _refused(rows: sa.Select[tuple[MailArrival]]) -> sa.Select[tuple[MailArrival]]:
    """Mails of which something did not come in."""
    half = sa.and_(MailArrival.state == ArrivalState.TAKEN, MailArrival.reason != "")
    return rows.where(sa.or_(MailArrival.state == ArrivalState.REFUSED, half))


def _arrivals(actor: Actor, text: str) -> sa.Select[tuple[MailArrival]]:
    like = f"%{text}%"
    columns = (MailArrival.subject, MailArrival.sender, MailArrival.sender_name)
    rows = visible_arrivals(actor)
    return rows.where(sa.or_(*(one.ilike(like) for one in columns))) if text else rows


def _sendings(actor: Actor, text: str) -> sa.Select[tuple[MailSending]]:
    rows = visible_sendings(actor)
    if not text:
        return rows
    like = f"%{text}%"
    columns = (
        OutgoingDocument.subject_summary, OutgoingDocument.code_notation, Recipient.name,
        Recipient.email,
    )  # fmt: skip
    return (
        rows.join(OutgoingDocument, OutgoingDocument.id == MailSending.document_id)
        .join(Recipient, Recipient.id == MailSending.recipient_id)
        .where(sa.or_(*(one.ilike(like) for one in columns)))
    )


def _with_documents(session: Session, rows: Sequence[MailSending]) -> list[Sending]:
    documents = sa.select(OutgoingDocument).where(
        OutgoingDocument.id.in_([row.document_id for row in rows])
    )
    people = sa.select(Recipient).where(Recipient.id.in_([row.recipient_id for row in rows]))
    of_id = {one.id: one for one in session.scalars(documents)}
    whom = {one.id: one for one in session.scalars(people)}
    return [Sending(row, of_id[row.document_id], whom[row.recipient_id]) for row in rows]


def _count(session: Session, rows: Mails) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0


def get_arrival(session: Session, actor: Actor, token: str) -> MailArrival:
    """Raises NotFound for a mail that is not there or not the actor's to see."""
    found = session.scalar(visible_arrivals(actor).where(MailArrival.token == token))
    if found is None:
        raise NotFound(f"mail {token}")
    return found


def get_sending(session: Session, actor: Actor, sending_id: int) -> MailSending:
    """Raises NotFound for a mail whose document is not there or not the actor's to see."""
    found = session.scalar(visible_sendings(actor).where(MailSending.id == sending_id))
    if found is None:
        raise NotFound(f"sent mail {sending_id}")
    return found


def parts_of(
    session: Session, actor: Actor, arrival_id: int
) -> list[tuple[MailPart, IntakeItem | None, ExchangePacket | None]]:
    """The attachments of a mail in their order, each with its row of the ledger or the packet that
    it was, if the actor may see that."""
    packets = visible_packets(actor).subquery()
    packet = aliased(ExchangePacket, packets)
    rows = (
        sa.select(MailPart, IntakeItem, packet)
        .outerjoin(IntakeItem, IntakeItem.id == MailPart.intake_id)
        .outerjoin(packet, packet.id == MailPart.packet_id)
        .where(MailPart.arrival_id == arrival_id)
        .order_by(MailPart.position)
    )
    return [(part, item, found) for part, item, found in session.execute(rows).tuples()]


def letter_of(session: Session, actor: Actor, arrival_id: int) -> IncomingDocument | None:
    """The letter that a mail became, by its files or by its packet, if the actor may see it."""
    brought = sa.select(MailPart.packet_id).where(
        MailPart.arrival_id == arrival_id, MailPart.packet_id.is_not(None)
    )
    packet_ids = [one for one in session.scalars(brought) if one is not None]
    in_packets = [one.id for one in letters_of(session, packet_ids).values()]
    ids = (
        sa.select(IntakeItem.letter_id)
        .join(MailPart, MailPart.intake_id == IntakeItem.id)
        .where(MailPart.arrival_id == arrival_id, IntakeItem.letter_id.is_not(None))
    )
    named = sa.or_(IncomingDocument.id.in_(ids), IncomingDocument.id.in_(in_packets))
    rows = visible_incoming(actor).where(named)
    return session.scalar(rows.order_by(IncomingDocument.id).limit(1))


def mail_of_letter(session: Session, letter_id: int) -> MailArrival | None:
    """The mail that brought a letter: the first one."""
    rows = (
        sa.select(MailArrival)
        .join(MailPart, MailPart.arrival_id == MailArrival.id)
        .join(IntakeItem, IntakeItem.id == MailPart.intake_id)
        .where(IntakeItem.letter_id == letter_id)
    )
    return session.scalar(rows.order_by(MailArrival.id).limit(1))


def organ_of_address(session: Session, address: str) -> int | None:
    """Whose address it is, by the letters it brought: all registered ones of one organ.

    None while they are fewer than `LETTERS_TO_KNOW`, or of several organs.
    """
    rows = (
        sa.select(IncomingDocument.organ_id, sa.func.count(IncomingDocument.id.distinct()))
        .join(IntakeItem, IntakeItem.letter_id == IncomingDocument.id)
        .join(MailPart, MailPart.intake_id == IntakeItem.id)
        .join(MailArrival, MailArrival.id == MailPart.arrival_id)
        .where(MailArrival.sender == address, IncomingDocument.registered_at.is_not(None))
        .group_by(IncomingDocument.organ_id)
    )
    found = session.execute(rows.limit(2)).tuples().all()
    if len(found) != 1 or found[0][1] < LETTERS_TO_KNOW:
        return None
    return found[0][0]


def mailbox_of(session: Session, name: str) -> Mailbox | None:
    """When the mailbox was looked into, and what came of it."""
    return session.get(Mailbox, name)
