"""The one blueprint of the room, and what its views share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.incoming import queries
from app.organisation import queries as organisation
from app.security import Actor, Role
from app.tasks.parties import Party
from app.worktime.queries import load_calendar

bp = Blueprint("incoming", __name__, url_prefix="/van-ban-den", template_folder="../templates")

Choice = tuple[str, str]
SIZES = (20, 50, 100)
SOURCE_LABELS = {
    "upload": "Tải lên",
    "watch": "Thư mục quét",
    "api": "Hệ thống khác gửi",
    "import": "Nhập thư mục",
    "exchange": "Trục liên thông",
    "mail": "Hộp thư cơ quan",
    "manual": "Tách từ tệp khác",
}


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


def end_of(session: Session, day: date | None) -> datetime | None:
    """The end of a typed day's work."""
    return load_calendar(session).end_of_day(day) if day else None


def submit_choices(session: Session) -> list[Choice]:
    """Whom a letter can be submitted to: the leaders, and the chief of office who proposes."""
    leaders = organisation.people_choices(session, role=Role.LEADER)
    chiefs = organisation.people_choices(session, role=Role.CHIEF_OF_OFFICE)
    return [(str(one.post_id), one.label) for one in [*leaders, *chiefs]]


def party_choices(session: Session) -> list[Choice]:
    """Units first, then people: whoever can lead, coordinate or be informed."""
    units = [(f"unit:{unit.id}", unit.short_name) for unit in organisation.units(session)]
    people = organisation.people_choices(session, leadership=False)
    return units + [(f"post:{one.post_id}", f"{one.label} ({one.unit})") for one in people]


def leader_name(session: Session, post_id: int) -> str:
    """“Nguyễn Mẫu Sơn, Chủ tịch”, for the sentence after an act."""
    return organisation.post_label(session, [post_id]).get(post_id, "")


def party_names(session: Session, parties: Sequence[Party]) -> list[str]:
    """Units and people as people call them."""
    units = organisation.unit_label(session, [one.unit_id for one in parties if one.unit_id])
    posts = organisation.post_label(session, [one.post_id for one in parties if one.post_id])
    return [
        units.get(one.unit_id, "") if one.unit_id else posts.get(one.post_id or 0, "")
        for one in parties
    ]


def letter_id_of(session: Session, actor: Actor, token: str) -> int:
    """Raises NotFound."""
    return queries.get_letter_by_token(session, actor, token).id


def back_to(token: str, message: str = "", tone: str = "ok") -> ResponseReturnValue:
    """To the page of a letter, with a message."""
    if message:
        flash(message, tone)
    return redirect(url_for("incoming.detail", token=token))
