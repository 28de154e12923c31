"""Packets between organs (edXML): in, out, and the statuses told both ways."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

from app.exchange import permissions, queries
from app.organisation.acts import describe
from app.web.shell import NavItem, navigation

ACTS = {
    "exchange_packet.received": "Nhận gói tin liên thông",
    "exchange_packet.broken": "Gói tin liên thông không đọc được",
    "exchange_packet.held": "Giữ lại gói tin liên thông chờ xét",
    "exchange_packet.discarded": "Bỏ gói tin liên thông",
    "exchange_packet.handled": "Đánh dấu gói tin liên thông đã xử lý",
    "exchange_packet.made": "Lập gói tin liên thông",
    "exchange_packet.retried": "Xử lý lại gói tin liên thông",
    "exchange_packet.purged": "Hủy nội dung gói tin liên thông",
    "exchange_packet.downloaded": "Tải gói tin liên thông",
    "exchange_packet.told": "Báo trạng thái cho nơi gửi",
    "exchange_packet.heard": "Nhận trạng thái từ nơi nhận",
    "exchange_packet.answered": "Trả lời yêu cầu thu hồi",
    "exchange_status.dismissed": "Đánh dấu trạng thái không khớp là đã xử lý",
    "mail_arrival.taken": "Nhận thư từ hộp thư",
    "mail_arrival.refused": "Không nhận thư từ hộp thư",
    "mail_arrival.purged": "Hủy nội dung thư",
    "mail_sending.again": "Gửi lại thư điện tử",
    "mail_sending.noted": "Ghi nhận gửi thư điện tử",
    "mailbox.asked": "Yêu cầu lấy thư ngay",
}


def register(app: Flask) -> None:
    """Bind the folders; make pages, consumer, chores and commands known."""
    from app import relay
    from app.cli import add_command
    from app.exchange import entry, folders, handlers, neighbours, watching
    from app.exchange.commands import exchange_cli
    from app.exchange.mail import handlers as mail_handlers
    from app.exchange.mail import health as mail_health
    from app.exchange.mail import polling
    from app.exchange.views import bp
    from app.web import health
    from app.web.shell import settings

    limit = settings(app).limits.upload_bytes
    folders.configure(settings(app).exchange_dir, settings(app).var_dir / "exchange-held")
    relay.register(handlers.consumer())
    relay.register(mail_handlers.consumer())
    box = settings(app).mailbox
    relay.every(5.0, "mailbox", lambda: polling.poll_when_due(box, limit=limit))
    health.register("mailbox", lambda session: mail_health.line(session, box))
    relay.every(5.0, "exchange-upkeep", lambda: entry.keep_up(limit=limit))
    relay.every(5.0, "exchange-folder", lambda: watching.scan(limit=limit))
    neighbours.register()
    add_command(exchange_cli)
    app.register_blueprint(bp)
    describe(ACTS)
    navigation.add(
        NavItem(
            "exchange", _("Văn bản"), _("Liên thông"), "arrows-exchange", "exchange.index",
            permission=permissions.READ, counter=queries.packets.counted_troubled, order=18,
        )
    )  # fmt: skip
