"""The citizens' pages as a process of their own, started by gunicorn as `create_public_app()`.

It stands where the Internet reaches it. Its map of addresses holds the public pages and nothing
else: an internal address is not refused here, it does not exist.
"""

from __future__ import annotations

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue

from app import create_app
from app.web.gate import public
from app.web.rules import LazyRule
from config.settings import Settings

KEPT = frozenset({"static", "web.healthz"})
HOME = "web.home"


@public
def to_guide() -> ResponseReturnValue:
    """The way home leads to the citizens' first page."""
    return redirect(url_for("portal.home"))


def create_public_app(settings: Settings | None = None) -> Flask:
    """The application with the public addresses only. Raises as `create_app` does."""
    app = create_app(settings)
    kept = app.url_map_class(host_matching=app.url_map.host_matching)
    for rule in app.url_map.iter_rules():
        if rule.endpoint in KEPT or rule.endpoint.startswith("portal."):
            kept.add(rule.empty())
    kept.add(LazyRule("/", endpoint=HOME, methods=["GET"]))
    app.view_functions = {
        name: view
        for name, view in app.view_functions.items()
        if name in KEPT or name.startswith("portal.")
    }
    app.view_functions[HOME] = to_guide
    app.url_map = kept
    return app
