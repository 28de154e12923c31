"""The one blueprint of the room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("sensors", __name__, url_prefix="/quan-trac", template_folder="../templates")
