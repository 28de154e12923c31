"""Two of the demo office's letters come as packets of their senders, who are told what follows."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from app.clock import now
from app.db import reading, transaction
from app.demo.history import Story
from app.demo.letters import Letter
from app.exchange import entry
from app.exchange.edxml import Attachment, Packet, Party
from app.exchange.edxml.write import write_packet
from app.organisation.models import IDENTIFIER, Organ, OrganCode
from app.organisation.queries import find_organ, own_organ
from app.security import SYSTEM

OWN_CODE, PEER_CODE = "H99.07.04", "H99.{:02d}"
FIRST, SECOND = 2, 4
AS_PACKETS = frozenset({FIRST, SECOND})  # numbers of stories


def give_own_code() -> None:
    """The demo ward's code on the exchange: invented, of a province that does not exist."""
    with transaction("demo.code") as session:
        _give_code(session.get_one(Organ, own_organ(session).id), OWN_CODE)


def _give_code(organ: Organ, value: str) -> None:
    if not organ.codes:
        organ.codes.append(OrganCode(scheme=IDENTIFIER, value=value))


def arrive(story: Story, pdf: bytes) -> None:
    """The letter of a story comes in as a packet; the caller has it read."""
    letter = story.letter
    code = PEER_CODE.format(story.number)
    with transaction("demo.peer_code") as session:
        organ = find_organ(session, letter.organ)
        if organ is not None:
            _give_code(organ, code)
    with reading() as session:
        own = own_organ(session).name
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        path = Path(folder) / "van-ban.pdf"
        path.write_bytes(pdf)
        out = io.BytesIO()
        write_packet(_packet(letter, code, own, path), out)
    out.seek(0)
    received = entry.take_in(
        SYSTEM, out, f"{letter.key}.edxml", limit=max(2 * len(pdf), 1024 * 1024)
    )
    story.letter_id = received.letter_id or 0


def _packet(letter: Letter, code: str, own: str, path: Path) -> Packet:
    return Packet(
        sender=Party(code, letter.organ),
        receivers=(Party(OWN_CODE, own),),
        code_number=letter.number,
        code_notation=letter.notation,
        place=letter.place,
        issued_date=letter.issued_on,
        type_name=letter.kind,
        subject=letter.subject,
        signer_position=letter.signing[-1].title() if letter.signing else "",
        signer_name=letter.signer,
        due_date=letter.due_on,
        document_id=f"{code},{letter.issued_on:%Y/%m/%d},{letter.symbol}",
        sent_at=now(),
        attachments=(Attachment(f"{letter.key}.pdf", "application/pdf", "tep-1", path=str(path)),),
    )
