"""Administration of people: accounts, posts held, passwords, machine tokens."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput
from app.organisation import passwords, queries
from app.organisation.forms import EndForm, HoldingForm, PersonForm, TokenForm, show_error
from app.organisation.models import API_SCOPES
from app.organisation.permissions import MANAGE, VIEW
from app.organisation.queries.signing_in import (
    api_tokens,
    last_sign_in,
    locked_until,
    open_sessions,
)
from app.organisation.services import people as services
from app.organisation.services import tokens
from app.organisation.views.blueprint import bp, done, form_version, page_argument
from app.web.gate import needs
from app.web.shell import current_actor, settings


@bp.get("/quan-tri/nguoi-dung")
@needs(VIEW)
def people() -> ResponseReturnValue:
    """All accounts, by given name."""
    text, unit_id = request.args.get("q", ""), page_argument("unit")
    state = request.args.get("state", "active")
    active = {"active": True, "closed": False}.get(state)
    with reading() as db:
        rows = queries.people(db, text=text, unit_id=unit_id, active=active)
        template = "_people" if "HX-Request" in request.headers else "people"
        return render_template(
            f"organisation/{template}.html",
            rows=rows,
            posts=queries.posts_of_people(db, [person.id for person in rows]),
            seen=last_sign_in(db, [person.id for person in rows]),
            units=queries.unit_tree(db),
            text=text,
            unit_id=unit_id,
            state=state,
        )


@bp.route("/quan-tri/nguoi-dung/moi", methods=["GET", "POST"])
@needs(MANAGE)
def new_person() -> ResponseReturnValue:
    form, message = PersonForm(), None
    if form.validate_on_submit():
        try:
            with transaction("create_person") as db:
                person = services.create_person(
                    db,
                    current_actor(),
                    full_name=form.full_name.data,
                    login=form.login.data,
                    email=form.email.data or "",
                    phone=form.phone.data or "",
                )
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            return done(
                _("Đã tạo tài khoản. Hãy giao chức vụ và cấp mật khẩu dùng một lần."),
                "organisation.person",
                person_id=person.id,
            )
    status = 422 if request.method == "POST" else 200
    return render_template("organisation/person_new.html", form=form, message=message), status


@bp.get("/quan-tri/nguoi-dung/<int:person_id>")
@needs(VIEW)
def person(person_id: int) -> ResponseReturnValue:
    """One account: posts, delegations, sessions, what may be done."""
    return person_page(person_id)


def person_page(
    person_id: int,
    *,
    form: FlaskForm | None = None,
    holding_form: FlaskForm | None = None,
    message: str | None = None,
    code: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    with reading() as db:
        found = queries.get_person(db, person_id)
        if holding_form is None:
            holding_form = HoldingForm(formdata=None, valid_from=today())
        holding_form.post_id.offer(queries.post_options(db))
        return render_template(
            "organisation/person.html",
            person=found,
            form=form or PersonForm(formdata=None, obj=found),
            holding_form=holding_form,
            end_form=EndForm(formdata=None, valid_to=today()),
            holdings=queries.all_holdings(db, person_id),
            delegations=queries.delegations_of(db, person_id),
            sessions=open_sessions(db, person_id, idle=settings().session_idle),
            locked_until=locked_until(db, found),
            message=message,
            code=code,
            may_manage=current_actor().may(MANAGE),
            today=today(),
        ), status


@bp.post("/quan-tri/nguoi-dung/<int:person_id>")
@needs(MANAGE)
def edit_person(person_id: int) -> ResponseReturnValue:
    form = PersonForm()
    if not form.validate_on_submit():
        return person_page(person_id, form=form, status=422)
    try:
        with transaction("edit_person") as db:
            services.edit_person(
                db,
                current_actor(),
                person_id=person_id,
                full_name=form.full_name.data,
                login=form.login.data,
                email=form.email.data or "",
                phone=form.phone.data or "",
                version=form_version(form.version.data),
            )
    except InvalidInput as error:
        message = show_error(form, error)
        return person_page(person_id, form=form, message=message, status=422)
    return done(_("Đã lưu."), "organisation.person", person_id=person_id)


@bp.post("/quan-tri/nguoi-dung/<int:person_id>/mat-khau")
@needs(MANAGE)
def reset_password(person_id: int) -> ResponseReturnValue:
    """A one-time code, shown in this answer only."""
    code = passwords.new_code()
    code_hash = passwords.hash_password(code)
    with transaction("reset_password") as db:
        services.reset_password(
            db,
            current_actor(),
            person_id=person_id,
            code_hash=code_hash,
            drop_second_factor=bool(request.form.get("drop_second_factor")),
        )
    return person_page(person_id, code=code)


@bp.post("/quan-tri/nguoi-dung/<int:person_id>/mo-khoa")
@needs(MANAGE)
def unlock_person(person_id: int) -> ResponseReturnValue:
    with transaction("unlock_person") as db:
        services.unlock(db, current_actor(), person_id=person_id)
    return done(_("Đã mở khóa đăng nhập."), "organisation.person", person_id=person_id)


@bp.post("/quan-tri/nguoi-dung/<int:person_id>/trang-thai")
@needs(MANAGE)
def set_person_active(person_id: int) -> ResponseReturnValue:
    active = request.form.get("active") == "1"
    with transaction("set_person_active") as db:
        services.set_active(db, current_actor(), person_id=person_id, active=active)
    message = _("Đã mở tài khoản.") if active else _("Đã đóng tài khoản.")
    return done(message, "organisation.person", person_id=person_id)


@bp.post("/quan-tri/nguoi-dung/<int:person_id>/chuc-vu")
@needs(MANAGE)
def give_post(person_id: int) -> ResponseReturnValue:
    form = HoldingForm()
    with reading() as db:
        form.post_id.offer(queries.post_options(db))
    if not form.validate_on_submit():
        return person_page(person_id, holding_form=form, status=422)
    with transaction("give_post") as db:
        services.give_post(
            db,
            current_actor(),
            person_id=person_id,
            post_id=form.post_id.data,
            valid_from=form.valid_from.data,
            is_main=form.is_main.data,
        )
    return done(_("Đã giao chức vụ."), "organisation.person", person_id=person_id)


@bp.post("/quan-tri/nguoi-dung/<int:person_id>/chuc-vu/<int:holding_id>/ket-thuc")
@needs(MANAGE)
def end_holding(person_id: int, holding_id: int) -> ResponseReturnValue:
    form = EndForm()
    if not form.validate_on_submit():
        return person_page(person_id, message=_("Hãy nhập ngày dạng dd/mm/yyyy."), status=422)
    with transaction("end_holding") as db:
        services.end_holding(
            db, current_actor(), holding_id=holding_id, valid_to=form.valid_to.data
        )
    return done(_("Đã ghi ngày thôi giữ chức vụ."), "organisation.person", person_id=person_id)


@bp.route("/quan-tri/ma-truy-cap", methods=["GET", "POST"])
@needs(MANAGE)
def api_clients() -> ResponseReturnValue:
    """Tokens of machine clients; a new one is shown in the answer that made it only."""
    form, message, token = TokenForm(), None, None
    with reading() as db:
        form.post_id.offer(queries.post_options(db))
    if form.validate_on_submit():
        try:
            with transaction("create_token") as db:
                token = tokens.create_token(
                    db,
                    current_actor(),
                    name=form.name.data,
                    post_id=form.post_id.data,
                    scopes=form.scopes.data or [],
                )
        except InvalidInput as error:
            message = show_error(form, error)
    with reading() as db:
        status = 422 if request.method == "POST" and token is None else 200
        return render_template(
            "organisation/api_clients.html",
            rows=api_tokens(db),
            form=form,
            message=message,
            token=token,
            scopes=API_SCOPES,
        ), status


@bp.post("/quan-tri/ma-truy-cap/<int:token_id>/thu-hoi")
@needs(MANAGE)
def revoke_api_client(token_id: int) -> ResponseReturnValue:
    with transaction("revoke_token") as db:
        tokens.revoke_token(db, current_actor(), token_id=token_id)
    return done(_("Đã thu hồi mã truy cập."), "organisation.api_clients")
