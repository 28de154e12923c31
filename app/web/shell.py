"""The frame around every page: who is signed in, navigation with counters, settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, abort, current_app, g, has_request_context, request
from sqlalchemy.orm import Session

from app.db import reading
from app.security import ROLE_LABELS, Actor, Permission, Role
from config.settings import Settings

Counter = Callable[[Session, Actor], "Count"]


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
    phone_label: str = ""


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
    """The counters of the entries the actor sees, by key."""
    return {
        item.key: item.counter(session, actor)
        for item in navigation.for_actor(actor)
        if item.counter is not None
    }


@dataclass(frozen=True, slots=True)
class Shell:
    """What base.html shows around the page."""

    product: str
    organ: str
    actor: Actor | None
    groups: dict[str, list[NavItem]]
    bottom: list[NavItem]
    counts: dict[str, Count]
    acting: str | None

    @property
    def role_label(self) -> str:
        holding = self.actor.holding if self.actor else None
        if holding is None:
            return ""
        return ", ".join(ROLE_LABELS[role] for role in Role if role in holding.roles)


def build_shell() -> Shell:
    """Compute the frame in a block of its own; called by base.html, so only full pages pay."""
    actor, now_settings = optional_actor(), settings()
    groups: dict[str, list[NavItem]] = {}
    numbers: dict[str, Count] = {}
    items: list[NavItem] = []
    if actor is not None:
        items = navigation.for_actor(actor)
        for item in items:
            groups.setdefault(item.group, []).append(item)
        with reading() as session:
            numbers = counts(session, actor)
    return Shell(
        product=now_settings.product_name,
        organ=now_settings.organ_name,
        actor=actor,
        groups=groups,
        bottom=[item for item in items if item.phone][:4],
        counts=numbers,
        acting=acting_sentence(actor),
    )


def acting_sentence(actor: Actor | None) -> str | None:
    """The amber strip: for whom the person acts, while the post in use is a delegated one."""
    if actor is None or actor.holding is None or actor.holding.on_behalf_of is None:
        return None
    return f"Đang xử lý thay: {actor.holding.label}"


def install_shell(app: Flask) -> None:
    app.jinja_env.globals["build_shell"] = build_shell
    app.jinja_env.globals["current_actor"] = current_actor
    app.jinja_env.globals["optional_actor"] = optional_actor
