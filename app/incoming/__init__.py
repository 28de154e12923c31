"""Arriving documents: ledger, reading, registration, routing."""

from __future__ import annotations

from importlib.util import find_spec

from flask import Flask


def register(app: Flask) -> None:
    """Bind the quarantine; make pages, kinds, hooks, chores and commands known."""
    from app import kinds, outbox, relay
    from app.cli import add_command
    from app.incoming import chores, hooks, indexing, quarantine
    from app.incoming.commands import incoming_cli
    from app.incoming.events import ReadingWanted
    from app.web.shell import settings

    quarantine.configure(settings(app).quarantine_dir)
    kinds.register(indexing.kind)
    hooks.subscribe()
    if settings(app).prefect_api_url:
        outbox.subscribe("jobs", ReadingWanted.name)
    relay.every(2.0, "reading-leases", chores.release_leases)
    relay.every(20.0, "intake-upkeep", chores.keep_up)
    add_command(incoming_cli)
    if find_spec("app.incoming.views") is not None:
        from app.incoming.views import bp  # type: ignore[import-not-found, unused-ignore]

        app.register_blueprint(bp)
