"""The bridge between the browser's cookie and the session row; the only user of Flask-Login.

The cookie holds a random token and nothing else. What it stands for is read once a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, Request, current_app, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from app.clock import now
from app.db import reading, transaction
from app.errors import NotFound
from app.organisation.models import Stage
from app.organisation.queries import actor_for, get_person
from app.organisation.services import signing_in
from app.organisation.services.signing_in import Browser, Opened
from app.security import Actor
from config.settings import Settings

SEEN_EVERY = timedelta(minutes=1)
PENDING_KEY = "pending"  # the token of a sign-in that still lacks something

login_manager = LoginManager()
login_manager.session_protection = None  # sessions end by our own rows; addresses change on phones


@dataclass(frozen=True, slots=True)
class Current:
    """The session of this request, as plain values."""

    session_id: int
    last_seen_at: datetime
    actor: Actor
    single_keys: bool  # whether j, k, x and the like act on this person's pages


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps for a request: the token as its id, and the actor behind it."""

    def __init__(self, token: str, current: Current | None = None) -> None:
        self.id = token
        self.current = current


def install(app: Flask) -> None:
    """Let the cookie of each request be looked up, and idle time be measured."""
    login_manager.init_app(app)
    app.before_request(_remember_use)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    idle = _settings().session_idle
    with reading() as db:
        try:
            row = signing_in.get_session_row(db, token, stage=Stage.OPEN)
            if now() - row.last_seen_at > idle:
                return None
            actor = actor_for(db, row.person_id, row.post_id)
            single_keys = not get_person(db, row.person_id).shortcuts_off
        except NotFound:
            return None
        return SignedIn(token, Current(row.id, row.last_seen_at, actor, single_keys))


def load_actor(request: Request) -> Actor | None:
    """Who is signed in, acting in the post they chose; None for everybody else.

    Reads only: when the session was last used is written before the view, once a minute.
    """
    found = _current()
    return None if found is None else found.actor


def single_keys() -> bool:
    """Whether shortcuts of one key act; a person may turn them off (WCAG 2.1.4)."""
    found = _current()
    return found is None or found.single_keys


def current_session_id() -> int:
    """The id of this browser's session. Raises NotFound when nobody is signed in."""
    found = _current()
    if found is None:
        raise NotFound("nobody is signed in")
    return found.session_id


def remember(opened: Opened) -> None:
    """Give the browser its new token; everything the cookie held before is dropped."""
    session.clear()
    if opened.stage is Stage.OPEN:
        login_user(SignedIn(opened.token))
    else:
        session[PENDING_KEY] = opened.token
    g.pop("actor", None)


def forget() -> None:
    """Take the token out of the browser."""
    logout_user()
    session.clear()
    g.pop("actor", None)


def pending_token() -> str | None:
    found: str | None = session.get(PENDING_KEY)
    return found


def browser() -> Browser:
    """The technical side of this request."""
    return Browser(request.remote_addr or "?", request.user_agent.string)


def _remember_use() -> None:
    if request.endpoint is None or request.endpoint.endswith("static"):
        return
    found = _current() if "_user_id" in session else None
    if found is not None and now() - found.last_seen_at > SEEN_EVERY:
        with transaction("touch_session") as db:
            signing_in.touch(db, found.session_id)


def _current() -> Current | None:
    return current_user.current if current_user.is_authenticated else None


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
