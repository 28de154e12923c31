"""Telling people: notices in the product, the daily digest, mail, live pages."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app import outbox, relay
from app.clock import now
from app.notifications import mail, queries
from app.notifications.handlers import MailConsumer
from app.notifications.views import bp
from app.web import health
from app.web.health import HealthLine
from app.web.shell import AccountLink, account_links, other_counters, settings

LOOKED_BACK = timedelta(days=7)
LINK = AccountLink("notifications.preferences", _("Thông báo của tôi"), "bell-ringing")


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    other_counters["unread"] = queries.counted_unread
    health.register("mail", mail_line)
    if LINK not in account_links:
        account_links.append(LINK)
    mail.configure(settings(app))
    if mail.configured():
        relay.register(MailConsumer())
    else:
        outbox.unsubscribe(MailConsumer.name)


def mail_line(session: Session) -> HealthLine:
    """Whether mail is set up, and how it went of late."""
    label, post = "Thư điện tử", mail.configured()
    if post is None:
        return HealthLine(label, "ok", "Chưa cài máy chủ thư: thông báo chỉ có trong hệ thống.")
    sent, refused = queries.count_mails(session, now() - LOOKED_BACK)
    text = f"Gửi qua {post.server.host}:{post.server.port}. Bảy ngày qua: {sent} thư đã gửi"
    text += f", {refused} thư không gửi được." if refused else "."
    if not post.public_url:
        text += " Chưa cài PUBLIC_URL: thư không có đường dẫn."
    return HealthLine(label, "warn" if refused or not post.public_url else "ok", text)
