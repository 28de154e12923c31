"""What a mail becomes: a row first, then its attachments in one draft, then it is settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.exchange.mail import bounces
from app.exchange.models import ArrivalState, ExchangePacket, MailArrival, MailPart
from app.files.store import StoredBlob
from app.incoming.models import IntakeItem, IntakeSource, IntakeState
from app.incoming.services.intake import Arrival, receive
from app.security import ORGAN, SYSTEM, grant

KIND = "mail_arrival"
NO_PARTS = "Thư không có tệp đính kèm."
PACKET = ".edxml"
S = ArrivalState


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies: a mailbox, its generation, its number."""

    mailbox: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Coming:
    """A part whose bytes are to come in: by its ledger row, or, without one, as a packet."""

    path: str
    name: str
    intake_id: int | None
    position: int = 0


def first_open_uid(session: Session, mailbox: str, uidvalidity: int) -> int:
    """The lowest number that a mail may have which is not done with; 1 in a mailbox that is new
    or was numbered anew. Mails come in by their numbers, so none below the last is open but those
    whose taking broke off, and unread ones that somebody had deleted and took back.
    """
    here = sa.and_(MailArrival.mailbox == mailbox, MailArrival.uidvalidity == uidvalidity)
    numbers = sa.select(MailArrival.uid).where(here)
    broken_off = numbers.where(MailArrival.state == S.RECEIVED).order_by(MailArrival.uid)
    last = session.scalar(numbers.order_by(MailArrival.uid.desc()).limit(1))
    return session.scalar(broken_off.limit(1)) or (last or 0) + 1


def settled_uids(
    session: Session, mailbox: str, uidvalidity: int, first: int, among: Sequence[int] = ()
) -> set[int]:
    """Numbers from `first` on, and `among` those, of the mails that are done with."""
    rows = sa.select(MailArrival.uid).where(
        MailArrival.mailbox == mailbox,
        MailArrival.uidvalidity == uidvalidity,
        sa.or_(MailArrival.uid >= first, MailArrival.uid.in_(among)),
        MailArrival.state != S.RECEIVED,
    )
    return set(session.scalars(rows))


def open_mail(
    session: Session, place: Place, blob: StoredBlob, message: dict[str, Any]
) -> tuple[MailArrival, list[Coming]]:
    """The row of a mail and the parts that are still to come in.

    A mail whose taking was interrupted is gone on with, also under a new number; one that came
    before is only noted as double.
    """
    same = sa.select(MailArrival).filter_by(mailbox=place.mailbox, sha256=blob.sha256)
    earlier = session.scalar(same.where(MailArrival.state != S.DOUBLE).order_by(MailArrival.id))
    row = _row_at(session, place)
    if earlier is not None and earlier is not row:
        if earlier.state is not S.RECEIVED or row is not None:
            return _double(session, place, blob, row), []
        row, earlier.uidvalidity, earlier.uid = earlier, place.uidvalidity, place.uid
    if row is None:
        row = _add(session, place)
    row.sha256, row.size = blob.sha256, blob.size
    for name in ("message_id", "sender", "sender_name", "subject", "body"):
        setattr(row, name, message[name])
    if message["report"] is not None:
        row.state, row.settled_at = S.BOUNCE, now()
        row.reason = bounces.note(session, message["report"])[:500]
        row.body = ""
        return row, []
    if any(_is_packet(one["name"]) for one in message["parts"]):
        row.subject = row.body = ""  # the packet says it; its purge would leave these words behind
    if not message["parts"]:
        _end(session, row, NO_PARTS)
        return row, []
    return row, _expect(session, row, message["parts"])


def _is_packet(name: str) -> bool:
    return name.lower().endswith(PACKET)


def _row_at(session: Session, place: Place) -> MailArrival | None:
    rows = sa.select(MailArrival).filter_by(
        mailbox=place.mailbox, uidvalidity=place.uidvalidity, uid=place.uid
    )
    return session.scalar(rows)


def _add(session: Session, place: Place) -> MailArrival:
    row = MailArrival(mailbox=place.mailbox, uidvalidity=place.uidvalidity, uid=place.uid)
    session.add(row)
    session.flush()
    grant(session, KIND, row.id, ORGAN, "received")
    outbox.changed(session, KIND, row.id)
    return row


