"""The clerk's form: filled by the reading, confirmed by a person, entered in the book."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import local
from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, RuleViolated
from app.incoming import neighbours, permissions, queries, services
from app.incoming.forms import CorrectForm, PaperForm, RegisterForm
from app.incoming.models import DueSource, IncomingDocument, RoutingRule
from app.incoming.queries import LetterView
from app.incoming.queries.rules import rules_in_force
from app.incoming.services import RegistrationData, SameLetter
from app.incoming.views import announced
from app.incoming.views import letter as page
from app.incoming.views.announced import Other
from app.incoming.views.blueprint import (
    back_to,
    bp,
    end_of,
    leader_name,
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
    "signer_name", "signer_authority", "signer_position",
)  # fmt: skip
RULE = "rule:"  # before the id of a routing rule, where a post's id may stand too


def filled_form(session: Session, view: LetterView) -> RegisterForm:
    """The form with what was read; a person confirms it."""
    proposed, form = view.proposed, RegisterForm(formdata=None)
    for name in READ_FIELDS:
        form[name].data = proposed.value(name) or form[name].data
    form.urgency.data = str(proposed.value("urgency") or 0)
    form.organ.data = proposed.value("organ_name")
    if proposed.organ is not None:
        form.organ.data = str(proposed.organ.id)
    due = queries.due_in_text(session, proposed.due_hint)
    form.due_on.data = local(due.at).date() if due else None
    form.version.data = str(view.letter.version)
    form.issuing_body_id.data = usual_body(session)
    return form


def offered_form(
    session: Session, view: LetterView, refused: RegisterForm | None
) -> tuple[RegisterForm, dict[str, Other]]:
    """The form to show, and what its sender announced beside it. A refused one stays as typed."""
    read = filled_form(session, view)
    said = neighbours.announced(session, view.letter.id)
    if said is None:
        return refused or read, {}
    others = announced.others(session, read, view, said)
    announced.dispute(view, others)
    if refused is None:
        announced.apply(read, said, others)
    return refused or read, others


def usual_body(session: Session) -> int | None:
    """The body whose book most letters go to: the UBND, else the first."""
    bodies = organisation.issuing_bodies(session)
    usual = next((body for body in bodies if body.short_name == "UBND"), None)
    return (usual or bodies[0]).id if bodies else None


def fill_choices(session: Session, form: Any) -> None:
    """The choices of the pickers; a typed organ stays among them."""
    form.document_type.choices = [
        ("", _("Không xác định")),
        *((one.code, one.label) for one in document_types(session)),
    ]
    form.issuing_body_id.choices = [
        (body.id, body.name) for body in organisation.issuing_bodies(session)
    ]
    chosen = form.organ.data
    form.organ.choices = [(chosen, name_of(session, chosen))] if chosen else []
    form.submit_to.choices = submit_choices(session) + straight_choices(session, form)


def name_of(session: Session, organ: str) -> str:
    """The name of a chosen organ; a typed one is its own name."""
    return organisation.get_organ(session, int(organ)).name if organ.isdigit() else organ


def straight_choices(session: Session, form: RegisterForm) -> list[tuple[str, str]]:
    """The ways round the leader that the regulation opens for a letter with these values."""
    organ = form.organ.data or ""
    found: list[RoutingRule] = rules_in_force(
        session,
        document_type=form.document_type.data or None,
        organ_id=int(organ) if organ.isdigit() else None,
        summary=form.subject_summary.data or "",
    )
    return [
        (f"{RULE}{rule.id}", _("Chuyển thẳng theo quy chế: %(name)s", name=rule.name))
        for rule in found
    ]


def data_from(session: Session, form: RegisterForm, view: LetterView | None) -> RegistrationData:
    """The typed values for the service."""
    organ = form.organ.data or ""
    due_at = end_of(session, form.due_on.data)
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
        signer_authority=form.signer_authority.data or "",
        signer_position=form.signer_position.data or "",
        page_count=view.proposed.page_count if view else None,
        copies=form.copies.data or 1,
        due_at=due_at,
        due_source=DueSource.TEXT if due_at else DueSource.NONE,
        note=form.note.data or "",
        envelope_only=isinstance(form, PaperForm) and bool(form.envelope_only.data),
        reading_confidence=view.proposed.confidence if view else None,
    )


def twins_of(session: Session, actor: Actor, ids: list[int]) -> list[IncomingDocument]:
    """The registered letters that seem to be the same, as the actor may see them."""
    return [queries.get_letter(session, actor, letter_id) for letter_id in ids]


@bp.post("/<token>/vao-so")
@needs(permissions.REGISTER)
def register(token: str) -> ResponseReturnValue:
    """Enter it in the book; “Vào sổ và trình” also passes it on, and the next letter opens."""
    form, actor = RegisterForm(), current_actor()
    onward = form.submit_to.data or "" if request.form.get("act") == "submit" else ""
    with reading() as session:
        view = queries.load_letter(session, actor, token)
        fill_choices(session, form)
        data = data_from(session, form, view) if form.validate() else None
        letter_id = view.letter.id
    if data is not None and request.form.get("act") == "submit" and not onward:
        form.submit_to.errors = [_("Hãy chọn người nhận trình.")]
        data = None
    if data is None:
        return page.show(token, form=form), 422
    try:
        number = enter(actor, letter_id, form, data, onward)
    except SameLetter as error:
        return page.show(token, form=form, message=error.user_message, twins=error.ids), 409
    except InvalidInput as error:
        return page.show(token, form=form, message=show_error(form, error)), 422
    except EditConflict as error:
        return show_conflict(token, form, error), 409
    except RuleViolated as error:
        return page.show(token, form=form, message=error.user_message), 409
    return after_registration(token, number, letter_id, onward)


def enter(
    actor: Actor, letter_id: int, form: RegisterForm, data: RegistrationData, onward: str
) -> str:
    """Register, and submit or route straight in the same commit. Returns the arrival number."""
    rule_id = onward.removeprefix(RULE) if onward.startswith(RULE) else ""
    with transaction("incoming.register") as session:
        done = services.register_letter(
            session,
            actor,
            letter_id=letter_id,
            data=data,
            version=int(form.version.data) if (form.version.data or "").isdigit() else None,
            duplicate_reason=form.duplicate_reason.data or "",
            submit_to_post_id=int(onward) if onward and not rule_id else None,
        )
        if rule_id:
            services.route_straight(session, actor, letter_id=letter_id, rule_id=int(rule_id))
        return done.arrival_label or ""


def show_conflict(token: str, form: RegisterForm, error: EditConflict) -> str:
    """What was typed stays; the next press of the button writes it over the newer state."""
    with reading() as session:
        letter = queries.get_letter_by_token(session, current_actor(), token)
        form.version.data = str(letter.version)
        form.version.raw_data = None
    sentence = _("Nội dung bạn nhập vẫn còn; bấm lần nữa để ghi theo bản của bạn.")
    return page.show(token, form=form, message=f"{error.user_message} {sentence}")


def after_registration(token: str, number: str, letter_id: int, onward: str) -> ResponseReturnValue:
    """The number stands large on the next page: the next letter that waits, or this one."""
    with reading() as session:
        following = queries.next_to_register(session, current_actor(), letter_id)
        leader = leader_name(session, int(onward)) if onward.isdigit() else ""
    if leader:
        said = _("Đã vào sổ số %(number)s và trình đồng chí %(leader)s.", number=number,
                 leader=leader)  # fmt: skip
    elif onward:
        said = _("Đã vào sổ số %(number)s và chuyển thẳng theo quy chế.", number=number)
    else:
        said = _("Đã vào sổ số %(number)s.", number=number)
    flash(said, "ok")
    return redirect(url_for("incoming.detail", token=following or token, vua_vao_so=token))


@bp.route("/khong-tep", methods=["GET", "POST"])
@needs(permissions.REGISTER)
def paper() -> ResponseReturnValue:
    """“Vào sổ không tệp”: a paper without a scan; the scan may be attached later."""
    form, actor = PaperForm(), current_actor()
    posted = request.method == "POST"
    with reading() as session:
        if not posted:
            form.issuing_body_id.data = usual_body(session)
        fill_choices(session, form)
        data = data_from(session, form, None) if posted and form.validate() else None
    if data is None:
        return show_paper(form, None, 422 if posted else 200)
    onward = form.submit_to.data or "" if request.form.get("act") == "submit" else ""
    try:
        token = enter_paper(actor, form, data, onward)
    except InvalidInput as error:
        return show_paper(form, show_error(form, error), 422)
    except RuleViolated as error:
        doubled = isinstance(error, SameLetter)
        return show_paper(form, error.user_message, 409, doubled=doubled)
    flash(_("Đã vào sổ văn bản không có tệp."), "ok")
    return redirect(url_for("incoming.detail", token=token, vua_vao_so=token))


def enter_paper(actor: Actor, form: PaperForm, data: RegistrationData, onward: str) -> str:
    """Make the draft and register it in one commit: a refusal leaves nothing. Returns its token."""
    with transaction("incoming.paper") as session:
        draft = services.new_paper_letter(session, actor)
        done = services.register_letter(
            session,
            actor,
            letter_id=draft.id,
            data=data,
            duplicate_reason=form.duplicate_reason.data or "",
            submit_to_post_id=int(onward) if onward.isdigit() else None,
        )
        if onward.startswith(RULE):
            rule_id = int(onward.removeprefix(RULE))
            services.route_straight(session, actor, letter_id=done.id, rule_id=rule_id)
        return done.token


def show_paper(
    form: PaperForm, message: str | None, status: int, *, doubled: bool = False
) -> ResponseReturnValue:
    with reading() as session:
        fill_choices(session, form)
        return render_template(
            "incoming/paper.html", form=form, message=message, doubled=doubled
        ), status


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
        fill_choices(session, form)
        letter = queries.get_letter_by_token(session, actor, token)
        data = corrected(session, form, letter) if form.validate() else None
    if data is None:
        return show_correction(token, form), 422
    try:
        with transaction("incoming.correct") as session:
            services.correct_letter(
                session, actor, letter_id=letter.id, data=data, reason=form.reason.data or "",
                version=int(form.version.data) if (form.version.data or "").isdigit() else None,
            )  # fmt: skip
    except InvalidInput as error:
        return show_correction(token, form, show_error(form, error)), 422
    except (RuleViolated, EditConflict) as error:
        return show_correction(token, form, error.user_message), 409
    return back_to(token, _("Đã sửa thông tin đăng ký."))


def corrected(session: Session, form: CorrectForm, letter: IncomingDocument) -> RegistrationData:
    """The typed values; what the form does not show, and a deadline left alone, stay."""
    data = data_from(session, form, None)
    kept = replace(
        data,
        page_count=letter.page_count,
        envelope_only=letter.envelope_only,
        reading_confidence=letter.reading_confidence,
    )
    asked = letter.sender_due_at
    if asked is not None and form.due_on.data == local(asked).date():
        kept = replace(kept, due_at=asked, due_source=DueSource.TEXT)
    return kept


def show_correction(token: str, form: CorrectForm | None, message: str | None = None) -> str:
    actor = current_actor()
    with reading() as session:
        letter = queries.get_letter_by_token(session, actor, token)
        letter.must_be_registered()
        if form is None:
            form = CorrectForm(formdata=None, data=values_of(letter))
        fill_choices(session, form)
        return render_template("incoming/correct.html", form=form, letter=letter, message=message)


def values_of(letter: IncomingDocument) -> dict[str, object]:
    """What the book says now, for the form."""
    names = ("code_number", "code_notation", "issued_date", "document_type", "subject_summary",
             "signer_name", "signer_authority", "signer_position", "issuing_body_id", "note",
             "version", "copies")  # fmt: skip
    values: dict[str, object] = {name: getattr(letter, name) for name in names}
    return values | {
        "urgency": str(letter.urgency),
        "organ": str(letter.organ_id or letter.organ_name),
        "due_on": local(letter.sender_due_at).date() if letter.sender_due_at else None,
    }
