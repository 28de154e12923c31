"""The one blueprint of the room, and what its views share."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

bp = Blueprint("organisation", __name__, template_folder="../templates")


def safe_next(target: str | None) -> str:
    """Where to go afterwards: a path of this site, else the home page."""
    inside = target and target.startswith("/") and not target.startswith(("//", "/\\"))
    if target and inside and all(ord(character) >= 32 for character in target):
        return target.removesuffix("?")
    return url_for("web.home")


def done(message: str, endpoint: str, **values: object) -> ResponseReturnValue:
    """Say what was done and go to a page."""
    flash(message, "ok")
    return redirect(url_for(endpoint, **values))  # type: ignore[arg-type]


def form_version(value: str | int | None) -> int | None:
    """The version a form was opened on, from its hidden field."""
    text = str(value or "")
    return int(text) if text.isdigit() and len(text) < 10 else None


def page_argument(name: str) -> int | None:
    """A whole number from the address; None when it is missing or none."""
    text = request.args.get(name, "")
    return int(text) if text.isdigit() and len(text) < 10 else None
