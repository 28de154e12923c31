"""What can be done with register books, and who may."""

from __future__ import annotations

from app.security import Permission, Role, Scope

READ = Permission(
    "registers:read",
    "Xem sổ đăng ký và tính liên tục của số",
    {
        Role.CLERK: Scope.ALL,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.LEADER: Scope.ALL,
        Role.ADMINISTRATOR: Scope.ALL,
    },
)
KEEP = Permission(
    "registers:keep",
    "Đặt số bắt đầu, hủy số trong sổ",
    {Role.CLERK: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL},
)
INSERT_LATE = Permission(
    "registers:insert_late",
    "Chèn số (15a) vào sổ",
    {Role.CLERK: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL},
)
CONFIGURE = Permission(
    "registers:configure",
    "Mở sổ, cấu hình dãy số",
    {Role.CHIEF_OF_OFFICE: Scope.ALL, Role.ADMINISTRATOR: Scope.ALL},
)
