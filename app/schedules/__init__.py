"""Schedules: entries of leaders and units, weekly sheets, rooms and vehicles, calendar feeds."""

from __future__ import annotations

from flask import Flask

KEEP_UP_SECONDS = 300.0


def register(app: Flask) -> None:
    """Make kinds, acts, hooks, chores and pages known."""
    from app import kinds, relay
    from app.organisation.acts import describe
    from app.schedules import chores, handlers, indexing
    from app.schedules.acts import ACTS
    from app.schedules.services.invitations import on_directive_recalled
    from app.tasks.hooks import directive_recalled

    kinds.register(indexing.kind)
    kinds.register(indexing.week_kind)
    describe(ACTS)
    directive_recalled.subscribe(on_directive_recalled)
    relay.register(handlers.consumer())
    relay.every(KEEP_UP_SECONDS, "schedules-upkeep", chores.keep_up)
    from app.incoming import neighbours
    from app.schedules.answering import answer_part, meetings_part
    from app.schedules.views import add_pages

    neighbours.answers["schedules"] = answer_part
    neighbours.parts["schedules"] = meetings_part
    add_pages(app)
