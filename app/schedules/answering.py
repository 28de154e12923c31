"""The form that answers an invitation, on the letter's page in the place of a directive."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.clock import local
from app.incoming.models import IncomingDocument
from app.incoming.neighbours import Part
from app.incoming.queries import get_letter
from app.organisation import queries as organisation
from app.schedules import queries
from app.schedules.forms import AnswerForm
from app.schedules.models import ResourceKind
from app.schedules.queries import Clash
from app.security import Actor
from app.tasks import showing

LETTER = "incoming"


@dataclass(frozen=True, slots=True)
class Then:
    """What is known of the time of the meeting: who is taken, who could go instead."""

    asked: bool = False
    clashes: list[Clash] = field(default_factory=list)
    free: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AnswerPanel:
    """What the template shows. `look` is where the clashes of another hour are asked for."""

    form: AnswerForm
    then: Then
    url: str
    look: str
    inviter: str


def answer_part(session: Session, actor: Actor, letter_id: int, given: object) -> Part | None:
    """The form for a giấy mời; None for other letters."""
    letter = get_letter(session, actor, letter_id)
    hint = queries.invitation_hint(session, letter)
    if not hint.is_invitation:
        return None
    form = given if isinstance(given, AnswerForm) else AnswerForm(formdata=None, data=_start(hint))
    fill_choices(session, form)
    panel = AnswerPanel(
        form=form,
        then=then_of(session, actor, letter, form),
        url=url_for("schedules.answer", token=letter.token),
        look=url_for("schedules.answer_then", token=letter.token),
        inviter=letter.organ_name,
    )
    return Part("schedules/_answer.html", panel)


def meetings_part(session: Session, actor: Actor, letter_id: int) -> Part | None:
    """The entries of the schedule that come from a letter."""
    entries = queries.entries_of(session, actor, LETTER, letter_id)
    return Part("schedules/_of_letter.html", entries) if entries else None


def _start(hint: queries.InvitationHint) -> dict[str, Any]:
    begins = local(hint.starts_at) if hint.starts_at else None
    ends = local(hint.ends_at) if hint.ends_at else None
    return {
        "day": begins.date() if begins else None,
        "starts": begins.time() if begins else None,
        "ends": ends.time() if ends else None,
        "place": hint.place,
    }


def fill_choices(session: Session, form: AnswerForm) -> None:
    """People, units and vehicles in force."""
    people = organisation.people_choices(session)
    form.sent.choices = [
        ("", gettext("Chọn người được cử")),
        *((one.post_id, one.label) for one in people),
    ]
    form.participants.choices = showing.party_choices(session)
    units = organisation.units(session)
    form.preparing.choices = [("", gettext("Không")), *((u.id, u.short_name) for u in units)]
    cars = queries.resources(session, kind=ResourceKind.VEHICLE)
    form.vehicles.choices = [(car.id, car.name) for car in cars]


def then_of(session: Session, actor: Actor, letter: IncomingDocument, form: AnswerForm) -> Then:
    """Who is taken at the hour in the form, before anything is chosen; and who could go."""
    starts_at, ends_at = form.span()
    invited = letter.submitted_to_post_id or actor.post_id
    if starts_at is None or ends_at is None or ends_at <= starts_at or invited is None:
        return Then()
    posts = [invited]
    if form.sent.data:
        posts.append(form.sent.data)
    others = queries.deputies(session, invited, starts_at, ends_at)
    return Then(
        asked=True,
        clashes=queries.clashes(session, actor, posts, starts_at, ends_at),
        free=[label for _post, label, is_free in others if is_free],
        taken=[label for _post, label, is_free in others if not is_free],
    )