def _double(
    session: Session, place: Place, blob: StoredBlob, row: MailArrival | None
) -> MailArrival:
    row = row or _add(session, place)
    row.sha256, row.size = blob.sha256, blob.size
    row.state, row.settled_at = S.DOUBLE, now()
    return row


def refuse(session: Session, place: Place, size: int, reason: str) -> MailArrival:
    """Keep a row of a mail of which nothing can be used, with the reason."""
    row = _row_at(session, place) or _add(session, place)
    row.size = size
    _end(session, row, reason)
    return row


def _end(session: Session, row: MailArrival, reason: str) -> None:
    row.state, row.reason, row.settled_at = S.REFUSED, reason[:500], now()
    audit.record(session, SYSTEM, "mail_arrival.refused", row.id)
    outbox.changed(session, KIND, row.id)


def _expect(session: Session, row: MailArrival, parts: list[dict[str, str]]) -> list[Coming]:
    """A ledger row for each attachment, all in one draft; packets have a door of their own."""
    found = session.scalars(sa.select(MailPart).filter_by(arrival_id=row.id))
    known = {part.position: part for part in found}
    letter_id = _draft_of(session, row.id)
    coming: list[Coming] = []
    for position, one in enumerate(parts):
        part = known.get(position)
        if part is None:
            name = PACKET if _is_packet(one["name"]) else one["name"]
            part = MailPart(arrival_id=row.id, position=position, name=name)
            session.add(part)
        if _is_packet(one["name"]):
            coming.append(Coming(one["path"], one["name"], None, position))
            continue
        item = session.get(IntakeItem, part.intake_id) if part.intake_id else None
        if item is None or item.reject_code == "unfinished":
            sender = row.sender_name or row.sender
            arrival = Arrival(
                one["name"], IntakeSource.MAIL, source_name=sender[:200], letter_id=letter_id
            )
            item = receive(session, SYSTEM, arrival)
            part.intake_id, letter_id = item.id, item.letter_id
        if item.state is IntakeState.RECEIVED:
            coming.append(Coming(one["path"], one["name"], item.id, position))
    session.flush()
    return coming


def _draft_of(session: Session, arrival_id: int) -> int | None:
    rows = (
        sa.select(IntakeItem.letter_id)
        .join(MailPart, MailPart.intake_id == IntakeItem.id)
        .where(
            MailPart.arrival_id == arrival_id,
            IntakeItem.letter_id.is_not(None),
            IntakeItem.state != IntakeState.REGISTERED,
        )
    )
    return session.scalar(rows.order_by(IntakeItem.id).limit(1))


def settle(
    session: Session, arrival_id: int, reason: str = "", packets: Mapping[int, str] | None = None
) -> None:
    """All parts are in the ledger. `reason` says what of them could not be used; `packets` are the
    tokens of the packets that parts became, by the position of the part."""
    row = session.get_one(MailArrival, arrival_id, with_for_update=True)
    for position, token in (packets or {}).items():
        became = sa.select(ExchangePacket.id).filter_by(token=token).scalar_subquery()
        parts = sa.update(MailPart).filter_by(arrival_id=arrival_id, position=position)
        session.execute(parts.values(packet_id=became))
    if row.state is S.RECEIVED:
        row.state, row.settled_at, row.reason = S.TAKEN, now(), reason[:500]
        audit.record(session, SYSTEM, "mail_arrival.taken", row.id)
        outbox.changed(session, KIND, row.id)


def purge_mails_of(session: Session, intake_id: int) -> int:
    """A part was secret: forget what its mail said. Returns how many mails. Repeatable."""
    rows = sa.select(MailArrival).join(MailPart, MailPart.arrival_id == MailArrival.id)
    found = session.scalars(rows.where(MailPart.intake_id == intake_id)).unique().all()
    for row in found:
        row.state = S.PURGED
        row.subject = row.body = row.reason = ""
        session.execute(sa.update(MailPart).filter_by(arrival_id=row.id).values(name=""))
        audit.record(session, SYSTEM, "mail_arrival.purged", row.id)
        outbox.changed(session, KIND, row.id)
    return len(found)
