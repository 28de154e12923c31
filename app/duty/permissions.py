"""Who sees the duty desk's papers, who keeps them, who draws up the roster."""

from __future__ import annotations

from app.security import Permission, Role, Scope

READ = Permission(
    "duty:read",
    "Xem lịch trực, nhật ký, bàn giao và báo cáo trực ban",
    {Role.CHIEF_OF_OFFICE: Scope.ALL, Role.LEADER: Scope.ALL, Role.DUTY_OFFICER: Scope.ALL},
)
KEEP = Permission(
    "duty:keep",
    "Ghi nhật ký ca trực, bàn giao và nhận ca",
    {Role.DUTY_OFFICER: Scope.ALL},
)
PLAN = Permission(
    "duty:plan",
    "Lập lịch trực ban",
    {Role.CHIEF_OF_OFFICE: Scope.ALL, Role.DUTY_OFFICER: Scope.ALL},
)
