"""Packets between organs (edXML): in, out, and the statuses told both ways."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.exchange import permissions, queries
from app.organisation.acts import describe
from app.security import Actor
from app.web.shell import Count, NavItem, navigation

ACTS = {
    "exchange_packet.received": "Nhận gói tin liên thông",
    "exchange_packet.broken": "Gói tin liên thông không đọc được",
    "exchange_packet.made": "Lập gói tin liên thông",
    "exchange_packet.retried": "Xử lý lại gói tin liên thông",
    "exchange_packet.purged": "Hủy nội dung gói tin liên thông",
    "exchange_packet.downloaded": "Tải gói tin liên thông",
    "exchange_packet.told": "Báo trạng thái cho nơi gửi",
    "exchange_packet.heard": "Nhận trạng thái từ nơi nhận",
    "exchange_packet.answered": "Trả lời yêu cầu thu hồi",
}


def register(app: Flask) -> None:
    """Make pages known."""
    from app.exchange.views import bp

    app.register_blueprint(bp)
    describe(ACTS)
    navigation.add(
        NavItem(
            "exchange", _("Văn bản"), _("Liên thông"), "arrows-exchange", "exchange.index",
            permission=permissions.READ, counter=troubled, order=18,
        )
    )  # fmt: skip


def troubled(session: Session, actor: Actor) -> Count:
    """Packets that need a person."""
    number = queries.packets.count_troubled(session, actor)
    return Count(number, urgent=number > 0)
