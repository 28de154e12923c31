"""The one blueprint of the room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("duty", __name__, url_prefix="/truc-ban", template_folder="../templates")
