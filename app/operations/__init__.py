"""Operations: incidents, what told of them, who answers them."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

ACTS = {
    "incident.raised": "Ghi nhận sự cố",
    "incident.recorded": "Ghi nhận tin báo",
    "incident.read": "Mở sự cố",
    "incident.moved": "Chuyển trạng thái sự cố",
    "incident.edited": "Sửa thông tin sự cố",
    "incident.judged": "Đổi mức độ sự cố",
    "incident.merged": "Gộp sự cố trùng",
    "incident.parted": "Bỏ gộp sự cố",
    "incident.said_apart": "Xác nhận hai sự cố khác nhau",
    "playbook.drafted": "Soạn kịch bản ứng phó",
    "playbook.reworded": "Soạn phiên bản kịch bản ứng phó",
    "playbook.approved": "Ban hành kịch bản ứng phó",
    "playbook.switched_off": "Tắt kịch bản ứng phó",
    "playbook.started": "Khởi động kịch bản ứng phó",
    "playbook.decided": "Quyết định trong kịch bản ứng phó",
    "playbook.step_skipped": "Bỏ qua bước của kịch bản ứng phó",
    "response_unit.set": "Khai đơn vị ứng phó",
}


def register(app: Flask) -> None:
    """Hear alarms, events and finished tasks; add the kind and the playbooks' consumer."""
    from app import kinds, relay
    from app.feeds.processors import register_target
    from app.operations import escalating, handlers, indexing
    from app.operations.processing import EVENTS
    from app.operations.queries import KIND
    from app.operations.services.hearing import hear_alarms
    from app.operations.services.running import on_task_completed
    from app.organisation.acts import describe
    from app.schedules import glances
    from app.security import reserve
    from app.sensors.hooks import alarms_changed
    from app.tasks.hooks import task_completed

    reserve(KIND)
    kinds.register(indexing.kind)
    glances.register("incidents", indexing.open_at_a_glance)
    register_target(EVENTS)
    alarms_changed.subscribe(hear_alarms)
    task_completed.subscribe(on_task_completed)
    relay.register(handlers.consumer())
    relay.register(escalating.subscribe())
    describe(ACTS)
    add_pages(app)


def add_pages(app: Flask) -> None:
    """The pages and their entry in the left bar."""
    from app.operations.permissions import READ
    from app.operations.queries.desk import counted_open
    from app.operations.views import bp
    from app.web.shell import NavItem, navigation

    app.register_blueprint(bp)
    navigation.add(
        NavItem(
            "operations", _("Điều hành"), _("Bàn trực"), "alert-triangle", "operations.index",
            permission=READ, counter=counted_open, order=24,
        )
    )  # fmt: skip
