"""The list of rooms, lowest first: each registers its pages, kinds, consumers and hooks."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

ROOMS = (
    "organisation",
    "worktime",
    "registers",
    "files",
    "notifications",
    "feeds",
    "tasks",
    "casefiles",
    "incoming",
    "outgoing",
    "schedules",
    "procedures",
    "sensors",
    "escalation",
    "operations",
    "duty",
    "exchange",
    "finding",
    "portal",
    "api",
)


def register_rooms(app: Flask) -> None:
    """Call `register(app)` of every room."""
    for name in ROOMS:
        import_module(f"app.{name}").register(app)
