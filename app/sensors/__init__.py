"""Sensors: things, streams, readings, rules and the alarms they raise."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

ACTS = {
    "thing.added": "Khai báo trạm đo",
    "thing.changed": "Sửa trạm đo",
    "thing.maintenance": "Báo bảo trì trạm đo",
    "datastream.added": "Khai báo luồng đo",
    "datastream.changed": "Sửa luồng đo",
    "rule.drafted": "Soạn quy tắc cảnh báo",
    "rule.reworded": "Soạn phiên bản quy tắc cảnh báo",
    "rule.approved": "Duyệt quy tắc cảnh báo",
    "rule.switched_off": "Tắt quy tắc cảnh báo",
}
SILENCE_SECONDS = 30.0
ROOM_SECONDS = 6 * 3600.0


def register(app: Flask) -> None:
    """Take observations, watch for silence, make the months' partitions."""
    from app import relay
    from app.feeds.processors import register_target
    from app.organisation.acts import describe
    from app.sensors import chores
    from app.sensors.ingesting import OBSERVATIONS

    register_target(OBSERVATIONS)
    relay.every(SILENCE_SECONDS, "sensors-silence", chores.watch_silence)
    relay.every(ROOM_SECONDS, "sensors-months", chores.make_room)
    describe(ACTS)
    add_pages(app)


def add_pages(app: Flask) -> None:
    """The pages and their entry in the left bar."""
    from app.sensors.permissions import READ
    from app.sensors.queries import counted_alarms
    from app.sensors.views import bp
    from app.web.shell import NavItem, navigation

    app.register_blueprint(bp)
    navigation.add(
        NavItem(
            "sensors", _("Điều hành"), _("Quan trắc"), "activity", "sensors.index",
            permission=READ, counter=counted_alarms, order=26,
        )
    )  # fmt: skip
