"""Signing elsewhere: by the signer's own tool, or by the helper program on their computer."""

from __future__ import annotations

import base64
import io
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.errors import AppError, InvalidInput
from app.files.models import StoredFile
from app.files.store import current_store
from app.outgoing import permissions, queries
from app.outgoing.models import OutgoingDocument
from app.outgoing.services.elsewhere import hand_in_signed, stage_to_sign
from app.outgoing.signing import checked, fields, interrupted, timestamps, trust
from app.outgoing.signing.errors import SigningFailed
from app.outgoing.signing.interrupted import Pending
from app.outgoing.signing.signers import Holder
from app.outgoing.views.blueprint import back_to, bp
from app.security import Actor
from app.web.gate import needs
from app.web.shell import current_actor, settings
from ocr.errors import FileRefused

ANSWER_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ToSign:
    """What is to be signed, by whom."""

    document_id: int
    stage_id: int
    path: Path
    holder: Holder
    title: str


def load(session: Session, actor: Actor, token: str) -> ToSign:
    """Raises what `stage_to_sign` raises."""
    document: OutgoingDocument = queries.get_by_token(session, actor, token)
    stage = stage_to_sign(session, actor, document)
    file = session.get_one(StoredFile, stage.file_id)
    path = Path(current_store().path(file.sha256))
    holder = Holder(document.signer_name)
    return ToSign(document.id, stage.id, path, holder, document.subject_summary)


def uploaded(limit: int) -> bytes:
    """The bytes of the uploaded file. Raises InvalidInput for none, or more than the limit."""
    given = request.files.get("file")
    data = given.read(limit + 1) if given else b""
    if not data:
        raise InvalidInput(_("Chưa chọn tệp nào."), "file")
    if len(data) > limit:
        raise InvalidInput(_("Tệp lớn hơn giới hạn."), "file")
    return data


@bp.post("/<token>/nop-ban-da-ky")
@needs(permissions.SIGN)
def hand_in(token: str) -> ResponseReturnValue:
    """“Nộp bản đã ký”: the document signed by the officer's own tool."""
    actor = current_actor()
    try:
        data = uploaded(settings().limits.upload_bytes)
        with reading() as session:
            given = load(session, actor, token)
        take(actor, given, data, "own_tool")
    except FileRefused as error:
        return back_to(token, error.sentence, "warn")
    except AppError as error:
        return back_to(token, error.user_message, "warn")
    return back_to(token, _("Đã nhận bản đã ký."))


def take(actor: Actor, given: ToSign, data: bytes, how: str) -> None:
    """Check a signed document in the sandbox, store it, and let the document go on."""
    roots = trust.load(settings().trust_dir)
    with tempfile.TemporaryDirectory(prefix="signed-") as folder:
        path = Path(folder) / "signed.pdf"
        path.write_bytes(data)
        accepted = checked.accept(given.path, path, given.holder, roots)
    blob = current_store().put(io.BytesIO(data))
    with transaction("outgoing.signed_elsewhere") as session:
        hand_in_signed(
            session, actor, document_id=given.document_id, stage_id=given.stage_id, blob=blob,
            how=how, fingerprint=accepted.signature.fingerprint,
        )  # fmt: skip


@bp.get("/<token>/yeu-cau-ky.json")
@needs(permissions.SIGN)
def signing_request(token: str) -> ResponseReturnValue:
    """“Tải yêu cầu ký”: the digest for the helper program. The same until it is answered."""
    try:
        with reading() as session:
            given = load(session, current_actor(), token)
        pending = kept(given.stage_id) or begin(given)
    except AppError as error:
        return back_to(token, error.user_message, "warn")
    said = pending.request(given.title, given.holder.name)
    headers = {"Content-Disposition": 'attachment; filename="yeu-cau-ky.json"',
               "Cache-Control": "no-store"}  # fmt: skip
    return Response(said, mimetype="application/json", headers=headers)


@bp.post("/<token>/nop-chu-ky")
@needs(permissions.SIGN)
def answer_request(token: str) -> ResponseReturnValue:
    """“Nộp chữ ký”: the helper's answer; the signed document is checked like any other."""
    actor = current_actor()
    try:
        answer = uploaded(ANSWER_BYTES)
        with reading() as session:
            given = load(session, actor, token)
        pending = kept(given.stage_id)
        if pending is None:
            raise SigningFailed(_("Chưa tải yêu cầu ký của bản này."))
        url = settings().tsa_url
        tsa = timestamps.authority(url) if url else None
        signed = interrupted.complete(pending, answer, given.holder, tsa=tsa)
        take(actor, given, signed, "helper")
    except FileRefused as error:
        return back_to(token, error.sentence, "warn")
    except AppError as error:
        return back_to(token, error.user_message, "warn")
    _place(given.stage_id).unlink(missing_ok=True)
    return back_to(token, _("Đã nhận chữ ký."))


def _place(stage_id: int) -> Path:
    return settings().var_dir / "signing" / f"{stage_id}.json"


def begin(given: ToSign) -> Pending:
    """Make the file with room for the signature and keep it until the answer comes."""
    pending = interrupted.begin(given.path.read_bytes(), fields.SIGNER, None)
    place = _place(given.stage_id)
    place.parent.mkdir(parents=True, exist_ok=True)
    said = pending.facts() | {"pdf": base64.b64encode(pending.pdf).decode()}
    handle, name = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        json.dump(said, out)
    try:
        os.link(name, place)  # who comes second takes what the first has kept
    except FileExistsError:
        return kept(given.stage_id) or pending
    finally:
        Path(name).unlink()
    return pending


def kept(stage_id: int) -> Pending | None:
    """What waits for the answer to a request, if one was made."""
    try:
        said = json.loads(_place(stage_id).read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    return Pending.of(base64.b64decode(said["pdf"]), said)
