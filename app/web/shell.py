"""The frame around every page: who is signed in, navigation with counters, settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

import sqlalchemy as sa
from flask import Flask, abort, current_app, g, has_request_context, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading
from app.security import ROLE_LABELS, Actor, Permission, Role
from config.settings import Settings

Counter = Callable[[Actor], "sa.Select[tuple[int, int]] | None"]
"""One row: how many things there are to do, and above 0 if the number shall be red. None: nothing
is counted for this actor. All counters of a page are read by one statement."""


@dataclass(frozen=True, slots=True)
class Count:
    """Things to do, and whether one of them is overdue or Hỏa tốc (shown red)."""

    number: int
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the left bar. Shown to those who have one of `roles` (empty: everybody)."""

    key: str
    group: str
    label: str
    icon: str
    endpoint: str
    roles: frozenset[Role] = frozenset()
    permission: Permission | None = None
    counter: Counter | None = None
    order: int = 50
    phone: bool = False  # also in the bottom bar of a phone
    letter: str = ""  # “g” and then this key leads there


@dataclass(frozen=True, slots=True)
class AccountLink:
    """An entry of the menu under the person's name."""

    endpoint: str
    label: str
    icon: str


@dataclass(slots=True)
class Navigation:
    """All entries, added by the rooms as they register."""

    items: dict[str, NavItem] = field(default_factory=dict)

    def add(self, item: NavItem) -> None:
        self.items[item.key] = item

    def for_actor(self, actor: Actor) -> list[NavItem]:
        return sorted(
            (item for item in self.items.values() if _shown(item, actor)),
            key=lambda item: item.order,
        )


def _shown(item: NavItem, actor: Actor) -> bool:
    if item.permission is not None and not actor.may(item.permission):
        return False
    return not item.roles or bool(item.roles & actor.roles)


navigation = Navigation()
account_links: list[AccountLink] = []
other_counters: dict[str, Counter] = {}  # not of an entry: the unread notices


def settings(app: Flask | None = None) -> Settings:
    """The settings of the running application."""
    found: Settings = (app or current_app).extensions["settings"]
    return found


def optional_actor() -> Actor | None:
    """The signed-in person, or None. Loaded once a request, before any block is open."""
    if not has_request_context():
        return None
    if "actor" not in g:
        from app.organisation.sessions import load_actor

        g.actor = load_actor(request)
    found: Actor | None = g.actor
    return found


def current_actor() -> Actor:
    """The signed-in person; 401 without one."""
    actor = optional_actor()
    if actor is None:
        abort(401)
    return actor


def counts(session: Session, actor: Actor) -> dict[str, Count]:
    """The counters of the entries the actor sees, by key: one statement."""
    counters = {item.key: item.counter for item in navigation.for_actor(actor) if item.counter}
    counters |= other_counters
    found = dict.fromkeys(counters, Count(0))
    minute = now().replace(second=0, microsecond=0)
    statement = _counting(tuple(counters.items()), actor, minute)
    if statement is not None:
        for number, red, key in session.execute(statement).tuples():
            found[key] = Count(number, urgent=red > 0)
    return found


@lru_cache(maxsize=1024)
def _counting(
    counters: tuple[tuple[str, Counter], ...], actor: Actor, _minute: datetime
) -> sa.CompoundSelect[tuple[int, int, str]] | None:
    """The statement of all counters. Writing it took a tenth of each page, so what is written for
    an actor, with all posts and rights as they are now, serves their next pages; it holds the
    moment from which things are late, so only for a minute."""
    rows = ((key, counter(actor)) for key, counter in counters)
    parts = [
        row.add_columns(sa.literal(key)).order_by(None) for key, row in rows if row is not None
    ]
    return sa.union_all(*parts) if parts else None


def _address(endpoint: str) -> str:
    """The address of a page that the frame names; every page asks for about fifty of them."""
    return _built(endpoint, request.script_root)


@lru_cache(maxsize=256)
def _built(endpoint: str, _root: str) -> str:
    """The same for everybody under one root of the application."""
    return url_for(endpoint)


Entries = tuple[tuple[str, Any], ...]


@lru_cache(maxsize=1024)
def _bar(
    place: str,
    current: str,
    home_url: str,
    product: str,
    organ: str,
    groups: tuple[tuple[str, tuple[Entries, ...]], ...],
) -> Markup:
    """The bar as it was drawn for the same entries and numbers: an eighth of a page's time."""
    nav = [{"label": label, "items": [dict(item) for item in items]} for label, items in groups]
    template = current_app.jinja_env.get_template("_nav.html")
    return Markup(  # noqa: S704  # the template escapes
        template.render(
            place=place,
            current_nav=current,
            home_url=home_url,
            product=product,
            organ=organ,
            nav=nav,
        )
    )


