"""The list of rooms, lowest first: each registers its pages, kinds, consumers and hooks."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

ROOMS = (
    "organisation",
    "worktime",
    "registers",
    "files",
    "notifications",
    "tasks",
    "incoming",
    "finding",
    "api",
)


def register_rooms(app: Flask) -> None:
    """Call `register(app)` of every room."""
    for name in ROOMS:
        if find_spec(f"app.{name}") is None:
            continue
        module = import_module(f"app.{name}")
        if hasattr(module, "register"):
            module.register(app)
