"""An office with an organ code, a peer that sends packets, and the folders between them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.db import reading, transaction
from app.exchange import entry
from app.exchange.edxml import Attachment, Business, Packet, Party, ResponseFor, Status
from app.exchange.edxml.read import read
from app.exchange.edxml.tree import parse
from app.exchange.edxml.write import write_packet, write_status
from app.exchange.folders import current_folders
from app.exchange.models import ExchangePacket, ExchangeStatus
from app.organisation.models import Organ, OrganCode
from app.relay import deliver_all
from app.security import SYSTEM
from tests.factories import Office
from tests.integration.incoming.conftest import LIMIT, PDF, Desk, books
from tests.integration.outgoing.conftest import writers

__all__ = ["books", "desk", "writers"]
OURS, PEER = "H99.07.04", "H99.01"
PEER_ID = "H99.01,2026/11/16,145/SNV-TCCB"


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end: what it sends, and what it finds in our out-folder."""

    office: Office
    organ_id: int
    folder: Path

    def packet(
        self,
        *contents: bytes,
        document_id: str = PEER_ID,
        business: Business | None = None,
        sender: str = PEER,
    ) -> bytes:
        """A letter as it comes: the first file is the letter, others are attached."""
        attachments = []
        for number, content in enumerate(contents):
            path = self.folder / f"gui-{number}"
            path.write_bytes(PDF + content)
            name = f"tep-{number}.pdf"
            attachments.append(Attachment(name, "application/pdf", name, path=str(path)))
        message = Packet(
            sender=Party(sender, "Sở Nội vụ"),
            receivers=(Party(OURS, "Phường"),),
            code_number="145",
            code_notation="SNV-TCCB",
            issued_date=date(2026, 11, 16),
            type_name="Công văn",
            subject="Về việc rà soát vị trí việc làm",
            signer_position="GIÁM ĐỐC",
            signer_name="Trần Thị Mẫu",
            due_date=date(2026, 12, 15),
            priority=1,
            document_id=document_id,
            sent_at=datetime(2026, 11, 16, 2, 0, tzinfo=UTC),
            business=business or Business(),
            attachments=tuple(attachments),
        )
        out = io.BytesIO()
        write_packet(message, out)
        return out.getvalue()

    def send(self, data: bytes) -> entry.Received:
        """It arrives; what follows from it is done."""
        received = entry.take_in(SYSTEM, io.BytesIO(data), "goi.edxml", limit=LIMIT)
        self.settle()
        return received

    def status(self, code: str, about: str, minute: int = 0, words: str = "") -> bytes:
        """A status of the peer about a document of ours, or its wish about its own."""
        return write_status(
            Status(
                response_for=ResponseFor(document_id=about),
                sender=Party(PEER, "Sở Nội vụ"),
                code=code,
                description=words,
                at=datetime(2026, 11, 20, 3, minute, tzinfo=UTC),
            )
        )

    def settle(self) -> None:
        """What the relay does: chores, then all deliveries."""
        entry.keep_up(limit=LIMIT)
        deliver_all()

    def out(self) -> list[Packet | Status]:
        """What lies in the out-folder, in the order of writing."""
        self.settle()
        found = sorted(
            current_folders().outbox.glob("*.edxml"), key=lambda one: one.stat().st_mtime_ns
        )
        parts = self.folder / "parts"
        messages = []
        for path in found:
            target = parts / path.name
            target.mkdir(parents=True, exist_ok=True)
            for old in target.iterdir():
                old.unlink()
            messages.append(read(parse(path.open("rb"), target, limit=LIMIT)))
        return messages

    def told(self) -> list[str]:
        """The codes that were written for the peer, in their order."""
        return [one.code for one in self.out() if isinstance(one, Status)]


@pytest.fixture
def peer(office: Office, books: int, tmp_path: Path) -> Peer:
    folder = tmp_path / "peer"
    folder.mkdir()
    with transaction() as session:
        other = session.scalars(sa.select(Organ).where(Organ.name == "Sở Nội vụ")).one()
        session.add(OrganCode(organ_id=other.id, scheme="qd20", value=PEER))
        session.add(OrganCode(organ_id=office.organ_id, scheme="qd20", value=OURS))
        return Peer(office, other.id, folder)


def packets() -> Sequence[ExchangePacket]:
    with reading() as session:
        return session.scalars(sa.select(ExchangePacket).order_by(ExchangePacket.id)).all()


def statuses() -> Sequence[ExchangeStatus]:
    with reading() as session:
        return session.scalars(sa.select(ExchangeStatus).order_by(ExchangeStatus.id)).all()
