"""/lien-thong/thu: mails that came and went, one mail, “Lấy thư ngay”, “Gửi lại”."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading, transaction
from app.errors import NotFound, RuleViolated
from app.exchange import permissions
from app.exchange.mail import polling, sending
from app.exchange.models import ARRIVAL_LABELS, SENDING_LABELS, ArrivalState, SendingState
from app.exchange.queries import mails as queries
from app.exchange.queries.mails import MAIL_TAB_LABELS, OF_SENDINGS, MailPage, MailTab
from app.exchange.views.blueprint import SIZES, bp
from app.web.gate import needs
from app.web.shell import current_actor, settings

EMPTY = {
    MailTab.IN: "Chưa có thư nào từ hộp thư.",
    MailTab.OUT: "Chưa gửi văn bản nào bằng thư điện tử.",
    MailTab.TROUBLED: "Mọi thư đến đều đã nhận đủ.",
    MailTab.RETURNED: "Không có thư nào bị từ chối hay trả lại.",
}
TONES = {
    ArrivalState.RECEIVED: "info",
    ArrivalState.TAKEN: "ok",
    ArrivalState.REFUSED: "late",
    ArrivalState.DOUBLE: "mute",
    ArrivalState.BOUNCE: "warn",
    ArrivalState.PURGED: "mute",
    SendingState.QUEUED: "info",
    SendingState.ACCEPTED: "ok",
    SendingState.REFUSED: "late",
    SendingState.BOUNCED: "late",
}


@bp.get("/thu")
@needs(permissions.READ)
def mails() -> ResponseReturnValue:
    """The list; for htmx only its card."""
    actor, box = current_actor(), settings().mailbox
    tab = next((one for one in MailTab if one.value == request.args.get("tab")), MailTab.IN)
    size = request.args.get("size", SIZES[0], type=int)
    text = request.args.get("q", "").strip()[:200]
    with reading() as session:
        page = queries.page_of_mails(
            session, actor, tab, text=text,
            page=min(request.args.get("page", 1, type=int), 1_000_000),
            size=size if size in SIZES else SIZES[0],
        )  # fmt: skip
        template = "_mails.html" if "HX-Request" in request.headers else "mails.html"
        return render_template(
            f"exchange/{template}",
            page=page,
            tab=tab.value,
            text=text,
            tab_items=tab_items(page, text),
            outgoing=tab in OF_SENDINGS,
            states={**ARRIVAL_LABELS, **SENDING_LABELS},
            tones=TONES,
            lost=queries.LOST,
            nothing=EMPTY[tab],
            may_handle=actor.may(permissions.HANDLE),
            has_box=box is not None,
            box=queries.mailbox_of(session, box.name) if box else None,
        )


def tab_items(page: MailPage, text: str) -> list[dict[str, Any]]:
    """The tabs with their numbers; the search goes along."""
    return [
        {
            "key": tab.value,
            "label": _(MAIL_TAB_LABELS[tab]),
            "url": url_for("exchange.mails", tab=tab.value, q=text or None),
            "count": page.counts[tab],
        }
        for tab in MailTab
    ]


@bp.get("/thu/<token>")
@needs(permissions.READ)
def mail(token: str) -> str:
    """One mail that came: what it said, what became of each attachment."""
    actor = current_actor()
    with reading() as session:
        found = queries.get_arrival(session, actor, token)
        return render_template(
            "exchange/mail.html",
            mail=found,
            parts=queries.parts_of(session, actor, found.id),
            letter=queries.letter_of(session, actor, found.id),
            states=ARRIVAL_LABELS,
            tones=TONES,
        )


@bp.post("/thu/lay-ngay")
@needs(permissions.HANDLE)
def look_now() -> ResponseReturnValue:
    """Have the mailbox looked into at the relay's next turn."""
    box = settings().mailbox
    if box is None:
        flash(_("Chưa cài hộp thư."), "warn")
    else:
        polling.ask(current_actor(), box)
        flash(_("Hệ thống đang lấy thư; thư mới hiện trong ít phút."), "ok")
    return redirect(url_for("exchange.mails"))


@bp.post("/thu/di/<int:sending_id>/gui-lai")
@needs(permissions.HANDLE)
def send_again(sending_id: int) -> ResponseReturnValue:
    """Send a refused or returned mail once more."""
    actor = current_actor()
    try:
        with transaction("mail.send_again") as session:
            queries.get_sending(session, actor, sending_id)
            sending.send_again(session, actor, sending_id=sending_id)
    except RuleViolated as error:
        flash(error.user_message, "warn")
    except NotFound:
        flash(_("Không có thư này."), "warn")
    else:
        flash(_("Hệ thống đang gửi lại thư."), "ok")
    return redirect(url_for("exchange.mails", tab=MailTab.OUT.value))