class Shell:
    """What base.html shows around the page; computed when first asked, so partials pay nothing."""

    def __init__(self) -> None:
        config = settings()
        self.product, self.organ = config.product_name, config.organ_name
        self._actor = optional_actor()

    @cached_property
    def _counts(self) -> dict[str, Count]:
        if self._actor is None:
            return {}
        with reading() as session:
            return counts(session, self._actor)

    def count(self, key: str) -> int:
        """The number beside an entry of the left bar; 0 for one that is not shown."""
        return self._counts.get(key, Count(0)).number

    @cached_property
    def nav(self) -> list[dict[str, Any]]:
        """Groups of the left bar with their entries and numbers."""
        groups: dict[str, list[dict[str, Any]]] = {}
        for item in self._items:
            groups.setdefault(item.group, []).append(self._entry(item))
        return [{"label": label, "items": items} for label, items in groups.items()]

    def bar(self, place: str, current: str) -> Markup:
        """The left bar in the page (“side”) or in the drawer of small screens (“menu”)."""
        groups = tuple(
            (group["label"], tuple(tuple(item.items()) for item in group["items"]))
            for group in self.nav
        )
        return _bar(place, current, self.home_url, self.product, self.organ, groups)

    @cached_property
    def bottom_nav(self) -> list[dict[str, Any]]:
        """At most four entries for the phone."""
        return [self._entry(item) for item in self._items if item.phone][:4]

    @cached_property
    def _items(self) -> list[NavItem]:
        return navigation.for_actor(self._actor) if self._actor else []

    def _entry(self, item: NavItem) -> dict[str, Any]:
        count = self._counts.get(item.key, Count(0))
        return {
            "key": item.key,
            "url": _address(item.endpoint),
            "icon": item.icon,
            "label": item.label,
            "count": count.number,
            "urgent": count.urgent,
        }

    @cached_property
    def person(self) -> dict[str, str] | None:
        actor = self._actor
        if actor is None:
            return None
        holding = actor.holding
        unit = holding.unit_label if holding else ""
        return {"name": actor.name, "post": role_label(actor), "unit": unit}

    @cached_property
    def posts(self) -> list[dict[str, Any]]:
        actor = self._actor
        if actor is None:
            return []
        return [
            {
                "id": holding.post_id,
                "label": holding.label,
                "unit": holding.unit_label,
                "current": holding == actor.holding,
            }
            for holding in actor.holdings
        ]

    @property
    def acting(self) -> str | None:
        """For whom the person acts, while the post in use is a delegated one."""
        holding = self._actor.holding if self._actor else None
        return holding.label if holding and holding.on_behalf_of is not None else None

    @cached_property
    def unread(self) -> int:
        return self._counts.get("unread", Count(0)).number

    @cached_property
    def account_links(self) -> list[dict[str, str]]:
        return [
            {"url": _address(item.endpoint), "icon": item.icon, "label": item.label}
            for item in account_links
        ]

    @cached_property
    def single_keys(self) -> bool:
        from app.organisation.sessions import single_keys

        return single_keys()

    home_url = property(lambda self: _address("web.home"))
    search_url = property(lambda self: _address("finding.index"))
    suggest_url = property(lambda self: _address("finding.suggest"))
    notifications_url = property(lambda self: _address("notifications.index"))
    switch_url = property(lambda self: _address("organisation.switch_post"))
    sign_out_url = property(lambda self: _address("organisation.sign_out"))

    @property
    def live_url(self) -> str | None:
        return _address("notifications.live") if self._actor else None

    @property
    def poll_url(self) -> str | None:
        return _address("notifications.counts") if self._actor else None

    @cached_property
    def key_links(self) -> dict[str, str]:
        """Where “g” and then the letter goes."""
        return {item.letter: _address(item.endpoint) for item in self._items if item.letter}


def role_label(actor: Actor) -> str:
    """The roles of the post in use, in words."""
    roles = actor.holding.roles if actor.holding else frozenset[Role]()
    return ", ".join(ROLE_LABELS[role] for role in Role if role in roles)


def install_shell(app: Flask) -> None:
    app.jinja_env.globals["current_actor"] = current_actor

    @app.context_processor
    def shell() -> dict[str, Shell]:
        return {"shell": Shell()}
