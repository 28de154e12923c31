"""What can be done with schedules, and who may (rights matrix of the office)."""

from __future__ import annotations

from app.security import Permission, Role, Scope

READ = Permission(
    "schedules:read",
    "Xem lịch công tác",
    {
        Role.CLERK: Scope.ALL,
        Role.SPECIALIST: Scope.ALL,
        Role.DEPARTMENT_HEAD: Scope.ALL,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.LEADER: Scope.ALL,
        Role.ONE_STOP_OFFICER: Scope.ALL,
        Role.DUTY_OFFICER: Scope.ALL,
    },
)
REGISTER = Permission(
    "schedules:register",
    "Đăng ký lịch công tác, đặt phòng họp và xe",
    {
        Role.CLERK: Scope.ALL,
        Role.SPECIALIST: Scope.OWN,
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.LEADER: Scope.OWN,
        Role.ONE_STOP_OFFICER: Scope.OWN,
    },
)
MERGE = Permission(
    "schedules:merge",
    "Tổng hợp lịch tuần, sửa lịch của các đơn vị, quản lý phòng họp và xe",
    {Role.CLERK: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL},
)
APPROVE = Permission(
    "schedules:approve",
    "Duyệt lịch công tác tuần",
    {Role.CHIEF_OF_OFFICE: Scope.ALL, Role.LEADER: Scope.OWN},
)
PUBLISH = Permission(
    "schedules:publish",
    "Ban hành lịch công tác tuần",
    {Role.CHIEF_OF_OFFICE: Scope.ALL},
)
