"""The own account: profile, password, second factor, sessions, the post in use."""

from __future__ import annotations

import segno
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.errors import InvalidInput
from app.organisation import passwords, queries, sessions
from app.organisation.forms import (
    ChangePasswordForm,
    CodeForm,
    ConfirmPasswordForm,
    ProfileForm,
    show_error,
)
from app.organisation.models import Person
from app.organisation.queries.signing_in import open_sessions
from app.organisation.services import people, second_factor, signing_in, throttle
from app.organisation.views.blueprint import bp, done, safe_next
from app.web.gate import SIGNED_IN, needs
from app.web.shell import current_actor, settings


def myself(session: Session) -> Person:
    return queries.get_person(session, current_actor().person_id or 0)


@bp.route("/tai-khoan", methods=["GET", "POST"])
@needs(SIGNED_IN)
def profile() -> ResponseReturnValue:
    """Name, posts, addresses, shortcuts."""
    form = ProfileForm()
    if form.validate_on_submit():
        with transaction("edit_profile") as db:
            people.edit_profile(
                db,
                current_actor(),
                email=form.email.data or "",
                phone=form.phone.data or "",
                shortcuts_off=form.shortcuts_off.data,
            )
        return done(_("Đã lưu hồ sơ cá nhân."), "organisation.profile")
    with reading() as db:
        person = myself(db)
        if request.method == "GET":
            form = ProfileForm(obj=person)
        status = 422 if form.errors else 200
        return render_template("organisation/profile.html", person=person, form=form), status


