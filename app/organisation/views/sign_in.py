"""From the sign-in page to an open session: password, second factor, first password."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading, transaction
from app.errors import InvalidInput, NotFound
from app.organisation import passwords, sessions
from app.organisation.forms import CodeForm, NewPasswordForm, SignInForm, show_error
from app.organisation.models import Stage
from app.organisation.services import second_factor, signing_in
from app.organisation.services.signing_in import Opened
from app.organisation.services.throttle import Throttled
from app.organisation.views.blueprint import bp, safe_next
from app.web.gate import public
from app.web.shell import current_actor, optional_actor, settings

AFTER = "after"  # where the person wanted to go, kept in the cookie through the stages


@bp.route("/dang-nhap", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Login and password. The answer is the same for a wrong password and an unknown login."""
    form = SignInForm(next=request.args.get("next"))
    if request.method == "GET" and optional_actor() is not None:
        return redirect(safe_next(request.args.get("next")))
    if not form.validate_on_submit():
        return page("sign_in", form, status=422 if request.method == "POST" else 200)
    try:
        opened = check_password(form.login.data, form.password.data)
    except Throttled as error:
        return page("sign_in", form, message=error.user_message, status=429)
    if opened is None:
        return page("sign_in", form, message=signing_in.WRONG, status=422)
    return go_on(opened, form.next.data)


def check_password(login: str, password: str) -> Opened | None:
    """Count the attempt, compare outside any transaction, open a session if it is right."""
    browser, absolute = sessions.browser(), settings().session_absolute
    with transaction("begin_sign_in") as db:
        candidate = signing_in.begin_sign_in(db, login=login, address=browser.address)
    typed = passwords.tidy_code(password) if candidate.one_time else password
    right = passwords.verify(candidate.password_hash, typed)
    with transaction("finish_sign_in") as db:
        return signing_in.finish_sign_in(
            db, candidate=candidate, right=right, browser=browser, absolute=absolute
        )


def go_on(opened: Opened, after: str | None) -> ResponseReturnValue:
    """Hand the browser its token and send it to what is still missing, or into the system."""
    sessions.remember(opened)
    if opened.stage is Stage.OPEN:
        return redirect(safe_next(after))
    session[AFTER] = safe_next(after)
    if opened.stage is Stage.SECOND_FACTOR:
        return redirect(url_for("organisation.enter_code"))
    return redirect(url_for("organisation.first_password"))


@bp.route("/dang-nhap/ma-xac-thuc", methods=["GET", "POST"])
@public
def enter_code() -> ResponseReturnValue:
    """The second factor: a code of the phone, or a recovery code."""
    token = sessions.pending_token()
    if token is None:
        return redirect(url_for("organisation.sign_in"))
    form = CodeForm()
    if not form.validate_on_submit():
        return page("enter_code", form, status=422 if request.method == "POST" else 200)
    try:
        with transaction("pass_second_factor") as db:
            row = signing_in.get_session_row(db, token, stage=Stage.SECOND_FACTOR, lock=True)
            opened = second_factor.pass_second_factor(
                db, row, code=form.code.data, absolute=settings().session_absolute
            )
    except NotFound as error:
        return start_again(error)
    except Throttled as error:
        return page("enter_code", form, message=error.user_message, status=429)
    if opened is None:
        return page("enter_code", form, message=second_factor.WRONG_CODE, status=422)
    return go_on(opened, session.get(AFTER))


@bp.route("/dang-nhap/mat-khau-moi", methods=["GET", "POST"])
@public
def first_password() -> ResponseReturnValue:
    """After a one-time code: nothing else opens before the person has a password of their own."""
    token = sessions.pending_token()
    if token is None:
        return redirect(url_for("organisation.sign_in"))
    form = NewPasswordForm()
    try:
        with reading() as db:
            person = signing_in.get_session_row(db, token, stage=Stage.NEW_PASSWORD).person
            login, full_name = person.login, person.full_name
    except NotFound as error:
        return start_again(error)
    if not form.validate_on_submit():
        return page("first_password", form, status=422 if request.method == "POST" else 200)
    try:
        passwords.check_strength(form.password.data, login=login, full_name=full_name)
    except InvalidInput as error:
        return page("first_password", form, message=show_error(form, error), status=422)
    password_hash = passwords.hash_password(form.password.data)
    try:
        with transaction("first_password") as db:
            row = signing_in.get_session_row(db, token, stage=Stage.NEW_PASSWORD, lock=True)
            signing_in.set_password(
                db, person_id=row.person_id, password_hash=password_hash, keep_session_id=row.id
            )
            opened = signing_in.advance(
                db, row, absolute=settings().session_absolute, passed=Stage.NEW_PASSWORD
            )
    except NotFound as error:
        return start_again(error)
    return go_on(opened, session.get(AFTER))


@bp.post("/dang-xuat")
@public
def sign_out() -> ResponseReturnValue:
    """End the session here; a second click does no harm."""
    if optional_actor() is not None:
        actor, session_id = current_actor(), sessions.current_session_id()
        with transaction("sign_out") as db:
            signing_in.sign_out(db, actor, session_id=session_id)
    sessions.forget()
    flash(_("Bạn đã đăng xuất."), "ok")
    return redirect(url_for("organisation.sign_in"))


def start_again(error: NotFound) -> ResponseReturnValue:
    sessions.forget()
    flash(error.user_message, "error")
    return redirect(url_for("organisation.sign_in"))


def page(
    name: str, form: object, *, message: str | None = None, status: int = 200
) -> ResponseReturnValue:
    return render_template(f"organisation/{name}.html", form=form, message=message), status
