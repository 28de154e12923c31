"""Lists of packets and single ones."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.exchange.edxml.types import ACCEPTED, RECALL_AGREED, RECALL_ASKED, RECALL_REFUSED
from app.exchange.models import (
    ExchangePacket,
    ExchangeParty,
    ExchangeStatus,
    PacketState,
    StatusState,
    Way,
)
from app.security import ORGAN, Actor, visible

KIND = "exchange_packet"
TROUBLED = (PacketState.BROKEN, PacketState.HELD, PacketState.FAILED)


class Tab(enum.Enum):
    """The tabs of the list."""

    IN = "den"
    OUT = "di"
    TROUBLED = "loi"


TAB_LABELS = {Tab.IN: "Gói tin đến", Tab.OUT: "Gói tin đi", Tab.TROUBLED: "Cần xử lý"}


@dataclass(frozen=True, slots=True)
class PacketPage:
    """One page of the list, and how many each tab has."""

    packets: Sequence[ExchangePacket]
    number: int
    size: int
    total: int
    counts: dict[Tab, int]

    @property
    def pages(self) -> int:
        return max(-(-self.total // self.size), 1)


def visible_packets(actor: Actor) -> sa.Select[tuple[ExchangePacket]]:
    """Packets that the actor may see: opened to the whole organ's readers."""
    return visible(sa.select(ExchangePacket), ExchangePacket.id, KIND, actor)


def page_of_packets(
    session: Session, actor: Actor, tab: Tab, *, text: str = "", page: int = 1, size: int = 20
) -> PacketPage:
    """The newest first. `text` is looked for in number, subject and organ."""
    rows = visible_packets(actor)
    if text:
        like = f"%{text}%"
        rows = rows.where(
            sa.or_(
                ExchangePacket.code.ilike(like),
                ExchangePacket.subject.ilike(like),
                ExchangePacket.organ_name.ilike(like),
                ExchangePacket.document_id.ilike(like),
            )
        )
    counts = {one: _count(session, rows.where(_of_tab(one))) for one in Tab}
    total = counts[tab]
    counts[Tab.TROUBLED] += (
        session.scalar(sa.select(sa.func.count()).select_from(_unmatched(actor).subquery())) or 0
    )  # they stand above the packets of that tab
    number = min(max(page, 1), max(-(-total // size), 1))
    shown = rows.where(_of_tab(tab)).order_by(ExchangePacket.id.desc())
    found = session.scalars(shown.offset((number - 1) * size).limit(size)).all()
    return PacketPage(found, number, size, total, counts)


def _of_tab(tab: Tab) -> sa.ColumnElement[bool]:
    if tab is Tab.TROUBLED:
        unsent = sa.select(ExchangeStatus.packet_id).where(
            ExchangeStatus.way == Way.OUT, ExchangeStatus.state == StatusState.FAILED
        )
        return sa.or_(
            sa.and_(ExchangePacket.state.in_(TROUBLED), ExchangePacket.settled_at.is_(None)),
            ExchangePacket.id.in_(unsent),
            ExchangePacket.id.in_(asked_and_open()),
        )
    return ExchangePacket.way == (Way.IN if tab is Tab.IN else Way.OUT)


def asked_and_open() -> sa.Select[tuple[int | None]]:
    """Packets whose sender asks for them back and has no answer."""
    answer = aliased(ExchangeStatus)
    answered = sa.exists().where(
        answer.packet_id == ExchangeStatus.packet_id,
        answer.way == Way.OUT,
        sa.or_(
            answer.code == RECALL_AGREED,
            sa.and_(
                answer.code == RECALL_REFUSED,
                answer.ref == sa.cast(ExchangeStatus.id, sa.String),
            ),
        ),
    )
    return sa.select(ExchangeStatus.packet_id).where(
        ExchangeStatus.way == Way.IN,
        ExchangeStatus.code == RECALL_ASKED,
        ExchangeStatus.packet_id.is_not(None),
        ~answered,
    )


def unmatched(session: Session, actor: Actor, *, limit: int = 50) -> list[ExchangeStatus]:
    """Statuses that fit no packet, or come from nobody it was sent to; the newest first."""
    rows = _unmatched(actor).order_by(ExchangeStatus.id.desc()).limit(limit)
    return list(session.scalars(rows))


def _unmatched(actor: Actor) -> sa.Select[tuple[ExchangeStatus]]:
    rows = sa.select(ExchangeStatus).where(
        ExchangeStatus.way == Way.IN, ExchangeStatus.state == StatusState.UNMATCHED
    )
    return rows if ORGAN in actor.terms else rows.where(sa.false())


def _count(session: Session, rows: sa.Select[tuple[ExchangePacket]]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0


def get_by_token(session: Session, actor: Actor, token: str) -> ExchangePacket:
    """Raises NotFound for a packet that is not there or not the actor's to see."""
    found = session.scalar(visible_packets(actor).where(ExchangePacket.token == token))
    if found is None:
        raise NotFound(f"packet {token}")
    return found


def counted_troubled(actor: Actor) -> sa.Select[tuple[int, int]] | None:
    """Packets that need a person: red as soon as there is one."""
    if ORGAN not in actor.terms:
        return None
    packets = visible_packets(actor).where(_of_tab(Tab.TROUBLED))
    statuses = _unmatched(actor).with_only_columns(sa.func.count()).scalar_subquery()
    both = sa.func.count() + statuses
    return packets.with_only_columns(both, both)


def told_about(session: Session, packet_id: int, way: Way | None = Way.OUT) -> list[ExchangeStatus]:
    """Statuses of a packet in the order they happened; both ways with None."""
    rows = sa.select(ExchangeStatus).where(ExchangeStatus.packet_id == packet_id)
    if way is not None:
        rows = rows.where(ExchangeStatus.way == way)
    return list(session.scalars(rows.order_by(ExchangeStatus.at, ExchangeStatus.id)))


def parties_of(session: Session, packet_ids: Sequence[int]) -> dict[int, list[ExchangeParty]]:
    """The receivers of packets of ours."""
    rows = sa.select(ExchangeParty).where(ExchangeParty.packet_id.in_(list(packet_ids)))
    found: dict[int, list[ExchangeParty]] = {packet_id: [] for packet_id in packet_ids}
    for party in session.scalars(rows.order_by(ExchangeParty.id)):
        found[party.packet_id].append(party)
    return found


def last_told(session: Session, packet_ids: Sequence[int]) -> dict[int, str]:
    """The newest code told about each packet, for a list."""
    rows = sa.select(ExchangeStatus.packet_id, ExchangeStatus.code).where(
        ExchangeStatus.packet_id.in_(list(packet_ids)), ExchangeStatus.way == Way.OUT
    )
    found: dict[int, str] = {}
    for packet_id, code in session.execute(rows.order_by(ExchangeStatus.id)).tuples():
        found[packet_id or 0] = code
    return found


def asked_back(session: Session, packet_ids: Sequence[int]) -> set[int]:
    """Which of the packets their senders ask for, without an answer yet."""
    rows = asked_and_open().where(ExchangeStatus.packet_id.in_(list(packet_ids)))
    return {packet_id for packet_id in session.scalars(rows) if packet_id is not None}


def accepted_of(session: Session, packet_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Of packets of ours: how many of how many receivers have accepted."""
    found: dict[int, tuple[int, int]] = {}
    for packet_id, parties in parties_of(session, packet_ids).items():
        done = [one for one in parties if (one.progress or "") >= ACCEPTED]
        if parties:
            found[packet_id] = len(done), len(parties)
    return found
