"""Working time: calendars, holidays, and deadlines that explain themselves."""

from __future__ import annotations

from flask import Flask

from app import cli
from app.web.shell import NavItem, navigation
from app.worktime import permissions
from app.worktime.commands import worktime_cli
from app.worktime.views import bp


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    cli.add_command(worktime_cli)
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
