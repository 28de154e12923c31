"""The one blueprint of the room, and the tones of its badges."""

from __future__ import annotations

from flask import Blueprint

from app.escalation.models import CallState, CaseState

bp = Blueprint("escalation", __name__, url_prefix="/goi-theo-cap", template_folder="../templates")

CASE_TONES = {
    CaseState.RUNNING: "warn", CaseState.EXHAUSTED: "late", CaseState.ACKNOWLEDGED: "ok",
    CaseState.STOPPED: "mute",
}  # fmt: skip
CALL_TONES = {
    CallState.QUEUED: "mute", CallState.SENT: "info", CallState.DELIVERED: "info",
    CallState.FAILED: "late", CallState.ACKNOWLEDGED: "ok",
}  # fmt: skip
