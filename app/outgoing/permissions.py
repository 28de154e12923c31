"""What can be done with documents going out, and who may. Matrix: domain.md 9."""

from __future__ import annotations

from app.security import Permission, Role, Scope

_STAFF = {
    Role.CLERK: Scope.ALL,
    Role.CHIEF_OF_OFFICE: Scope.ALL,
    Role.LEADER: Scope.ALL,
    Role.DEPARTMENT_HEAD: Scope.UNIT,
    Role.SPECIALIST: Scope.OWN,
    Role.ONE_STOP_OFFICER: Scope.OWN,
    Role.DUTY_OFFICER: Scope.OWN,
}
READ = Permission("outgoing:read", "Xem văn bản đi của mình hoặc được gửi", dict(_STAFF))
DRAFT = Permission(
    "outgoing:draft",
    "Soạn thảo văn bản đi, trình duyệt",
    {
        Role.CLERK: Scope.OWN,
        Role.SPECIALIST: Scope.OWN,
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.CHIEF_OF_OFFICE: Scope.UNIT,
        Role.LEADER: Scope.ALL,
        Role.ONE_STOP_OFFICER: Scope.OWN,
        Role.DUTY_OFFICER: Scope.OWN,
    },
)
REVIEW = Permission(
    "outgoing:review",
    "Duyệt nội dung dự thảo",
    {Role.DEPARTMENT_HEAD: Scope.ALL, Role.LEADER: Scope.ALL},
)
CHECK_FORM = Permission(
    "outgoing:check_form",
    "Kiểm tra thể thức dự thảo",
    {Role.CLERK: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL, Role.LEADER: Scope.ALL},
)
SIGN = Permission(
    "outgoing:sign",
    "Ký văn bản (thừa lệnh: khi được giao)",
    {Role.LEADER: Scope.ALL, Role.DEPARTMENT_HEAD: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL},
)
ISSUE = Permission(
    "outgoing:issue",
    "Cấp số, đóng dấu, phát hành văn bản, cấp bản sao",
    {Role.CLERK: Scope.ALL},
)
RECALL = Permission(
    "outgoing:recall",
    "Thu hồi, đính chính, thay thế văn bản đã phát hành",
    {Role.CLERK: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL, Role.LEADER: Scope.ALL},
)
EXPORT = Permission(
    "outgoing:export",
    "In và xuất sổ đăng ký văn bản đi, sổ gửi bưu điện",
    {Role.CLERK: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL},
)
CONFIGURE = Permission(
    "outgoing:configure",
    "Mẫu văn bản, dãy số theo loại văn bản",
    {Role.CHIEF_OF_OFFICE: Scope.ALL, Role.CLERK: Scope.ALL},
)
