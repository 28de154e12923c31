"""Duty shifts: the roster, the log, the handing over of the desk, the report of each morning."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

ACTS = {
    "duty_shift.planned": "Xếp lịch trực ban",
    "duty_shift.removed": "Bỏ ca trực khỏi lịch",
    "duty_handover.given": "Bàn giao ca trực",
    "duty_handover.taken": "Nhận bàn giao ca trực",
    "duty_report.made": "Lập báo cáo trực ban",
}


def register(app: Flask) -> None:
    """Make kind, acts and pages known; tell escalation who is on duty."""
    from app import kinds
    from app.duty import carrying, hooks, indexing
    from app.duty.queries import on_duty
    from app.escalation import hooks as escalation
    from app.organisation.acts import describe

    kinds.register(indexing.kind)
    describe(ACTS)
    hooks.carried["incidents"] = carrying.open_incidents
    hooks.carried["calls"] = carrying.open_calls
    if on_duty not in escalation.on_duty:
        escalation.on_duty.append(on_duty)
    add_pages(app)


def add_pages(app: Flask) -> None:
    """The pages, and their entry in the left bar."""
    from app.duty.permissions import READ
    from app.duty.views import bp
    from app.web.shell import NavItem, navigation

    app.register_blueprint(bp)
    navigation.add(
        NavItem(
            "duty", _("Điều hành"), _("Ca trực"), "notebook", "duty.index",
            permission=READ, order=25,
        )
    )  # fmt: skip
