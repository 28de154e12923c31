"""What can be done with case files, and who may (rights matrix of the office)."""

from __future__ import annotations

from app.security import Permission, Role, Scope

OWN_WORK = {
    Role.CLERK: Scope.OWN,
    Role.SPECIALIST: Scope.OWN,
    Role.DEPARTMENT_HEAD: Scope.UNIT,
    Role.CHIEF_OF_OFFICE: Scope.ALL,
    Role.LEADER: Scope.ALL,
    Role.ONE_STOP_OFFICER: Scope.OWN,
    Role.DUTY_OFFICER: Scope.OWN,
}
READ = Permission("casefiles:read", "Xem hồ sơ công việc được giao hoặc được chia sẻ", OWN_WORK)
MAKE = Permission(
    "casefiles:make", "Lập hồ sơ công việc, đưa văn bản vào, kết thúc hồ sơ", OWN_WORK
)
DRAFT_CATALOGUE = Permission(
    "casefiles:draft_catalogue",
    "Đề xuất danh mục hồ sơ của đơn vị",
    {
        Role.CLERK: Scope.ALL,
        Role.DEPARTMENT_HEAD: Scope.UNIT,
        Role.CHIEF_OF_OFFICE: Scope.ALL,
    },
)
KEEP_CATALOGUE = Permission(
    "casefiles:keep_catalogue",
    "Tổng hợp, nhập, trình danh mục hồ sơ",
    {Role.CLERK: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL},
)
APPROVE_CATALOGUE = Permission(
    "casefiles:approve_catalogue", "Duyệt danh mục hồ sơ hằng năm", {Role.LEADER: Scope.ALL}
)
ARCHIVE = Permission(
    "casefiles:archive",
    "Đóng gói, xác nhận nộp lưu hồ sơ",
    {Role.CLERK: Scope.ALL, Role.CHIEF_OF_OFFICE: Scope.ALL},
)
HAND_OVER_WORK = Permission("casefiles:hand_over_work", "Bàn giao công việc", OWN_WORK)
