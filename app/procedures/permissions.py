"""What can be done with procedures and dossiers, and who may (rights matrix of the office)."""

from __future__ import annotations

from app.security import Permission, Role, Scope

READ = Permission(
    "procedures:read",
    "Xem thủ tục và hồ sơ một cửa",
    {
        Role.SPECIALIST: Scope.OWN,
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.LEADER: Scope.ALL,
        Role.ONE_STOP_OFFICER: Scope.ALL,
    },
)
RECEIVE = Permission(
    "procedures:receive",
    "Tiếp nhận, trả kết quả, thu phí, in biểu mẫu; làm xong thủ tục trả ngay",
    {Role.ONE_STOP_OFFICER: Scope.ALL},
)
PROCESS = Permission(
    "procedures:process",
    "Xử lý hồ sơ một cửa được giao",
    {
        Role.SPECIALIST: Scope.OWN,
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.LEADER: Scope.ALL,
    },
)
DECIDE = Permission(
    "procedures:decide",
    "Phân công, ký kết quả, gia hạn, từ chối, dừng giải quyết hồ sơ một cửa",
    {
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.LEADER: Scope.ALL,
    },
)
CONFIGURE = Permission(
    "procedures:configure",
    "Khai và công bố thủ tục, phí, lệ phí",
    {
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.ADMINISTRATOR: Scope.ALL,
    },
)
REPORT = Permission(
    "procedures:report",
    "Xem và xuất báo cáo hồ sơ một cửa",
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
