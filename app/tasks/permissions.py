"""What can be done with directives and tasks, and who may (rights matrix of the office)."""

from __future__ import annotations

from app.security import Permission, Role, Scope

DIRECT = Permission(
    "tasks:direct",
    "Cho ý kiến chỉ đạo (bút phê), chuyển, thu hồi",
    {
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.LEADER: Scope.ALL,
    },
)
CREATE = Permission(
    "tasks:create",
    "Giao việc",
    {
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.LEADER: Scope.ALL,
        Role.DUTY_OFFICER: Scope.OWN,
    },
)
HANDLE = Permission(
    "tasks:handle",
    "Xử lý việc được giao, báo cáo tiến độ, xin gia hạn",
    {
        Role.SPECIALIST: Scope.OWN,
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.LEADER: Scope.OWN,
        Role.ONE_STOP_OFFICER: Scope.OWN,
        Role.DUTY_OFFICER: Scope.OWN,
    },
)
ACCEPT = Permission(
    "tasks:accept",
    "Duyệt kết quả, quyết định gia hạn việc đã giao",
    {
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.LEADER: Scope.ALL,
    },
)
MONITOR = Permission(
    "tasks:monitor",
    "Theo dõi việc, xem “Tắc ở đâu”",
    {
        Role.CLERK: Scope.UNIT,
        Role.SPECIALIST: Scope.OWN,
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.LEADER: Scope.ALL,
        Role.ONE_STOP_OFFICER: Scope.OWN,
        Role.DUTY_OFFICER: Scope.ALL,
    },
)
URGE = Permission(
    "tasks:urge",
    "Đôn đốc",
    {
        Role.SPECIALIST: Scope.OWN,
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.LEADER: Scope.ALL,
        Role.ONE_STOP_OFFICER: Scope.OWN,
    },
)
