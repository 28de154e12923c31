"""The one blueprint of the room, and what its views share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, RuleViolated
from app.organisation import queries as organisation
from app.outgoing import queries, services
from app.security import Actor
from app.tasks import custody
from app.web.shell import current_actor

bp = Blueprint("outgoing", __name__, url_prefix="/van-ban-di", template_folder="../templates")

Choice = tuple[int, str]
SIZES = (20, 50, 100)


@dataclass(frozen=True, slots=True)
class Page:
    """What the pager shows."""

    number: int
    size: int
    total: int
    pages: int


def page_number() -> int:
    """The page of the address; anything odd is the first."""
    return min(max(request.args.get("page", 1, type=int), 1), 1_000_000)


def page_size() -> int:
    """How many rows a page has: one of those the pager offers."""
    size = request.args.get("size", SIZES[0], type=int)
    return size if size in SIZES else SIZES[0]


def show_error(form: FlaskForm, error: InvalidInput) -> str | None:
    """Put a service's complaint under its field; the sentence itself if no field has it."""
    found: Any = form._fields.get(error.field or "")
    if found is None:
        return error.user_message
    found.errors = [*found.errors, error.user_message]
    return None


def first_error(form: FlaskForm) -> str:
    """The first complaint of a small form, for a message after the redirect."""
    return next((str(text) for errors in form.errors.values() for text in errors), "")


def signer_choices(session: Session, body_id: int) -> list[Choice]:
    """Who may sign for a body, with the authority of the signature."""
    posts = services.signers_of(session, body_id)
    labels = organisation.post_label(session, [post.id for post in posts])
    return [(post.id, labels[post.id]) for post in posts]


def unit_choices(session: Session) -> list[Choice]:
    return [(unit.id, unit.name) for unit in organisation.units(session)]


def back_to(token: str, message: str = "", tone: str = "ok") -> ResponseReturnValue:
    """To the page of a document, with a message."""
    if message:
        flash(message, tone)
    return redirect(url_for("outgoing.detail", token=token))


def whereabouts(session: Session, actor: Actor, token: str) -> str:
    """“Đang ở: …” of a document after an act; "" when it lies nowhere, or is out of sight."""
    try:
        document = queries.get_by_token(session, actor, token)
    except NotFound:
        return ""
    place = custody.current(session, queries.KIND, [document.id]).get(document.id)
    return _("Đang ở: %(where)s.", where=place.holder) if place is not None else ""


def act_on(
    token: str,
    name: str,
    act: Callable[[Session, Actor, int], object],
    done: str,
    *,
    tell_where: bool = False,
) -> ResponseReturnValue:
    """One act on one document in one transaction, then back to its page with what was done (and
    where it went, with `tell_where`), or with the rule that forbids it."""
    actor = current_actor()
    try:
        with transaction(f"outgoing.{name}") as session:
            document = queries.get_by_token(session, actor, token)
            act(session, actor, document.id)
    except RuleViolated as error:
        return back_to(token, error.user_message, "warn")
    if tell_where:
        with reading() as session:
            done = f"{done} {whereabouts(session, actor, token)}".strip()
    return back_to(token, done)
