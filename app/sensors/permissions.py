"""What can be done with sensors, and who may (rights matrix of the office)."""

from __future__ import annotations

from app.security import Permission, Role, everywhere

READ = Permission(
    "sensors:read",
    "Xem trạm đo, số liệu quan trắc và cảnh báo",
    everywhere(Role.CHIEF_OF_OFFICE, Role.LEADER, Role.DUTY_OFFICER, Role.ADMINISTRATOR),
)
CONFIGURE = Permission(
    "sensors:configure",
    "Khai báo trạm đo, luồng đo; soạn quy tắc cảnh báo",
    everywhere(Role.ADMINISTRATOR),
)
APPROVE_RULE = Permission(
    "sensors:approve_rule",
    "Duyệt, bật và tắt quy tắc cảnh báo",
    everywhere(Role.CHIEF_OF_OFFICE, Role.LEADER),
)
MAINTAIN = Permission(
    "sensors:maintain",
    "Báo bảo trì trạm đo (không phát cảnh báo)",
    everywhere(Role.DUTY_OFFICER, Role.ADMINISTRATOR),
)
