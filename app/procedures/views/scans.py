"""Scans of a dossier's papers: taken in at the counter, shown, and what reading says of them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import BinaryIO, cast

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app import audit
from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.files.models import StoredFile
from app.files.serving import send
from app.files.store import StoredBlob, current_store
from app.incoming.queries.secret_heads import secret_heads_on
from app.procedures import permissions, queries, services
from app.procedures.queries import KIND
from app.procedures.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor, settings
from ocr import FileRefused, ReadOptions, check_first_page
from ocr.inspect import SNIFF_BYTES, sniff


@bp.post("/ho-so/<token>/giay-to/<int:paper_id>/tep")
@needs(permissions.READ)
def add_scan(token: str, paper_id: int) -> ResponseReturnValue:
    """One file for a paper. The drop zone gets JSON, a plain form the page."""
    actor = current_actor()
    with reading() as session:
        dossier_id = queries.get_dossier(session, actor, token).id
    if not (actor.may(permissions.RECEIVE) or actor.may(permissions.PROCESS)):
        raise PermissionDenied(f"scan for dossier {dossier_id}")
    message, tone = _("Đã thêm bản quét, máy đang đọc."), "ok"
    try:
        given = request.files.get("file")
        name, media_type, blob = keep(given)
        with transaction("procedures.add_scan") as session:
            services.attach_scan(
                session, actor, dossier_id=dossier_id, paper_id=paper_id, blob=blob, name=name,
                media_type=media_type,
            )  # fmt: skip
    except (InvalidInput, RuleViolated) as error:
        message, tone = error.user_message, "late"
    if "application/json" in request.headers.get("Accept", ""):
        return {"message": message, "tone": tone, "url": None}, 200 if tone == "ok" else 422
    flash(message, tone)
    return redirect(url_for("procedures.dossier", token=token))


def keep(given: FileStorage | None) -> tuple[str, str, StoredBlob]:
    """Name, type and stored bytes of a scan whose page 1 bears no secrecy mark.

    Raises:
        InvalidInput: no file, an empty or too big one, or none that can be read.
        RuleViolated: a secrecy mark; nothing is stored.
    """
    if given is None or not given.filename:
        raise InvalidInput(_("Chưa chọn tệp nào."), "file")
    limits = settings().limits
    size = given.stream.seek(0, 2)
    given.stream.seek(0)
    kind = sniff(given.stream.read(SNIFF_BYTES))
    if not size or size > limits.upload_bytes:
        raise InvalidInput(_("Tệp rỗng hoặc lớn hơn giới hạn."), "file")
    if not kind.readable:
        raise InvalidInput(_("Bản quét phải là PDF, TIFF, PNG hoặc JPEG."), "file")
    with tempfile.TemporaryDirectory(prefix="paper-") as folder:
        path = Path(folder, "scan")
        given.stream.seek(0)
        given.save(path)
        must_be_open(path)
    given.stream.seek(0)
    blob = current_store().put(cast(BinaryIO, given.stream))
    return given.filename[:255], kind.media_type, blob


def must_be_open(path: Path) -> None:
    """Page 1 is read before anything is kept. Raises RuleViolated or InvalidInput."""
    limits = settings().limits
    with reading() as session:
        heads = secret_heads_on(session, today())
    options = ReadOptions(
        max_pages=limits.pages,
        max_pixels=limits.pixels,
        max_bytes=limits.upload_bytes,
        secrecy_heads=heads,
    )
    try:
        first = check_first_page(path, options)
    except FileRefused as error:
        raise InvalidInput(error.sentence, "file") from error
    if first.secrecy is not None:
        raise RuleViolated(
            _("Bản quét có dấu độ mật nên không được lưu. Tài liệu mật không đưa vào hệ thống.")
        )


@bp.get("/ho-so/<token>/tep/<int:scan_id>")
@needs(permissions.READ)
def scan_file(token: str, scan_id: int) -> Response:
    """The file of a scan; opening it is written down."""
    actor = current_actor()
    with reading() as session:
        one = queries.get_dossier(session, actor, token)
        scans = {scan.id: scan for paper in one.papers for scan in paper.scans}
        if scan_id not in scans:
            raise NotFound(f"scan {scan_id}")
        file = session.get_one(StoredFile, scans[scan_id].file_id)
    with transaction("procedures.download") as session:
        audit.record_read(session, actor, KIND, one.id, "downloaded")
    return send(current_store(), file, inline=True)
