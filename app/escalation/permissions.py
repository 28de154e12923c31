"""Who sees what is escalated, and who calls for the house. To be called needs no right."""

from __future__ import annotations

from app.security import Permission, Role, Scope

READ = Permission(
    "escalation:read",
    "Xem các cuộc gọi theo cấp, thử “Ai được gọi”",
    {Role.CHIEF_OF_OFFICE: Scope.ALL, Role.LEADER: Scope.ALL, Role.DUTY_OFFICER: Scope.ALL},
)
HANDLE = Permission(
    "escalation:handle",
    "Gọi điện và ghi kết quả, dừng cuộc gọi, tạm dừng khi bảo trì",
    {Role.DUTY_OFFICER: Scope.ALL},
)
