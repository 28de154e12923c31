"""What can be done with arriving documents, and who may."""

from __future__ import annotations

from app.security import Permission, Role, Scope

REGISTER = Permission(
    "incoming:register",
    "Tiếp nhận, vào sổ, cấp số đến, trình văn bản đến",
    {Role.CLERK: Scope.ALL},
)
READ = Permission(
    "incoming:read",
    "Xem văn bản đến được giao hoặc được gửi",
    {
        Role.CLERK: Scope.ALL,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
        Role.LEADER: Scope.ALL,
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.SPECIALIST: Scope.OWN,
        Role.ONE_STOP_OFFICER: Scope.OWN,
        Role.DUTY_OFFICER: Scope.OWN,
    },
)
PROPOSE = Permission(
    "incoming:propose",
    "Đề xuất xử lý văn bản đến với lãnh đạo",
    {Role.CHIEF_OF_OFFICE: Scope.ALL},
)
CLOSE = Permission(
    "incoming:close",
    "Trả lại, chuyển nơi khác, mở lại văn bản đến",
    {Role.CLERK: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL, Role.LEADER: Scope.ALL},
)
RECONCILE = Permission(
    "incoming:reconcile",
    "Đối chiếu tiếp nhận cuối ngày",
    {Role.CLERK: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL},
)
EXPORT = Permission(
    "incoming:export",
    "In và xuất sổ đăng ký văn bản đến",
    {Role.CLERK: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL},
)
CONFIGURE = Permission(
    "incoming:configure",
    "Cấu hình luồng chuyển thẳng theo quy chế, tiêu đề phải giữ như mật",
    {Role.CHIEF_OF_OFFICE: Scope.ALL, Role.ADMINISTRATOR: Scope.ALL},
)
