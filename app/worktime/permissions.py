"""Who keeps the working calendar."""

from __future__ import annotations

from app.security import Permission, Role, everywhere

EDIT_CALENDAR = Permission(
    "worktime:edit_calendar",
    "Sửa lịch làm việc, ngày nghỉ",
    everywhere(Role.CHIEF_OF_OFFICE, Role.ADMINISTRATOR),
)
