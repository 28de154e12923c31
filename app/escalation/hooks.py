"""What rooms above and beside tell this one: who is on duty, whether a thing still waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

still_waits: dict[str, Callable[[Session, int], bool]] = {}
"""By kind of thing: asked before each level; False ends the case, since somebody acted."""

place_of: dict[str, Callable[[Session, int], tuple[int | None, int | None]]] = {}
"""By kind of thing: the unit and the post that have it at the moment, which may have changed since
the case began."""

on_duty: list[Callable[[Session, datetime], list[int]]] = []
"""The posts on duty at a moment. The first that knows some is believed."""
