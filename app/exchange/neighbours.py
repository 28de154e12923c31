"""What this room adds to the pages of letters: packets opened, values announced, statuses told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.exchange import entry, permissions, queries
from app.exchange.edxml.types import STATUS_LABELS
from app.exchange.models import ExchangePacket, ExchangeStatus, MailArrival
from app.exchange.queries import mails
from app.exchange.queries.organs import organ_of_code
from app.exchange.queries.packets import told_about
from app.exchange.services import telling
from app.incoming import neighbours
from app.incoming.neighbours import Announced, Opened, Part
from app.organisation.names import fold_name
from app.organisation.queries import find_organ
from app.registers.queries import document_types
from app.security import Actor

SOURCE, MAIL_SOURCE = "gói tin liên thông", "các thư trước của địa chỉ này"
MOST_URGENT = 3  # 4, a flash with an hour, is none of the decree's marks


@dataclass(frozen=True, slots=True)
class LetterPart:
    """What the letter's page shows: the packet, what was told to its sender, what they ask."""

    packet: ExchangePacket
    told: Sequence[ExchangeStatus]
    asked: ExchangeStatus | None
    labels: dict[str, str]
    may_open: bool


@dataclass(frozen=True, slots=True)
class MailOfLetter:
    """What the letter's page shows of the mail that brought it."""

    mail: MailArrival
    may_open: bool


def register() -> None:
    """Make them known to the room of arriving documents."""
    neighbours.openers["edxml"] = open_file
    neighbours.announcers["exchange"] = announced
    neighbours.announcers["mail"] = announced_by_mail
    neighbours.parts["exchange"] = part_of_letter
    neighbours.parts["mail"] = mail_of_letter


def open_file(actor: Actor, source: BinaryIO, name: str, limit: int) -> Opened:
    """A packet dropped on the intake page."""
    received = entry.take_in(actor, source, name, limit=limit)
    return Opened(received.ok, received.sentence, received.letter_id)


def announced(session: Session, letter_id: int) -> Announced | None:
    """The values of the packet that a letter came in."""
    packet = queries.packet_of_letter(session, letter_id)
    if packet is None or not packet.content:
        return None
    content: dict[str, Any] = packet.content
    organ = organ_of_code(session, packet.organ_code)
    known = None if organ else find_organ(session, packet.organ_name)
    return Announced(
        source=SOURCE,
        code_number=content["code_number"],
        code_notation=content["code_notation"],
        issued_date=_day(content["issued_date"]),
        document_type=_type_of(session, content["type_name"]),
        organ=str(organ or (known.id if known else packet.organ_name)),
        subject_summary=content["subject"],
        urgency=min(int(content["priority"]), MOST_URGENT),
        signer_name=content["signer_name"],
        signer_position=content["signer_position"],
        due_on=_day(content["due_date"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _type_of(session: Session, name: str) -> str:
    """The code of a type by its name: the wire's own list of types is not verified."""
    wanted = fold_name(name)
    types = document_types(session)
    return next((one.code for one in types if wanted and fold_name(one.label) == wanted), "")


def part_of_letter(session: Session, actor: Actor, letter_id: int) -> Part | None:
    """What was told to the sender and when, for everybody who sees the letter."""
    packet = queries.packet_of_letter(session, letter_id)
    if packet is None:
        return None
    data = LetterPart(
        packet=packet,
        told=told_about(session, packet.id),
        asked=telling.open_request(session, packet.id),
        labels=STATUS_LABELS,
        may_open=actor.may(permissions.READ),
    )
    return Part("exchange/_of_letter.html", data)


def announced_by_mail(session: Session, letter_id: int) -> Announced | None:
    """Whose letter it is, when all earlier ones of the same address came from one organ."""
    mail = mails.mail_of_letter(session, letter_id)
    organ_id = mails.organ_of_address(session, mail.sender) if mail and mail.sender else None
    return None if organ_id is None else Announced(source=MAIL_SOURCE, organ=str(organ_id))


def mail_of_letter(session: Session, actor: Actor, letter_id: int) -> Part | None:
    """The mail that brought a letter, for everybody who sees the letter."""
    mail = mails.mail_of_letter(session, letter_id)
    if mail is None:
        return None
    data = MailOfLetter(mail, actor.may(permissions.READ))
    return Part("exchange/_mail_of_letter.html", data)
