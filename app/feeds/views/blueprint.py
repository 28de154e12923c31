"""The one blueprint of the room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("feeds", __name__, url_prefix="/luong-du-lieu", template_folder="../templates")
