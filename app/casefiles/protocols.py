"""The paper of a hand-over: printed once after the act, and taken back signed."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from app.casefiles import printing
from app.casefiles.models import WorkHandover
from app.casefiles.services import handovers
from app.db import reading, transaction
from app.errors import InvalidInput
from app.files.models import StoredFile
from app.files.store import FileStore, StoredBlob
from app.security import Actor
from ocr import list_signatures

GROUPS = {
    "documents": "Văn bản đang chờ xử lý",
    "tasks": "Công việc đang làm",
    "given": "Công việc đã giao, chờ kết quả",
    "files": "Hồ sơ công việc",
    "submitted": "Văn bản đến đã trình",
    "delegations": "Ủy quyền chấm dứt khi bàn giao",
}
MOST_BYTES = 20 * 1024 * 1024


def protocol_of(store: FileStore, actor: Actor, organ: str, token: str) -> StoredFile:
    """The printed protocol, made and stored at the first call; later calls give the same bytes."""
    with reading() as session:
        handover = handovers.get_handover(session, actor, token)
        if handover.protocol_id is not None:
            return session.get_one(StoredFile, handover.protocol_id)
        _load(handover)
    blob = store.put(io.BytesIO(printing.protocol_pdf(organ, handover, GROUPS)))
    with transaction("casefiles.keep_protocol") as session:
        kept = handovers.keep_protocol(session, actor, token=token, blob=blob)
        return session.get_one(StoredFile, kept.protocol_id)


def _load(handover: WorkHandover) -> None:
    """Read the lines while the session is open."""
    len(handover.items)


def take_signed(store: FileStore, actor: Actor, token: str, content: bytes) -> WorkHandover:
    """Keep a signed protocol: our bytes unchanged, with at least one intact signature after them.

    Raises InvalidInput for another paper, a changed one, or one without an intact signature.
    """
    with reading() as session:
        handover = handovers.get_handover(session, actor, token)
        if handover.protocol_id is None:
            raise InvalidInput("Hãy tải biên bản xuống trước khi ký.", "file")
        printed = session.get_one(StoredFile, handover.protocol_id)
    original = store.path(printed.sha256).read_bytes()
    if len(content) > MOST_BYTES or not content.startswith(original) or content == original:
        raise InvalidInput(
            "Tệp này không phải là biên bản đã tải xuống kèm chữ ký. Hãy ký số lên đúng tệp đó.",
            "file",
        )
    signers = _signers(content)
    blob: StoredBlob = store.put(io.BytesIO(content))
    with transaction("casefiles.keep_signed") as session:
        return handovers.keep_protocol(session, actor, token=token, blob=blob, signers=signers)


def _signers(content: bytes) -> str:
    """Names in the certificates. Who they are is said by the certificate, not checked here."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "signed.pdf"
        path.write_bytes(content)
        found = list_signatures(path)
    if not found or not all(signature.intact for signature in found):
        raise InvalidInput("Tệp không có chữ ký số còn nguyên vẹn.", "file")
    return ", ".join(signature.signer or "?" for signature in found)
