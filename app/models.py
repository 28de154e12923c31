"""All tables, imported in one place for migrations and tests."""

from __future__ import annotations

from importlib import import_module

from app import audit, links, outbox, security
from app.db import Base
from app.rooms import ROOMS

for _room in ROOMS:
    try:
        import_module(f"app.{_room}.models")
    except ModuleNotFoundError as error:
        if error.name not in (f"app.{_room}", f"app.{_room}.models"):
            raise  # a fault inside the room, not a room without tables

metadata = Base.metadata

__all__ = ["audit", "links", "metadata", "outbox", "security"]
