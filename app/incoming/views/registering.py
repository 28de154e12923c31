"""The clerk's form: filled by the reading, confirmed by a person, entered in the book."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import local
from app.db import reading, transaction
from app.errors import InvalidInput, RuleViolated
from app.incoming import permissions, queries, services
from app.incoming.forms import CorrectForm, RegisterForm
from app.incoming.models import DueSource, IncomingDocument
from app.incoming.queries import LetterView, ProposedForm
from app.incoming.services import RegistrationData, SameLetter
from app.incoming.views import letter as page
from app.incoming.views.blueprint import (
    back_to,
    bp,
    end_of,
    letter_id_of,
    show_error,
    submit_choices,
)
from app.organisation import queries as organisation
from app.registers.queries import document_types
from app.security import Actor
from app.web.gate import needs
from app.web.shell import current_actor

READ_FIELDS = (
    "code_number", "code_notation", "issued_date", "document_type", "subject_summary",
    "signer_name", "signer_position",
)  # fmt: skip


def filled_form(session: Session, actor: Actor, view: LetterView) -> RegisterForm:
    """The form with what was read; a person confirms it."""
    proposed, form = view.proposed, RegisterForm(formdata=None)
    for name in READ_FIELDS:
        form[name].data = proposed.value(name) or form[name].data
    form.urgency.data = str(proposed.value("urgency") or 0)
    if proposed.organ is not None:
        form.organ.data = str(proposed.organ.id)
        form.organ.choices = [(str(proposed.organ.id), proposed.organ.name)]
    elif proposed.value("organ_name"):
        form.organ.data = proposed.value("organ_name")
        form.organ.choices = [(form.organ.data, form.organ.data)]
    form.due_on.data = due_day(proposed)
    form.version.data = str(view.letter.version)
    form.issuing_body_id.data = usual_body(session)
    return form


def due_day(proposed: ProposedForm) -> date | None:
    """The day that the text itself asks for, if one was read."""
    try:
        return date.fromisoformat(proposed.due_hint[:10])
    except ValueError:
        return None


def usual_body(session: Session) -> int | None:
    """The body whose book most letters go to: the UBND, else the first."""
    bodies = organisation.issuing_bodies(session)
    usual = next((body for body in bodies if body.short_name == "UBND"), None)
    return (usual or bodies[0]).id if bodies else None


def fill_choices(session: Session, actor: Actor, form: Any) -> None:
    """The choices of the pickers; a typed organ stays among them."""
    form.document_type.choices = [("", _("Không xác định"))] + [
        (one.code, one.label) for one in document_types(session)
    ]
    form.issuing_body_id.choices = [
        (body.id, body.name) for body in organisation.issuing_bodies(session)
    ]
    form.submit_to.choices = submit_choices(session)
    chosen = form.organ.data
    if chosen and not form.organ.choices:
        organ = organisation.get_organ(session, int(chosen)) if chosen.isdigit() else None
        form.organ.choices = [(chosen, organ.name if organ else chosen)]
    form.organ.choices = form.organ.choices or []


def data_from(session: Session, form: RegisterForm, view: LetterView | None) -> RegistrationData:
    """The typed values for the service."""
    organ = form.organ.data or ""
    due_at: datetime | None = end_of(session, form.due_on.data)
    return RegistrationData(
        issuing_body_id=form.issuing_body_id.data,
        subject_summary=form.subject_summary.data or "",
        organ_id=int(organ) if organ.isdigit() else None,
        organ_name="" if organ.isdigit() else organ,
        code_number=(form.code_number.data or "").strip(),
        code_notation=(form.code_notation.data or "").strip(),
        issued_date=form.issued_date.data,
        document_type=form.document_type.data or None,
        urgency=int(form.urgency.data or 0),
        signer_name=form.signer_name.data or "",
        signer_position=form.signer_position.data or "",
        page_count=view.proposed.page_count if view else None,
        due_at=due_at,
        due_source=DueSource.TEXT if due_at else DueSource.NONE,
        note=form.note.data or "",
        reading_confidence=view.proposed.confidence if view else None,
    )


def twins_of(session: Session, actor: Actor, ids: list[int]) -> list[IncomingDocument]:
    """The registered letters that seem to be the same, as the actor may see them."""
    return [queries.get_letter(session, actor, letter_id) for letter_id in ids]


@bp.post("/<token>/vao-so")
@needs(permissions.REGISTER)
def register(token: str) -> ResponseReturnValue:
    """Enter it in the book; “Vào sổ và trình” also submits, and the next letter opens."""
    form, actor = RegisterForm(), current_actor()
    submit = request.form.get("act") == "submit"
    with reading() as session:
        view = queries.load_letter(session, actor, token)
        fill_choices(session, actor, form)
        data = data_from(session, form, view) if form.validate() else None
        letter_id = view.letter.id
    if data is None:
        return page.show(token, form=form), 422
    if submit and not form.submit_to.data:
        form.submit_to.errors = [_("Hãy chọn người nhận trình.")]
        return page.show(token, form=form), 422
    try:
        with transaction("incoming.register") as session:
            done = services.register_letter(
                session,
                actor,
                letter_id=letter_id,
                data=data,
                version=int(form.version.data or 0) or None,
                duplicate_reason=form.duplicate_reason.data or "",
                submit_to_post_id=int(form.submit_to.data) if submit else None,
            )
            number = done.arrival_label
    except SameLetter as error:
        return page.show(token, form=form, message=error.user_message, twins=error.ids), 409
    except InvalidInput as error:
        return page.show(token, form=form, message=show_error(form, error)), 422
    return after_registration(token, number or "", letter_id)


def after_registration(token: str, number: str, letter_id: int) -> ResponseReturnValue:
    """The number stands large on the next page: the next letter that waits, or this one."""
    with reading() as session:
        following = queries.next_to_register(session, current_actor(), letter_id)
    flash(_("Đã vào sổ, số đến %(number)s.", number=number), "ok")
    return redirect(url_for("incoming.detail", token=following or token, vua_vao_so=token))


@bp.get("/<token>/sua")
@needs(permissions.REGISTER)
def correct_form(token: str) -> ResponseReturnValue:
    """The data of a registered letter, to be corrected with a reason."""
    return show_correction(token, None)


@bp.post("/<token>/sua")
@needs(permissions.REGISTER)
def correct(token: str) -> ResponseReturnValue:
    """Correct what the book says; the number stays."""
    form, actor = CorrectForm(), current_actor()
    with reading() as session:
        fill_choices(session, actor, form)
        data = data_from(session, form, None) if form.validate() else None
        letter_id = letter_id_of(session, actor, token)
    if data is None:
        return show_correction(token, form), 422
    try:
        with transaction("incoming.correct") as session:
            services.correct_letter(
                session, actor, letter_id=letter_id, data=data, reason=form.reason.data or "",
                version=int(form.version.data or 0) or None,
            )  # fmt: skip
    except RuleViolated as error:
        message = show_error(form, error) if isinstance(error, InvalidInput) else error.user_message
        return show_correction(token, form, message), 422
    return back_to(token, _("Đã sửa thông tin đăng ký."))


def show_correction(token: str, form: CorrectForm | None, message: str | None = None) -> str:
    actor = current_actor()
    with reading() as session:
        letter = queries.get_letter_by_token(session, actor, token)
        if form is None:
            form = CorrectForm(formdata=None, data=values_of(letter))
        fill_choices(session, actor, form)
        return render_template("incoming/correct.html", form=form, letter=letter, message=message)


def values_of(letter: IncomingDocument) -> dict[str, object]:
    """What the book says now, for the form."""
    names = ("code_number", "code_notation", "issued_date", "document_type", "subject_summary",
             "signer_name", "signer_position", "issuing_body_id", "note", "version")  # fmt: skip
    values: dict[str, object] = {name: getattr(letter, name) for name in names}
    return values | {
        "urgency": str(letter.urgency),
        "organ": str(letter.organ_id or letter.organ_name),
        "due_on": local(letter.due_at).date() if letter.due_at else None,
    }
