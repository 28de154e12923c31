"""What is carried over from shift to shift: each room that has such things says which are open."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.security import Actor

Finder = Callable[[Session, Actor], list[tuple[str, int]]]

carried: dict[str, Finder] = {}
"""By a name: the things, as kind and id, that are open now and that the actor may see."""
