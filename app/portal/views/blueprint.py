"""The one blueprint of the room, and what its views share."""

from __future__ import annotations

from flask import Blueprint

from app.procedures.house import house

bp = Blueprint("portal", __name__, url_prefix="/cong-dan", template_folder="../templates")


@bp.context_processor
def shared() -> dict[str, str]:
    """Where a citizen hands in online."""
    return {"national_portal": house().national_portal}
