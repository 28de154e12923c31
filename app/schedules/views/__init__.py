"""/lich: the week, its print, single entries."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

from app.schedules import permissions, queries
from app.schedules.views import (
    acts,
    answers,
    busy,
    conclusions,
    entries,
    feeds,
    importing,
    morning,
    registering,
    resources,
    weeks,
)
from app.schedules.views.blueprint import bp
from app.web.shell import NavItem, navigation

__all__ = [
    "acts",
    "add_pages",
    "answers",
    "bp",
    "busy",
    "conclusions",
    "entries",
    "feeds",
    "importing",
    "morning",
    "registering",
    "resources",
    "weeks",
]


def add_pages(app: Flask) -> None:
    """The pages and their entry in the left bar."""
    app.register_blueprint(bp)
    navigation.add(
        NavItem(
            "schedules",
            _("Công việc của tôi"),
            _("Lịch công tác"),
            "calendar-event",
            "schedules.index",
            permission=permissions.READ,
            counter=queries.counted_waiting,
            order=24,
            phone=True,
            letter="l",
        )
    )
