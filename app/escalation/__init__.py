"""Escalation: who is called, and the next above them until somebody says “Đã nhận”."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.web import health
from app.web.health import HealthLine

LOOKED_BACK = timedelta(days=7)

ACTS = {
    "escalation.started": "Bắt đầu gọi theo cấp",
    "escalation.acknowledged": "Xác nhận đã nhận cuộc gọi",
    "escalation.not_answered": "Gọi điện không được",
    "escalation.stopped": "Dừng gọi theo cấp",
    "escalation_pause.set": "Tạm dừng gọi theo cấp",
    "escalation_pause.ended": "Kết thúc tạm dừng gọi theo cấp",
}


def register(app: Flask) -> None:
    """Make the kind, its consumers and pages known."""
    from app import kinds, outbox, relay
    from app.escalation import handlers, hooks, indexing, texting
    from app.escalation.waiting import letter_waits, task_place, task_waits
    from app.incoming.queries.letters import KIND as LETTER
    from app.organisation.acts import describe
    from app.tasks.queries import KIND as TASK
    from app.web.shell import settings

    kinds.register(indexing.kind)
    describe(ACTS)
    hooks.still_waits |= {LETTER: letter_waits, TASK: task_waits}
    hooks.place_of[TASK] = task_place
    relay.register(handlers.letters())
    texting.configure(settings(app))
    health.register("sms", sms_line)
    if texting.configured():
        relay.register(handlers.texts())
    else:
        outbox.unsubscribe("sms")
    add_pages(app)


def add_pages(app: Flask) -> None:
    """The pages, and their entry in the left bar."""
    from app.escalation.permissions import READ
    from app.escalation.queries import counted_calls
    from app.escalation.views import bp
    from app.web.shell import AccountLink, NavItem, account_links, navigation

    app.register_blueprint(bp)
    navigation.add(
        NavItem(
            "escalation", _("Điều hành"), _("Gọi theo cấp"), "phone", "escalation.index",
            permission=READ, counter=counted_calls, order=27,
        )
    )  # fmt: skip
    link = AccountLink("escalation.mine", _("Cuộc gọi của tôi"), "phone")
    if link not in account_links:
        account_links.append(link)


def sms_line(session: Session) -> HealthLine:
    """Whether text messages are set up, and how they went of late."""
    from app.clock import now
    from app.escalation import texting
    from app.escalation.queries import count_texts

    label = "Tin nhắn"
    if texting.configured() is None:
        return HealthLine(label, "ok", "Chưa cài cổng tin nhắn: gọi theo cấp không dùng tin nhắn.")
    sent, failed = count_texts(session, now() - LOOKED_BACK)
    text = f"Bảy ngày qua: {sent} tin đã gửi, {failed} tin không gửi được."
    return HealthLine(label, "warn" if failed else "ok", text)
