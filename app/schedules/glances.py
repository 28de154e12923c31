"""What rooms above put on the leader's morning: a few things at a glance, each a link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.kinds import Card
from app.security import Actor


@dataclass(frozen=True, slots=True)
class Glance:
    """The first of some things with how many there are in all; `url` leads to all of them."""

    title: str
    url: str
    total: int
    cards: Sequence[Card]


Look = Callable[[Session, Actor], Glance | None]
_looks: dict[str, Look] = {}


def register(name: str, look: Look) -> None:
    """Add a glance; None from `look` leaves it out. A second registration replaces the first."""
    _looks[name] = look


def glances(session: Session, actor: Actor) -> list[Glance]:
    """Those that have something for the actor, in the order of registration."""
    found = [look(session, actor) for look in _looks.values()]
    return [glance for glance in found if glance is not None and glance.total]
