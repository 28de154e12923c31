"""What can be done with sources and signals, and who may (rights matrix of the office)."""

from __future__ import annotations

from app.security import Permission, Role, everywhere

READ = Permission(
    "feeds:read",
    "Xem nguồn tin, tình trạng các luồng dữ liệu và lỗi khi nhận",
    everywhere(Role.CHIEF_OF_OFFICE, Role.LEADER, Role.DUTY_OFFICER, Role.ADMINISTRATOR),
)
READ_SIGNALS = Permission(
    "feeds:read_signals",
    "Đọc nội dung tin báo trong hộp tin",
    everywhere(Role.CHIEF_OF_OFFICE, Role.LEADER, Role.DUTY_OFFICER),
)
CONFIGURE = Permission(
    "feeds:configure",
    "Khai báo nguồn tin, thiết bị gửi, cách đọc dữ liệu",
    everywhere(Role.ADMINISTRATOR),
)
REPLAY = Permission(
    "feeds:replay",
    "Xử lý lại hoặc bỏ qua tin không nhận được",
    everywhere(Role.DUTY_OFFICER, Role.ADMINISTRATOR),
)
