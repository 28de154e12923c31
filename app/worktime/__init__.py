"""Working time: calendars, holidays, and deadlines that explain themselves."""

from __future__ import annotations

from flask import Flask

from app import cli, relay
from app.organisation.acts import describe
from app.web.shell import NavItem, navigation
from app.worktime import permissions
from app.worktime.commands import worktime_cli
from app.worktime.services import recount_waiting, warn_due
from app.worktime.views import bp

RECOUNT_SECONDS, WARN_SECONDS = 2.0, 60.0
ACTS = {
    "worktime.loaded": "Nạp lịch làm việc",
    "worktime.calendar_added": "Thêm lịch của quầy",
    "worktime.week_set": "Đổi tuần làm việc",
    "worktime.day_set": "Khai ngày khác thường lệ",
    "worktime.day_unset": "Bỏ ngày khác thường lệ",
    "clock.started": "Bắt đầu tính thời hạn",
    "clock.paused": "Tạm dừng thời hạn",
    "clock.resumed": "Tính tiếp thời hạn",
    "clock.extended": "Gia hạn",
    "clock.finished": "Kết thúc thời hạn",
    "clock.reopened": "Mở lại thời hạn",
    "clock.stage_finished": "Xong một bước",
}


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    cli.add_command(worktime_cli)
    relay.every(RECOUNT_SECONDS, "worktime.recount", recount_waiting)
    relay.every(WARN_SECONDS, "worktime.warn", warn_due)
    describe(ACTS)
    navigation.add(
        NavItem(
            "worktime",
            "Quản trị",
            "Lịch làm việc",
            "calendar-time",
            "worktime.year",
            permission=permissions.EDIT_CALENDAR,
            order=95,
        )
    )
