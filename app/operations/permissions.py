"""What can be done with incidents, and who may (rights matrix of the office)."""

from __future__ import annotations

from app.security import Permission, Role, Scope

READ = Permission(
    "operations:read",
    "Xem sự cố",
    {
        Role.SPECIALIST: Scope.OWN,
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.LEADER: Scope.ALL,
        Role.DUTY_OFFICER: Scope.ALL,
    },
)
DESK = Permission(
    "operations:desk",
    "Xem bàn trực: mọi sự cố trên bản đồ, tín hiệu, thống kê báo nhầm",
    {Role.CHIEF_OF_OFFICE: Scope.ALL, Role.LEADER: Scope.ALL, Role.DUTY_OFFICER: Scope.ALL},
)
RECORD = Permission(
    "operations:record",
    "Ghi nhận, xác minh, điều động, gộp sự cố",
    {Role.DUTY_OFFICER: Scope.ALL},
)
HANDLE = Permission(
    "operations:handle",
    "Báo cáo từ hiện trường: trạng thái, ghi chú, ảnh",
    {
        Role.SPECIALIST: Scope.OWN,
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.LEADER: Scope.ALL,
        Role.DUTY_OFFICER: Scope.ALL,
    },
)
DECIDE = Permission(
    "operations:decide",
    "Quyết định mức độ, kết thúc, rút kinh nghiệm sự cố",
    {Role.LEADER: Scope.ALL, Role.DUTY_OFFICER: Scope.ALL},
)
APPROVE_PLAYBOOK = Permission(
    "operations:approve_playbook",
    "Ban hành, tắt kịch bản ứng phó",
    {Role.LEADER: Scope.ALL},
)
DRAFT_PLAYBOOK = Permission(
    "operations:draft_playbook",
    "Soạn kịch bản ứng phó, khai đơn vị ứng phó",
    {Role.DUTY_OFFICER: Scope.ALL},
)
