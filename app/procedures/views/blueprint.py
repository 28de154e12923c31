"""The one blueprint of the room, and what its views share."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.procedures.models import DossierStatus
from app.procedures.queries import ResultClass

bp = Blueprint("procedures", __name__, url_prefix="/mot-cua", template_folder="../templates")

SIZES = (20, 50, 100)
TONES = {
    DossierStatus.NEW: "info",
    DossierStatus.RECEIVED: "info",
    DossierStatus.NOT_RECEIVED: "mute",
    DossierStatus.PROCESSING: "info",
    DossierStatus.SUPPLEMENT: "warn",
    DossierStatus.FINANCE: "warn",
    DossierStatus.WITHDRAWN: "mute",
    DossierStatus.STOPPED: "mute",
    DossierStatus.DONE: "ok",
    DossierStatus.DELIVERED: "ok",
}
RESULT_TONES = {
    ResultClass.EARLY: "ok",
    ResultClass.ON_TIME: "ok",
    ResultClass.LATE: "late",
    ResultClass.WITHIN: "mute",
    ResultClass.OVERDUE: "late",
    ResultClass.PAUSED: "mute",
}


def back_to(token: str, message: str, tone: str = "ok") -> ResponseReturnValue:
    """The dossier's page, with what was done."""
    flash(message, tone)
    return redirect(url_for("procedures.dossier", token=token))


def download(content: bytes, media_type: str, name: str) -> Response:
    """A made file: PDF in place, others as a download."""
    place = "inline" if media_type == "application/pdf" else "attachment"
    headers = {"Content-Disposition": f'{place}; filename="{name}"'}
    return Response(content, mimetype=media_type, headers=headers)