@bp.route("/tai-khoan/mat-khau", methods=["GET", "POST"])
@needs(SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """A new password; all other browsers are signed out."""
    form, message = ChangePasswordForm(), None
    if form.validate_on_submit():
        try:
            new_token = _change_password(form)
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            sessions.remember(new_token)
            return done(
                _("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."), "organisation.profile"
            )
    status = 422 if request.method == "POST" else 200
    return render_template("organisation/password.html", form=form, message=message), status


def _change_password(form: ChangePasswordForm) -> signing_in.Opened:
    actor, session_id = current_actor(), sessions.current_session_id()
    person, old_hash = checked_password(form.old.data, field="old")
    passwords.check_strength(form.password.data, login=person.login, full_name=person.full_name)
    new_hash = passwords.hash_password(form.password.data)
    with transaction("change_password") as db:
        return signing_in.change_password(
            db, actor, session_id=session_id, old_hash=old_hash, new_hash=new_hash
        )


def checked_password(password: str, *, field: str) -> tuple[Person, str]:
    """The signed-in person and their hash, once their password was typed again.

    Raises InvalidInput for a wrong one, Throttled after several.
    """
    with reading() as db:
        person = myself(db)
    key = f"login:{person.login}"
    with transaction("count_password") as db:
        throttle.spend(db, key, throttle.LOGIN)
    if not passwords.verify(person.password_hash, password) or person.password_hash is None:
        raise InvalidInput(_("Mật khẩu hiện tại không đúng."), field)
    with transaction("forget_attempts") as db:
        throttle.forget(db, key)
    return person, person.password_hash


@bp.get("/tai-khoan/hai-lop")
@needs(SIGNED_IN)
def two_factor() -> ResponseReturnValue:
    """The second factor: off, waiting for its first code, or on."""
    return two_factor_page(CodeForm(), None)


def two_factor_page(form: CodeForm, message: str | None, status: int = 200) -> ResponseReturnValue:
    with reading() as db:
        person = myself(db)
        qr = Markup("")
        if person.totp_secret and person.totp_confirmed_at is None:
            address = second_factor.address_for(person, settings().product_name)
            picture = segno.make(address, error="m").svg_inline(scale=5, border=4)
            qr = Markup(picture)  # noqa: S704 (made here of our own values)
        return render_template(
            "organisation/two_factor.html",
            person=person,
            qr=qr,
            form=form,
            off_form=ConfirmPasswordForm(),
            message=message,
        ), status


@bp.post("/tai-khoan/hai-lop/bat")
@needs(SIGNED_IN)
def prepare_two_factor() -> ResponseReturnValue:
    with transaction("prepare_totp") as db:
        second_factor.prepare(db, current_actor())
    return redirect(url_for("organisation.two_factor"))


@bp.post("/tai-khoan/hai-lop/xac-nhan")
@needs(SIGNED_IN)
def confirm_two_factor() -> ResponseReturnValue:
    """The first code turns it on; the recovery codes are shown in this answer only."""
    form = CodeForm()
    if not form.validate_on_submit():
        return two_factor_page(form, None, 422)
    try:
        with transaction("confirm_totp") as db:
            codes = second_factor.confirm(db, current_actor(), code=form.code.data)
    except InvalidInput as error:
        return two_factor_page(form, show_error(form, error), 422)
    return render_template("organisation/recovery_codes.html", codes=codes)


@bp.post("/tai-khoan/hai-lop/ma-du-phong")
@needs(SIGNED_IN)
def renew_recovery_codes() -> ResponseReturnValue:
    form = ConfirmPasswordForm()
    if not form.validate_on_submit():
        return two_factor_page(CodeForm(formdata=None), _("Hãy nhập mật khẩu để xác nhận."), 422)
    try:
        checked_password(form.password.data, field="password")
    except InvalidInput as error:
        return two_factor_page(CodeForm(formdata=None), error.user_message, 422)
    with transaction("renew_recovery_codes") as db:
        codes = second_factor.renew_recovery_codes(db, current_actor())
    return render_template("organisation/recovery_codes.html", codes=codes)


@bp.post("/tai-khoan/hai-lop/tat")
@needs(SIGNED_IN)
def remove_two_factor() -> ResponseReturnValue:
    form = ConfirmPasswordForm()
    if not form.validate_on_submit():
        return two_factor_page(CodeForm(formdata=None), _("Hãy nhập mật khẩu để xác nhận."), 422)
    try:
        checked_password(form.password.data, field="password")
    except InvalidInput as error:
        return two_factor_page(CodeForm(formdata=None), error.user_message, 422)
    actor = current_actor()
    with transaction("remove_totp") as db:
        second_factor.remove(db, actor, person_id=actor.person_id or 0)
    return done(_("Đã tắt xác thực hai lớp."), "organisation.two_factor")


@bp.get("/tai-khoan/phien-dang-nhap", endpoint="sessions")
@needs(SIGNED_IN)
def session_list() -> ResponseReturnValue:
    """Where the person is signed in, to end what they do not know."""
    with reading() as db:
        rows = open_sessions(db, current_actor().person_id or 0, idle=settings().session_idle)
        return render_template(
            "organisation/sessions.html", rows=rows, current=sessions.current_session_id()
        )


@bp.post("/tai-khoan/phien-dang-nhap/<int:session_id>/ket-thuc")
@needs(SIGNED_IN)
def revoke_session(session_id: int) -> ResponseReturnValue:
    with transaction("revoke_session") as db:
        signing_in.revoke_session(db, current_actor(), session_id=session_id)
    return done(_("Đã kết thúc phiên đăng nhập."), "organisation.sessions")


@bp.post("/tai-khoan/phien-dang-nhap/ket-thuc-het")
@needs(SIGNED_IN)
def revoke_other_sessions() -> ResponseReturnValue:
    actor, here = current_actor(), sessions.current_session_id()
    with transaction("revoke_sessions") as db:
        signing_in.sign_out_elsewhere(db, actor, session_id=here)
    return done(_("Đã kết thúc mọi phiên khác."), "organisation.sessions")


@bp.post("/tai-khoan/chuc-vu")
@needs(SIGNED_IN)
def switch_post() -> ResponseReturnValue:
    """The switch in the top bar: which post signs new things here."""
    post_id = request.form.get("post_id", type=int) or 0
    with transaction("switch_post") as db:
        signing_in.switch_post(
            db, current_actor(), session_id=sessions.current_session_id(), post_id=post_id
        )
    return redirect(safe_next(request.form.get("next")))
