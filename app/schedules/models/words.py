"""The closed lists of schedules, with their Vietnamese words."""

from __future__ import annotations

import enum


class EntryState(enum.Enum):
    """Where an entry stands (domain: draft → registered → approved → published → …).

    What was changed after publication is PUBLISHED still; its `change` says how. DONE is set by
    the upkeep when a published entry is over.
    """

    DRAFT = "draft"  # typed but not registered, or given back by the office
    REGISTERED = "registered"  # by a unit, waits for the office
    APPROVED = "approved"  # merged into the week, waits for its publication
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    DONE = "done"


S = EntryState
NEXT: dict[EntryState, frozenset[EntryState]] = {
    S.DRAFT: frozenset({S.REGISTERED, S.APPROVED, S.PUBLISHED, S.CANCELLED}),
    S.REGISTERED: frozenset({S.DRAFT, S.APPROVED, S.PUBLISHED, S.CANCELLED}),
    S.APPROVED: frozenset({S.DRAFT, S.REGISTERED, S.PUBLISHED, S.CANCELLED}),
    S.PUBLISHED: frozenset({S.CANCELLED, S.DONE}),
    S.CANCELLED: frozenset(),
    S.DONE: frozenset(),
}
WAITING = frozenset({S.REGISTERED, S.APPROVED})
TAKES_TIME = frozenset({S.REGISTERED, S.APPROVED, S.PUBLISHED, S.DONE})
"""Entries that make people busy; a draft and a cancelled one do not."""
SHOWN = frozenset({S.PUBLISHED, S.CANCELLED, S.DONE})
STATE_LABELS: dict[EntryState, str] = {
    S.DRAFT: "Nháp",
    S.REGISTERED: "Đã đăng ký",
    S.APPROVED: "Đã tổng hợp",
    S.PUBLISHED: "Đã ban hành",
    S.CANCELLED: "Đã hủy",
    S.DONE: "Đã diễn ra",
}


class EntryKind(enum.Enum):
    """An appointment, or a day's duty of a leader (trực lãnh đạo)."""

    WORK = "work"
    DUTY = "duty"


KIND_LABELS: dict[EntryKind, str] = {
    EntryKind.WORK: "Lịch làm việc",
    EntryKind.DUTY: "Trực lãnh đạo",
}


class Visibility(enum.Enum):
    """Who reads a published entry. PRIVATE: its people, leaders, the office; others see “Bận”."""

    PUBLIC = "public"  # everybody here, and the public pages
    ORGAN = "organ"
    PRIVATE = "private"


VISIBILITY_LABELS: dict[Visibility, str] = {
    Visibility.PUBLIC: "Công khai",
    Visibility.ORGAN: "Nội bộ cơ quan",
    Visibility.PRIVATE: "Lịch riêng",
}
BUSY = "Bận"


class ChangeKind(enum.Enum):
    """What happened to an entry after its week was published (thay đổi lịch)."""

    ADDED = "added"
    MOVED = "moved"  # another time, place, room or vehicle
    EDITED = "edited"  # other words, other people
    DELEGATED = "delegated"  # dự thay
    CANCELLED = "cancelled"


CHANGE_LABELS: dict[ChangeKind, str] = {
    ChangeKind.ADDED: "Bổ sung",
    ChangeKind.MOVED: "Đổi giờ, địa điểm",
    ChangeKind.EDITED: "Điều chỉnh",
    ChangeKind.DELEGATED: "Dự thay",
    ChangeKind.CANCELLED: "Hủy",
}


class Shift(enum.Enum):
    """The part of the day of an entry, in local time: before 12:00, before 17:30, after."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


SHIFT_LABELS: dict[Shift, str] = {
    Shift.MORNING: "Sáng",
    Shift.AFTERNOON: "Chiều",
    Shift.EVENING: "Tối",
}


class ResourceKind(enum.Enum):
    """What can be booked."""

    ROOM = "room"
    VEHICLE = "vehicle"


RESOURCE_LABELS: dict[ResourceKind, str] = {
    ResourceKind.ROOM: "Phòng họp",
    ResourceKind.VEHICLE: "Xe",
}


class Frequency(enum.Enum):
    """How an entry comes again, in local time."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"  # the same day of the month; months without it are left out


FREQUENCY_LABELS: dict[Frequency, str] = {
    Frequency.WEEKLY: "Hằng tuần",
    Frequency.MONTHLY: "Hằng tháng",
}


class AnswerKind(enum.Enum):
    """The answers to an invitation (giấy mời)."""

    ATTEND = "attend"
    SEND = "send"
    DECLINE = "decline"


ANSWER_LABELS: dict[AnswerKind, str] = {
    AnswerKind.ATTEND: "Tôi dự",
    AnswerKind.SEND: "Cử người dự",
    AnswerKind.DECLINE: "Không dự",
}


class FeedScope(enum.Enum):
    """What a calendar feed shows."""

    PERSON = "person"
    ROOM = "room"
    ORGAN = "organ"
