"""What can be done with the organisation, and by whom (domain reference, section 9)."""

from app.security import Permission, Role, everywhere

VIEW = Permission(
    "organisation:view",
    "Xem người dùng, đơn vị, chức vụ và ủy quyền",
    everywhere(Role.CHIEF_OF_OFFICE, Role.LEADER, Role.ADMINISTRATOR),
)
MANAGE = Permission(
    "organisation:manage",
    "Quản lý người dùng, vai trò, đơn vị, chức vụ",
    everywhere(Role.ADMINISTRATOR),
)
PROPOSE_DELEGATION = Permission(
    "organisation:propose_delegation",
    "Đề nghị ủy quyền xử lý thay",
    everywhere(Role.CHIEF_OF_OFFICE, Role.ADMINISTRATOR),
)
APPROVE_DELEGATION = Permission(
    "organisation:approve_delegation",
    "Duyệt ủy quyền xử lý thay",
    everywhere(Role.LEADER),
)
MANAGE_ORGANS = Permission(
    "organisation:manage_organs",
    "Sửa, gộp danh bạ cơ quan ban hành",
    everywhere(Role.CLERK, Role.ADMINISTRATOR),
)
READ_AUDIT = Permission(
    "audit:read",
    "Xem nhật ký hệ thống",
    everywhere(Role.CHIEF_OF_OFFICE, Role.LEADER, Role.ADMINISTRATOR),
)
