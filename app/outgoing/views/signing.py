"""Signing elsewhere: by the signer's own tool, or by the helper program on their computer."""

from __future__ import annotations

import io
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
from app.outgoing.services.elsewhere import bring_signed, stage_to_sign
from app.outgoing.signing import fields, interrupted, keeping
from app.outgoing.signing.errors import SigningFailed
from app.outgoing.signing.interrupted import Pending
from app.outgoing.signing.signers import Holder
from app.outgoing.views.blueprint import back_to, bp
from app.security import Actor
from app.web.gate import needs
from app.web.shell import current_actor, settings

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
    """“Nộp bản đã ký”: the document signed by the officer's own tool; a worker checks it."""
    try:
        bring(token, settings().limits.upload_bytes, "own_tool")
    except AppError as error:
        return back_to(token, error.user_message, "warn")
    return back_to(token, _("Đã nhận bản đã ký, đang kiểm tra chữ ký."))


def bring(token: str, limit: int, how: str) -> None:
    """Keep what the signer brought and let a worker check it. Raises InvalidInput for no file or
    one that is too big, and what `stage_to_sign` raises."""
    actor, data = current_actor(), uploaded(limit)
    with reading() as session:
        given = load(session, actor, token)
    if how == "helper" and keeping.kept(settings().var_dir, given.stage_id) is None:
        raise SigningFailed(_("Chưa tải yêu cầu ký của bản này."))
    blob = current_store().put(io.BytesIO(data))
    with transaction("outgoing.bring_signed") as session:
        bring_signed(
            session, actor, document_id=given.document_id, stage_id=given.stage_id, blob=blob,
            how=how,
        )  # fmt: skip


@bp.get("/<token>/yeu-cau-ky.json")
@needs(permissions.SIGN)
def signing_request(token: str) -> ResponseReturnValue:
    """“Tải yêu cầu ký”: the digest for the helper program. The same until it is answered."""
    try:
        with reading() as session:
            given = load(session, current_actor(), token)
        pending = keeping.kept(settings().var_dir, given.stage_id) or begin(given)
    except AppError as error:
        return back_to(token, error.user_message, "warn")
    said = pending.request(given.title, given.holder.name)
    headers = {"Content-Disposition": 'attachment; filename="yeu-cau-ky.json"',
               "Cache-Control": "no-store"}  # fmt: skip
    return Response(said, mimetype="application/json", headers=headers)


@bp.post("/<token>/nop-chu-ky")
@needs(permissions.SIGN)
def answer_request(token: str) -> ResponseReturnValue:
    """“Nộp chữ ký”: the helper's answer; a worker puts it in its place and checks it."""
    try:
        bring(token, ANSWER_BYTES, "helper")
    except AppError as error:
        return back_to(token, error.user_message, "warn")
    return back_to(token, _("Đã nhận chữ ký, đang kiểm tra."))


def begin(given: ToSign) -> Pending:
    """Make the file with room for the signature and keep it until the answer comes."""
    pending = interrupted.begin(given.path.read_bytes(), fields.SIGNER, None)
    return keeping.keep(settings().var_dir, given.stage_id, pending)
