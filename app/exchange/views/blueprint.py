"""The one blueprint of the room, and what its views share."""

from __future__ import annotations

from flask import Blueprint

from app.exchange.models import PacketState

bp = Blueprint("exchange", __name__, url_prefix="/lien-thong", template_folder="../templates")

SIZES = (20, 50, 100)
TONES = {
    PacketState.RECEIVED: "info",
    PacketState.TAKEN: "ok",
    PacketState.BROKEN: "late",
    PacketState.HELD: "warn",
    PacketState.PURGED: "mute",
    PacketState.QUEUED: "warn",
    PacketState.WRITTEN: "ok",
    PacketState.FAILED: "late",
}
