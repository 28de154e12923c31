"""The one blueprint of the room, and the tones of its badges."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.operations.models import IncidentState, RunState, StepState
from app.sensors.models import Severity
from app.web.shell import settings

bp = Blueprint("operations", __name__, url_prefix="/su-co", template_folder="../templates")

SEVERITY_TONES = {
    Severity.LOW: "mute", Severity.MEDIUM: "info", Severity.HIGH: "warn", Severity.CRITICAL: "late",
}  # fmt: skip
S = IncidentState
STATE_TONES = {
    S.REPORTED: "late", S.VERIFIED: "warn", S.DISPATCHED: "info", S.ON_SCENE: "info",
    S.CONTROLLED: "ok", S.RESOLVED: "ok", S.REVIEWED: "mute", S.FALSE_ALARM: "mute",
    S.DUPLICATE: "mute",
}  # fmt: skip
RUN_TONES = {RunState.RUNNING: "info", RunState.DONE: "ok", RunState.STOPPED: "mute"}
STEP_TONES = {
    StepState.OPEN: "info", StepState.DONE: "ok", StepState.SKIPPED: "mute",
    StepState.FAILED: "late",
}  # fmt: skip


def base_map_url() -> str | None:
    """Where the map fetches its lines and areas; None without a configured file."""
    return url_for("operations.base_map") if settings().map_geojson else None
