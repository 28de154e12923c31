"""Operations: incidents, what told of them, who answers them."""

from __future__ import annotations

from flask import Flask

ACTS = {
    "incident.raised": "Ghi nhận sự cố",
    "incident.read": "Mở sự cố",
    "incident.moved": "Chuyển trạng thái sự cố",
    "incident.edited": "Sửa thông tin sự cố",
    "incident.judged": "Đổi mức độ sự cố",
    "incident.merged": "Gộp sự cố trùng",
    "incident.parted": "Bỏ gộp sự cố",
    "incident.said_apart": "Xác nhận hai sự cố khác nhau",
}


def register(app: Flask) -> None:
    """Hear alarms and events; add the kind."""
    from app import kinds
    from app.feeds.processors import register_target
    from app.operations import indexing
    from app.operations.processing import EVENTS
    from app.operations.services.hearing import hear_alarms
    from app.organisation.acts import describe
    from app.sensors.hooks import alarms_changed

    kinds.register(indexing.kind)
    register_target(EVENTS)
    alarms_changed.subscribe(hear_alarms)
    describe(ACTS)
