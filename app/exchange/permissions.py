"""What can be done with packets between organs, and who may."""

from __future__ import annotations

from app.security import Permission, Role, Scope

_OFFICE = {Role.CLERK: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL}
READ = Permission("exchange:read", "Xem gói tin liên thông gửi và nhận", dict(_OFFICE))
HANDLE = Permission(
    "exchange:handle",
    "Nhận gói tin, trả lời yêu cầu thu hồi, gửi lại, tải gói tin gốc",
    dict(_OFFICE),
)
