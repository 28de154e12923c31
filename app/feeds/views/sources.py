"""/luong-du-lieu: all sources and how they do; one source, its devices and its form."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import now
from app.db import reading, transaction
from app.errors import AppError, InvalidInput, RuleViolated
from app.feeds import queries, services
from app.feeds.devices import device_secret
from app.feeds.forms import DeviceForm, EmptyForm, SourceForm
from app.feeds.models import FeedSource
from app.feeds.permissions import CONFIGURE, READ, READ_SIGNALS
from app.feeds.processors import targets
from app.feeds.views.blueprint import bp
from app.feeds.words import FORMAT_LABELS, KIND_LABELS, SourceKind
from app.organisation.forms import show_error
from app.web.gate import needs
from app.web.shell import current_actor, settings

BATCHES_SHOWN = 10


@bp.get("")
@needs(READ)
def index() -> ResponseReturnValue:
    """Every source with its last news, its rate and its troubles."""
    with reading() as session:
        template = "_sources" if "HX-Request" in request.headers else "index"
        return render_template(
            f"feeds/{template}.html",
            rows=queries.health(session),
            kinds=KIND_LABELS,
            target_labels=target_labels(),
            form=EmptyForm(),
            at=now(),
            may_configure=current_actor().may(CONFIGURE),
            may_read_signals=current_actor().may(READ_SIGNALS),
        )


@bp.route("/nguon/moi", methods=["GET", "POST"])
@needs(CONFIGURE)
def new_source() -> ResponseReturnValue:
    """Declare a source."""
    form = SourceForm()
    if not form.validate_on_submit():
        return show_form(form, None), 422 if form.is_submitted() else 200
    try:
        with transaction("feeds.add_source") as session:
            token = services.add_source(session, current_actor(), form.fields()).token
    except InvalidInput as error:
        return show_form(form, None, show_error(form, error)), 422
    flash(_("Đã khai báo nguồn."), "ok")
    return redirect(url_for("feeds.source", token=token))


@bp.get("/nguon/<token>")
@needs(READ)
def source(token: str) -> ResponseReturnValue:
    """One source: how it does, who may speak for it, what came last."""
    return show_source(token, DeviceForm(formdata=None))


@bp.route("/nguon/<token>/sua", methods=["GET", "POST"])
@needs(CONFIGURE)
def edit_source(token: str) -> ResponseReturnValue:
    """Change what is said of a source."""
    with reading() as session:
        one = queries.source_by_token(session, token)
    form = SourceForm(one)
    if not form.validate_on_submit():
        return show_form(form, one), 422 if form.is_submitted() else 200
    version = request.form.get("version", 0, type=int)
    try:
        with transaction("feeds.change_source") as session:
            services.change_source(session, current_actor(), one.id, form.fields(), version=version)
    except InvalidInput as error:
        return show_form(form, one, show_error(form, error)), 422
    except RuleViolated as error:
        return show_form(form, one, error.user_message), 409
    flash(_("Đã lưu nguồn."), "ok")
    return redirect(url_for("feeds.source", token=token))


@bp.post("/nguon/<token>/thiet-bi")
@needs(CONFIGURE)
def add_device(token: str) -> ResponseReturnValue:
    """A key for a device; its secret is shown on the answer, and never again."""
    form = DeviceForm()
    if not form.validate_on_submit():
        return show_source(token, form), 422
    try:
        with transaction("feeds.add_device") as session:
            source_id = queries.source_by_token(session, token).id
            device = services.add_device(session, current_actor(), source_id, form.name.data or "")
            key = device.key
    except InvalidInput as error:
        return show_source(token, form, message=show_error(form, error)), 422
    return show_source(token, DeviceForm(formdata=None), made=key)


@bp.post("/nguon/<token>/thiet-bi/<int:device_id>/thu-hoi")
@needs(CONFIGURE)
def revoke_device(token: str, device_id: int) -> ResponseReturnValue:
    """The device's signature is worth nothing from now on."""
    with transaction("feeds.revoke_device") as session:
        services.revoke_device(session, current_actor(), device_id)
    flash(_("Đã thu hồi khóa của thiết bị."), "ok")
    return redirect(url_for("feeds.source", token=token))


@bp.post("/nguon/<token>/lay-ngay")
@needs(CONFIGURE)
def ask_poll(token: str) -> ResponseReturnValue:
    """Look at a polled source next."""
    try:
        with transaction("feeds.ask_poll") as session:
            services.ask_poll(session, current_actor(), queries.source_by_token(session, token).id)
    except AppError as error:
        flash(error.user_message, "error")
    else:
        flash(_("Nguồn sẽ được lấy dữ liệu trong ít giây tới."), "ok")
    return redirect(request.referrer or url_for("feeds.index"))


def target_labels() -> dict[str, str]:
    """What sources bring, by the name of the target."""
    return {target.name: target.label for target in targets()}


def show_source(token: str, form: DeviceForm, *, message: str | None = None, made: str = "") -> str:
    """The page of a source; after a refusal with what was typed, with a new device its secret."""
    with reading() as session:
        one = queries.source_by_token(session, token)
        return render_template(
            "feeds/source.html",
            source=one,
            health=queries.health(session, token=token)[0],
            hears_broker=settings().mqtt_url is not None,
            batches=queries.newest_batches(session, one.id, limit=BATCHES_SHOWN),
            kinds=KIND_LABELS,
            formats=FORMAT_LABELS,
            target_labels=target_labels(),
            is_push=one.kind is SourceKind.PUSH,
            is_mqtt=one.kind is SourceKind.MQTT,
            form=form,
            message=message,
            made=made,
            secret=device_secret(settings().secret_key, made) if made else "",
            may_configure=current_actor().may(CONFIGURE),
            at=now(),
        )


def show_form(form: SourceForm, one: FeedSource | None, message: str | None = None) -> str:
    """The form of a source, with what each target takes."""
    return render_template(
        "feeds/source_form.html", form=form, source=one, message=message, targets=targets()
    )
