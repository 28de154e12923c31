"""Paper documents: their number sheets, and their scans that come back by the sheet's code."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading
from app.incoming import entry
from app.incoming.models import IntakeSource
from app.incoming.services.intake import Arrival
from app.outgoing import permissions
from app.outgoing.models import OutgoingDocument
from app.outgoing.papers.sheet import number_sheet
from app.outgoing.services import scans
from app.outgoing.services.facts import facts_of
from app.outgoing.views.blueprint import back_to, bp
from app.outgoing.views.printing import download
from app.registers.queries import type_labels
from app.web.gate import needs
from app.web.shell import current_actor, settings


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
    return show_scans()


@bp.get("/ban-quet/da-nop")
@needs(permissions.ISSUE)
def scans_handed_in() -> ResponseReturnValue:
    """What was handed in and is being looked into: a piece of the page, asked for again."""
    with reading() as session:
        items = scans.uploads(session)
        waits = any(not item.settled and not item.held for item in items)
        # The page is not loaded anew by itself: other scans may be on their way up.
        return render_template(
            "outgoing/_handed_in.html", uploads=items, waits=waits, done=not waits
        )


@bp.post("/ban-quet")
@needs(permissions.ISSUE)
def take_scans() -> ResponseReturnValue:
    """Scans dropped together: each goes to the documents that its number sheets name."""
    message, tone = hand_in_scan(None)
    if "application/json" in request.headers.get("Accept", ""):
        return answered(message, tone)
    return show_scans(message), 200 if tone == "ok" else 422


@bp.route("/<token>/ban-quet", methods=["GET", "POST"])
@needs(permissions.ISSUE)
def scan(token: str) -> ResponseReturnValue:
    """Where the sheet's code leads: hand in the scan of this document, also by the phone."""
    with reading() as session:
        document = scans.document_of_sheet(session, current_actor(), token)
        type_label = type_labels(session).get(document.document_type, "")
    if request.method == "POST":
        message, tone = hand_in_scan(document)
        if "application/json" in request.headers.get("Accept", ""):
            return answered(message, tone)
        return back_to(token, message, tone)
    return render_template(
        "outgoing/scan.html", document=document, type_label=type_label, max_mb=most_mb()
    )


def most_mb() -> int:
    return settings().limits.upload_bytes // (1024 * 1024)


def show_scans(message: str | None = None) -> str:
    """The page, with what is on its way."""
    with reading() as session:
        items = scans.uploads(session)
        return render_template(
            "outgoing/scans.html",
            rows=scans.waits_for_scan(session, current_actor()),
            types=type_labels(session),
            uploads=items,
            waits=any(not item.settled and not item.held for item in items),
            message=message,
            max_mb=most_mb(),
        )


def answered(message: str, tone: str) -> ResponseReturnValue:
    """An answer to the drop zone."""
    return {"message": message, "tone": tone, "url": None}, 200 if tone == "ok" else 422


def hand_in_scan(document: OutgoingDocument | None) -> tuple[str, str]:
    """Keep what was sent in quarantine, like any file that arrives; a worker looks for secrecy
    marks, cuts it at its sheets and attaches it. A sentence and its tone."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return _("Chưa chọn tệp nào."), "warn"
    arrival = Arrival(given.filename, IntakeSource.UPLOAD, source_name=scans.way_in(document))
    taken = entry.take_in(
        current_actor(), cast(BinaryIO, given.stream), arrival, limit=settings().limits.upload_bytes
    )
    if taken.sentence:
        return taken.sentence, "warn"
    return _("Đã nhận bản quét, đang kiểm tra rồi đính vào văn bản."), "ok"
