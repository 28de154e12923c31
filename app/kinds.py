"""The kinds of things the system knows, so that upper and shared parts need not know the rooms.

Each room registers its kinds in `create_app`; links, audit, notifications, case files, finding
and the API use only this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.errors import ProgrammingFault
from app.security import Actor
from search import SearchRecord


@dataclass(frozen=True, slots=True)
class Card:
    """What a list outside the room shows of a thing."""

    kind: str
    id: int
    title: str
    subtitle: str
    url: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of thing: its Vietnamese name, who sees which, how it is shown and found.

    `cards` gives the cards of those among `ids` that the actor may see, in any order, with a
    constant number of queries. `lookup` finds the things a person means who writes a number (or a
    part of the title, where things have none), those the actor may see only. `records` gives
    index records; ids that are gone are left out, and the caller removes them from the index.
    """

    name: str
    label: str
    icon: str
    cards: Callable[[Session, Actor, Sequence[int]], list[Card]]
    records: Callable[[Session, Sequence[int]], list[SearchRecord]] | None = None
    all_ids: Callable[[Session, int, int], list[int]] | None = None  # after id, limit: for rebuild
    lookup: Callable[[Session, Actor, str], list[int]] | None = None  # by number; what is visible


_kinds: dict[str, Kind] = {}

LOOKED_UP = 10
"""So many things of a kind are offered to somebody who writes a number or a part of a title."""


def split_code(text: str) -> tuple[str, str]:
    """“145/TTr-KTHT” as number and symbol; “15-QĐ/TU”, as the Party writes it, too."""
    found = re.match(r"(\d+\w*)\s*[/-]\s*(\S.*)$", text)
    return (found[1], found[2]) if found else (text, "")


def register(kind: Kind) -> None:
    """Make a kind known. A second registration under the name replaces the first (tests)."""
    _kinds[kind.name] = kind


def unregister(name: str) -> None:
    """Forget a kind; unknown names are no error (tests)."""
    _kinds.pop(name, None)


def get(name: str) -> Kind:
    """Raises ProgrammingFault for a name no room registered."""
    try:
        return _kinds[name]
    except KeyError:
        raise ProgrammingFault(f"unknown kind {name}") from None


def all_kinds() -> list[Kind]:
    return list(_kinds.values())


def find(session: Session, actor: Actor, text: str, names: Iterable[str] = ()) -> list[Card]:
    """Cards of what a written number or title means, of the kinds in `names`, or of all."""
    wanted, words = set(names), " ".join(text.split())
    things = [
        (kind.name, thing_id)
        for kind in _kinds.values()
        if words and kind.lookup is not None and (not wanted or kind.name in wanted)
        for thing_id in kind.lookup(session, actor, words)
    ]
    return cards(session, actor, things)


def cards(session: Session, actor: Actor, things: Iterable[tuple[str, int]]) -> list[Card]:
    """Cards of mixed things in the order given, one query a kind; the unseen are left out."""
    wanted = list(things)
    found: dict[tuple[str, int], Card] = {}
    for name in dict.fromkeys(kind for kind, _ in wanted):
        if name not in _kinds:
            continue
        ids = [thing_id for kind, thing_id in wanted if kind == name]
        for card in _kinds[name].cards(session, actor, ids):
            found[(name, card.id)] = card
    return [found[key] for key in wanted if key in found]
