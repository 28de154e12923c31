"""Where the room's pages lie."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("finding", __name__, url_prefix="/tim-kiem", template_folder="../templates")
