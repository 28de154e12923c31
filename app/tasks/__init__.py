"""Directives, tasks and custody: who has to do what until when, and where everything is."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app import kinds
from app.organisation.acts import describe
from app.security import Role
from app.tasks import clocks, indexing, permissions, queries
from app.tasks.views import bp
from app.web import health
from app.web.health import HealthLine
from app.web.shell import NavItem, navigation

WATCHERS = frozenset(
    {
        Role.CLERK,
        Role.DEPARTMENT_HEAD,
        Role.CHIEF_OF_OFFICE,
        Role.LEADER,
        Role.DUTY_OFFICER,
    }
)
ACTS = {
    "directive.given": "Cho ý kiến chỉ đạo",
    "directive.recalled": "Thu hồi ý kiến chỉ đạo",
    "task.given": "Giao việc",
    "task.assigned": "Phân công người thực hiện",
    "task.read": "Mở công việc",
    "task.seen": "Xem công việc lần đầu",
    "task.reported": "Báo cáo tiến độ",
    "task.submitted": "Báo hoàn thành",
    "task.accepted": "Chấp nhận kết quả",
    "task.answered": "Xong do văn bản đã phát hành",
    "task.rejected": "Yêu cầu làm lại",
    "task.replaced": "Thay bằng việc mới",
    "task.returned": "Trả lại việc",
    "task.sent_again": "Giao lại việc",
    "task.return_asked": "Yêu cầu trả lại việc",
    "task.cancelled": "Hủy việc",
    "task.opinion_given": "Cho ý kiến phối hợp",
    "task.urged": "Đôn đốc",
    "task.opinion_asked": "Đôn đốc nơi phối hợp",
    "task.nudged": "Nhắc việc",
    "task.purged": "Xóa nội dung mật của việc",
    "task.parts_waived": "Bỏ qua việc tách chưa xong",
    "task.extension_asked": "Xin gia hạn",
    "task.extension_decided": "Trả lời gia hạn",
    "recurring_rule.made": "Lập báo cáo định kỳ",
    "recurring_rule.stopped": "Dừng báo cáo định kỳ",
}


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    kinds.register(indexing.kind)
    health.register("tasks", overdue_line)
    describe(ACTS)
    clocks.subscribe()
    navigation.add(
        NavItem(
            "tasks",
            _("Công việc của tôi"),
            _("Công việc"),
            "checklist",
            "tasks.index",
            permission=permissions.MONITOR,
            counter=queries.counted_mine,
            order=20,
            phone=True,
            letter="c",
        )
    )
    navigation.add(
        NavItem(
            "stuck",
            _("Điều hành"),
            _("Tắc ở đâu"),
            "hourglass",
            "tasks.stuck",
            roles=WATCHERS,
            permission=permissions.MONITOR,
            order=40,
        )
    )


def overdue_line(session: Session) -> HealthLine:
    """For the administrator: numbers without content."""
    running, late = queries.count_open(session)
    return HealthLine("Công việc", "ok", f"{running} việc đang mở, {late} việc quá hạn.")
