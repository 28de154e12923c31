"""Telling people: notices in the product, the daily digest, live pages."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from app.notifications import queries
from app.notifications.views import bp
from app.security import Actor
from app.web.shell import Count, other_counters


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    other_counters["unread"] = unread


def unread(session: Session, actor: Actor) -> Count:
    """The number at the bell."""
    return Count(queries.unread_count(session, actor))
