"""The one blueprint of the room, and what its views share."""

from __future__ import annotations

from flask import Blueprint

from app.casefiles.models import CaseState, CatalogueState, PackageState

bp = Blueprint("casefiles", __name__, url_prefix="/ho-so", template_folder="../templates")

SIZES = (20, 50, 100)
TONES = {CaseState.OPEN: "info", CaseState.CLOSED: "mute", CaseState.ARCHIVED: "ok"}
CATALOGUE_TONES = {
    CatalogueState.DRAFTING: "info",
    CatalogueState.SUBMITTED: "warn",
    CatalogueState.APPROVED: "ok",
}
PACKAGE_TONES = {
    PackageState.QUEUED: "mute",
    PackageState.RUNNING: "info",
    PackageState.READY: "warn",
    PackageState.FAILED: "late",
    PackageState.ACCEPTED: "ok",
}
