"""Notices, counters and the live stream."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import kinds
from app.clock import today
from app.db import reading, transaction
from app.notifications import mail, mailing, queries, services
from app.notifications.forms import MAIL, PRODUCT, PreferencesForm
from app.notifications.live import broadcaster, stream_lines
from app.notifications.models import DIGEST_HOUR, NotificationSetting
from app.organisation.queries import get_person
from app.web import shell
from app.web.gate import SIGNED_IN, needs
from app.web.shell import current_actor

bp = Blueprint("notifications", __name__, url_prefix="/thong-bao", template_folder="templates")

PAGE = 30


@bp.get("")
@needs(SIGNED_IN)
def index() -> ResponseReturnValue:
    """The notices of the person's posts, newest first."""
    before = request.args.get("before", type=int)
    with reading() as session:
        actor = current_actor()
        notices = queries.newest(session, actor, before=before, limit=PAGE)
        reminders = [] if before else queries.digest_of(session, actor, today())
        things = [(notice.kind, notice.thing_id) for notice in [*reminders, *notices]]
        cards = {(card.kind, card.id): card for card in kinds.cards(session, actor, things)}
        return render_template(
            "notifications/index.html",
            notices=notices,
            reminders=reminders,
            cards=cards,
            more=len(notices) == PAGE,
            unread=queries.unread_count(session, actor),
        )


@bp.post("/da-doc")
@needs(SIGNED_IN)
def mark_read() -> ResponseReturnValue:
    """Mark all notices, or those ticked, as read."""
    ids = request.form.getlist("id", type=int)
    with transaction() as session:
        services.mark_read(session, current_actor(), notification_ids=ids)
    return redirect(url_for("notifications.index"))


@bp.route("/cai-dat", methods=["GET", "POST"])
@needs(SIGNED_IN)
def preferences() -> ResponseReturnValue:
    """“Thông báo của tôi”: the digest by mail or only here, at which hour; Hỏa tốc at once."""
    form, actor = PreferencesForm(), current_actor()
    if form.validate_on_submit():
        with transaction("notifications.choose") as session:
            mailing.choose(
                session,
                actor,
                digest_by_mail=form.digest.data == MAIL,
                digest_hour=form.digest_hour.data,
                urgent_by_mail=form.urgent_by_mail.data,
            )
        flash(_("Đã lưu cách nhận thông báo."), "ok")
        return redirect(url_for("notifications.preferences"))
    with reading() as session:
        if request.method == "GET":
            form = _filled(queries.setting_of(session, actor.person_id or 0))
        return render_template(
            "notifications/preferences.html",
            form=form,
            address=get_person(session, actor.person_id or 0).email,
            mail_on=mail.configured() is not None,
        ), (422 if form.errors else 200)


def _filled(setting: NotificationSetting | None) -> PreferencesForm:
    found = setting or NotificationSetting(
        digest_by_mail=True, digest_hour=DIGEST_HOUR, urgent_by_mail=True
    )
    return PreferencesForm(
        digest=MAIL if found.digest_by_mail else PRODUCT,
        digest_hour=found.digest_hour,
        urgent_by_mail=found.urgent_by_mail,
    )


@bp.get("/dem")
@needs(SIGNED_IN)
def counts() -> ResponseReturnValue:
    """The counters of the frame as JSON: what the page polls when it has no stream."""
    with reading() as session:
        found = shell.counts(session, current_actor())
    return {"counters": {key: {"number": c.number, "urgent": c.urgent} for key, c in found.items()}}


@bp.get("/truc-tiep")
@needs(SIGNED_IN)
def live() -> ResponseReturnValue:
    """The stream of a visible page; 204 when this process has too many, and the page polls."""
    stream = broadcaster.join(current_actor())
    if stream is None:
        return "", 204
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    lines = stream_lines(broadcaster, stream)
    return Response(lines, mimetype="text/event-stream", headers=headers)
