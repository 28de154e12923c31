"""/ho-so/ban-giao: one page that lists what a post holds and hands it over in one act."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit
from app.casefiles import opening, permissions, protocols
from app.casefiles.forms import HandOverForm, SignedForm
from app.casefiles.queries.holdings import held_by
from app.casefiles.services import handovers as services
from app.casefiles.services.handovers import HANDOVER
from app.casefiles.views.blueprint import bp
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, PermissionDenied
from app.files.models import StoredFile
from app.files.serving import send
from app.files.store import current_store
from app.notifications.services import mark_read
from app.organisation import queries as organisation
from app.organisation.queries import post_label
from app.security import Actor
from app.tasks.forms import show_error
from app.web.gate import needs
from app.web.shell import current_actor, settings


@bp.get("/ban-giao")
@needs(permissions.HAND_OVER_WORK)
def leaving() -> ResponseReturnValue:
    """What a post holds: the actor's own, or one of those they answer for (`?chuc-vu=`)."""
    own = services.as_oneself(current_actor()).post_id
    post_id = request.args.get("chuc-vu", type=int) or own
    return show_leaving(post_id or 0, HandOverForm(formdata=None))


def show_leaving(post_id: int, form: HandOverForm, message: str | None = None) -> str:
    actor = current_actor()
    with reading() as session:
        must_reach(session, actor, post_id)
        groups = held_by(session, actor, post_id)
        count = sum(len(group.items) for group in groups)
        people = organisation.people_choices(session)
        form.to_post_id.choices = [("", ""), *(
            (str(one.post_id), one.label) for one in people if one.post_id != post_id
        )]  # fmt: skip
        form.expected.data = str(count)
        posts = [one for one in people if services.may_hand_over(session, actor, one.post_id)]
        return render_template(
            "casefiles/leaving.html",
            form=form,
            message=message,
            post_id=post_id,
            who=post_label(session, [post_id]).get(post_id, ""),
            groups=groups,
            count=count,
            posts=[(one.post_id, one.label) for one in posts],
            past=services.handovers(session, actor),
        )


def must_reach(session: Session, actor: Actor, post_id: int) -> None:
    if not services.may_hand_over(session, actor, post_id):
        raise PermissionDenied(f"post {post_id} is not person {actor.person_id}'s")


@bp.post("/ban-giao/<int:post_id>")
@needs(permissions.HAND_OVER_WORK)
def hand_over(post_id: int) -> ResponseReturnValue:
    """The act. The protocol is printed after it."""
    actor, form = current_actor(), HandOverForm()
    with reading() as session:
        people = organisation.people_choices(session)
        form.to_post_id.choices = [(str(one.post_id), one.label) for one in people]
    if not form.validate_on_submit():
        return show_leaving(post_id, form), 422
    expected = form.expected.data or ""
    try:
        with transaction("casefiles.hand_over_work") as session:
            done = services.hand_over_work(
                session, actor, from_post_id=post_id, to_post_id=int(form.to_post_id.data),
                reason=form.reason.data or "",
                expected=int(expected) if expected.isdigit() else None,
            )  # fmt: skip
    except InvalidInput as error:
        return show_leaving(post_id, form, show_error(form, error)), 422
    protocols.protocol_of(current_store(), actor, settings().organ_name, done.token)
    flash(_("Đã bàn giao công việc."), "ok")
    return redirect(url_for("casefiles.handover", token=done.token))


@bp.get("/ban-giao/<token>")
@needs(permissions.HAND_OVER_WORK)
def handover(token: str) -> ResponseReturnValue:
    """What was handed over, and its protocol."""
    return show_handover(token)


def show_handover(token: str, message: str | None = None) -> str:
    actor = current_actor()
    with reading() as session:
        done_id = services.get_handover(session, actor, token).id
        to_note = opening.look_is_news(session, actor, HANDOVER, done_id)
    if to_note:
        with transaction("casefiles.handover_read") as session:
            audit.record_read(session, actor, HANDOVER, done_id, "read")
            mark_read(session, actor, thing=(HANDOVER, done_id))
    with reading() as session:
        done = services.get_handover(session, actor, token)
        return render_template(
            "casefiles/handover.html",
            done=done,
            groups=protocols.GROUPS,
            form=SignedForm(formdata=None),
            message=message,
        )


@bp.get("/ban-giao/<token>/bien-ban.pdf")
@needs(permissions.HAND_OVER_WORK)
def protocol(token: str) -> Response:
    """The printed protocol, or with `?ky=1` the signed one."""
    actor = current_actor()
    if request.args.get("ky") == "1":
        with reading() as session:
            signed_id = services.get_handover(session, actor, token).signed_id
            if signed_id is None:
                raise NotFound(f"hand-over {token} is not signed")
            file = session.get_one(StoredFile, signed_id)
    else:
        file = protocols.protocol_of(current_store(), actor, settings().organ_name, token)
    return send(current_store(), file)


@bp.post("/ban-giao/<token>/da-ky")
@needs(permissions.HAND_OVER_WORK)
def signed(token: str) -> ResponseReturnValue:
    """Take the signed protocol."""
    form = SignedForm()
    if not form.validate_on_submit():
        return show_handover(token, _("Hãy chọn tệp biên bản đã ký.")), 422
    content = form.file.data.read(protocols.MOST_BYTES + 1)
    try:
        protocols.take_signed(current_store(), current_actor(), token, content)
    except InvalidInput as error:
        return show_handover(token, error.user_message), 422
    flash(_("Đã nhận biên bản đã ký."), "ok")
    return redirect(url_for("casefiles.handover", token=token))
