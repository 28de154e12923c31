"""Paper documents: their number sheets, and their scans that come back by the sheet's code."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, RuleViolated
from app.files.store import current_store
from app.incoming.queries.secret_heads import secret_heads_on
from app.outgoing import permissions, queries
from app.outgoing.papers.scans import ScanPart, marked_part, parts_of
from app.outgoing.papers.sheet import number_sheet
from app.outgoing.services import scans
from app.outgoing.services.facts import facts_of
from app.outgoing.views.blueprint import back_to, bp
from app.outgoing.views.printing import download
from app.registers.queries import type_labels
from app.web.gate import needs
from app.web.shell import current_actor, settings
from ocr import ReadOptions


@bp.get("/<token>/phieu-so.pdf")
@needs(permissions.ISSUE)
def number_sheet_of(token: str) -> Response:
    """The number sheet of a paper document; its code opens the page where the scan goes."""
    with reading() as session:
        document = scans.document_of_sheet(session, current_actor(), token)
        facts, code = facts_of(session, document), document.full_code
    sheet = number_sheet(facts, url_for("outgoing.scan", token=token, _external=True))
    return download(sheet, "application/pdf", f"phieu-so-{code.replace('/', '-')}.pdf")


@bp.get("/ban-quet")
@needs(permissions.ISSUE)
def scans_waited_for() -> ResponseReturnValue:
    """Paper documents that wait for their scan; a whole pile is dropped here."""
    with reading() as session:
        return render_template(
            "outgoing/scans.html",
            rows=scans.waits_for_scan(session, current_actor()),
            types=type_labels(session),
            max_mb=settings().limits.upload_bytes // (1024 * 1024),
        )


@bp.post("/ban-quet")
@needs(permissions.ISSUE)
def take_scans() -> ResponseReturnValue:
    """Scans dropped together: each goes to the documents that its number sheets name."""
    return answered(*attached(None))


@bp.route("/<token>/ban-quet", methods=["GET", "POST"])
@needs(permissions.ISSUE)
def scan(token: str) -> ResponseReturnValue:
    """Where the sheet's code leads: hand in the scan of this document, also by the phone."""
    if request.method == "POST":
        message, tone = attached(token)
        if "application/json" in request.headers.get("Accept", ""):
            return answered(message, tone)
        return back_to(token, message, tone)
    with reading() as session:
        document = scans.document_of_sheet(session, current_actor(), token)
        return render_template(
            "outgoing/scan.html",
            document=document,
            type_label=type_labels(session).get(document.document_type, ""),
            max_mb=settings().limits.upload_bytes // (1024 * 1024),
        )


def answered(message: str, tone: str) -> ResponseReturnValue:
    """An answer to the drop zone; without scripts the page with the message."""
    if "application/json" in request.headers.get("Accept", ""):
        return {"message": message, "tone": tone, "url": None}, 200 if tone == "ok" else 422
    with reading() as session:
        rows = scans.waits_for_scan(session, current_actor())
        types = type_labels(session)
    page = render_template("outgoing/scans.html", rows=rows, types=types, message=message, max_mb=0)
    return page, 200 if tone == "ok" else 422


def attached(token: str | None) -> tuple[str, str]:
    """Attach what was sent, to the document of `token` or to those of its sheets: a sentence and
    its tone. All parts are attached, or none."""
    given = request.files.get("file")
    data = given.read(settings().limits.upload_bytes + 1) if given else b""
    try:
        parts = read_parts(data)
        wanted = [(_target(part, token), part) for part in parts]
        if token is not None and len(wanted) > 1:
            raise InvalidInput(_("Bản quét có nhiều văn bản. Hãy nộp ở trang Bản quét chờ đính."))
        _must_be_open(parts)
        blobs = [current_store().put(io.BytesIO(part.pdf)) for part in parts]
        codes = []
        actor = current_actor()
        with transaction("outgoing.scans") as session:
            for (name, part), blob in zip(wanted, blobs, strict=True):
                document = scans.document_of_sheet(session, actor, name)
                scans.attach_scan(
                    session, actor, document_id=document.id, blob=blob, pages=part.pages
                )
                codes.append(document.full_code)
    except (RuleViolated, NotFound) as error:
        return error.user_message, "warn"
    return _("Đã đính bản quét vào văn bản %(codes)s.", codes=", ".join(codes)), "ok"


def _must_be_open(parts: list[ScanPart]) -> None:
    """Nothing of a scan is stored when page 1 of a part is marked secret. Raises RuleViolated."""
    limits = settings().limits
    with reading() as session:
        heads = secret_heads_on(session, today())
    options = ReadOptions(
        max_pages=limits.pages,
        max_pixels=limits.pixels,
        max_bytes=limits.upload_bytes,
        secrecy_heads=heads,
    )
    if marked_part(parts, options) is not None:
        raise RuleViolated(
            _(
                "Bản quét có dấu độ mật nên không được lưu. Tài liệu mật không đưa vào hệ thống; "
                "hãy vào sổ mật giấy."
            )
        )


def read_parts(data: bytes) -> list[ScanPart]:
    """The documents of a scan. Raises InvalidInput for nothing, too much, or what is no scan."""
    if not data:
        raise InvalidInput(_("Chưa chọn tệp nào."), "file")
    if len(data) > settings().limits.upload_bytes:
        raise InvalidInput(_("Tệp lớn hơn giới hạn."), "file")
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        path = Path(folder, "scan")
        path.write_bytes(data)
        return parts_of(path)


def _target(part: ScanPart, token: str | None) -> str:
    """Whose pages these are. Raises InvalidInput when nothing says so, or the sheet another."""
    if part.token is None and token is None:
        raise InvalidInput(
            _("Không thấy phiếu số trên bản quét. Hãy mở văn bản rồi đính bản quét tại đó."), "file"
        )
    if token is not None and part.token not in (None, token):
        with reading() as session:
            try:
                other = queries.get_by_token(session, current_actor(), part.token or "").full_code
            except NotFound:
                other = "?"
        raise InvalidInput(_("Phiếu trên bản quét là của văn bản %(code)s.", code=other), "file")
    return part.token or token or ""
