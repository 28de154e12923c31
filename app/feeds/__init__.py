"""What comes in from outside: the one door, and what could not be taken."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

ACTS = {
    "feed_source.added": "Khai báo nguồn tin",
    "feed_source.changed": "Sửa nguồn tin",
    "feed_source.asked": "Yêu cầu lấy dữ liệu ngay",
    "feed_device.added": "Cấp khóa cho thiết bị gửi",
    "feed_device.revoked": "Thu hồi khóa của thiết bị gửi",
    "feed_fault.replayed": "Xử lý lại dữ liệu lỗi",
    "feed_fault.discarded": "Bỏ qua dữ liệu lỗi",
    "feed_fault.solved": "Đã xử lý lại xong dữ liệu lỗi",
    "feed_signal.replayed": "Xử lý lại tin báo",
    "feed_signal.discarded": "Bỏ qua tin báo",
}
FAULTS_SECONDS = 5.0
FORGET_SECONDS = 3600.0


def register(app: Flask) -> None:
    """Work on what could not be taken, forget raw bytes in time."""
    from app import relay
    from app.feeds import chores
    from app.organisation.acts import describe

    relay.every(FAULTS_SECONDS, "feeds-faults", chores.work_on_faults)
    relay.every(FORGET_SECONDS, "feeds-forget", chores.forget_batches)
    describe(ACTS)
    add_pages(app)


def add_pages(app: Flask) -> None:
    """The pages and their entry in the left bar."""
    from app.feeds.permissions import READ
    from app.feeds.queries import waiting_troubles
    from app.feeds.views import bp
    from app.web.shell import NavItem, navigation

    app.register_blueprint(bp)
    navigation.add(
        NavItem(
            "feeds", _("Điều hành"), _("Luồng dữ liệu"), "network", "feeds.index",
            permission=READ, counter=waiting_troubles, order=27,
        )
    )  # fmt: skip
