"""Tasks: one owner, one deadline, one product."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.errors import RuleViolated
from app.files.models import new_token


class TaskSource(enum.Enum):
    """Where a task comes from."""

    DIRECTIVE = "directive"
    ORAL = "oral"
    CONCLUSION = "conclusion"  # of a meeting
    PLAN = "plan"
    RECURRING = "recurring"
    SPLIT = "split"
    INCIDENT = "incident"


class TaskStatus(enum.Enum):
    """States of domain.md 5; overdue or not is computed, never stored."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    COMPLETED = "completed"
    RETURNED = "returned"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


T = TaskStatus
DONE = frozenset({T.COMPLETED, T.CANCELLED})
OPEN = frozenset(TaskStatus) - DONE
RUNNING = frozenset({T.NOT_STARTED, T.IN_PROGRESS})  # it lies with its lead
NEXT: dict[TaskStatus, frozenset[TaskStatus]] = {
    T.NOT_STARTED: frozenset({T.IN_PROGRESS, T.SUBMITTED, T.RETURNED, T.SUSPENDED, T.CANCELLED}),
    T.IN_PROGRESS: frozenset({T.SUBMITTED, T.RETURNED, T.SUSPENDED, T.CANCELLED}),
    T.SUBMITTED: frozenset({T.COMPLETED, T.IN_PROGRESS, T.CANCELLED}),
    T.RETURNED: frozenset({T.NOT_STARTED, T.CANCELLED}),
    T.SUSPENDED: frozenset({T.IN_PROGRESS, T.CANCELLED}),
    T.COMPLETED: frozenset({T.IN_PROGRESS}),
    T.CANCELLED: frozenset(),
}
STATUS_LABELS: dict[TaskStatus, str] = {
    T.NOT_STARTED: "Chưa thực hiện",
    T.IN_PROGRESS: "Đang thực hiện",
    T.SUBMITTED: "Chờ duyệt kết quả",
    T.COMPLETED: "Hoàn thành",
    T.RETURNED: "Bị trả lại",
    T.SUSPENDED: "Tạm dừng",
    T.CANCELLED: "Đã hủy",
}
SOURCE_LABELS: dict[TaskSource, str] = {
    TaskSource.DIRECTIVE: "Ý kiến chỉ đạo",
    TaskSource.ORAL: "Giao trực tiếp",
    TaskSource.CONCLUSION: "Kết luận họp",
    TaskSource.PLAN: "Kế hoạch, chương trình",
    TaskSource.RECURRING: "Báo cáo định kỳ",
    TaskSource.SPLIT: "Tách từ việc khác",
    TaskSource.INCIDENT: "Sự cố",
}
FINISHED = "status IN ('cancelled', 'completed')"
FLASH = 3  # Hỏa tốc: the urgency that interrupts
URGENCY_LABELS: dict[int, str] = {0: "Thường", 1: "Khẩn", 2: "Thượng khẩn", 3: "Hỏa tốc"}


class Participation(enum.Enum):
    """What a unit or post beside the lead has to do with a task."""

    COORDINATOR = "coordinator"
    FOR_INFORMATION = "for_information"


class Task(Base):
    """A duty of exactly one lead: a unit, whose head assigns a post in it, or a post at once."""

    __tablename__ = "task"
    __table_args__ = (
        sa.CheckConstraint("lead_unit_id IS NOT NULL OR lead_post_id IS NOT NULL", name="has_lead"),
        sa.UniqueConstraint("rule_id", "occurrence_on"),
        sa.Index(
            "uq_task_directive_lead",
            "directive_id",
            unique=True,
            sqlite_where=sa.text("parent_id IS NULL"),
            postgresql_where=sa.text("parent_id IS NULL"),
        ),
        sa.Index("ix_task_lead_unit", "lead_unit_id", "status", "due_at"),
        sa.Index("ix_task_lead_post", "lead_post_id", "status", "due_at"),
        sa.Index("ix_task_assigner", "assigner_post_id", "status", "due_at"),
        sa.Index(
            "ix_task_acceptor",
            "acceptor_post_id",
            "status",
            sqlite_where=sa.text("acceptor_post_id IS NOT NULL"),
            postgresql_where=sa.text("acceptor_post_id IS NOT NULL"),
        ),
        sa.Index("ix_task_cause", "kind", "thing_id"),
        sa.Index("ix_task_parent_id", "parent_id"),
        sa.Index("ix_task_due", "status", "due_at"),
        *(  # used by `is_finished` alone, which says the same in the same words
            sa.Index(
                f"ix_task_finished_{side}",
                f"{side}_id",
                "id",
                sqlite_where=sa.text(FINISHED),
                postgresql_where=sa.text(FINISHED),
            )
            for side in ("lead_unit", "lead_post", "assigner_post")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    version: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(Nfc(500))
    body: Mapped[str] = mapped_column(Nfc(4000), default="")
    source: Mapped[TaskSource]
    status: Mapped[TaskStatus] = mapped_column(default=TaskStatus.NOT_STARTED)
    urgency: Mapped[int] = mapped_column(default=0)
    directive_id: Mapped[int | None] = mapped_column(sa.ForeignKey("directive.id"))
    kind: Mapped[str | None] = mapped_column(Nfc(40))  # of the thing that caused it
    thing_id: Mapped[int | None]
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("task.id"))
    previous_id: Mapped[int | None] = mapped_column(sa.ForeignKey("task.id"))  # of a recurring one
    rule_id: Mapped[int | None] = mapped_column(sa.ForeignKey("recurring_rule.id"))
    occurrence_on: Mapped[date | None]
    assigner_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    acceptor_post_id: Mapped[int | None] = mapped_column(  # None: the assigner accepts
        sa.ForeignKey("post.id")
    )
    lead_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    lead_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))  # who does it
    due_at: Mapped[datetime | None]
    original_due_at: Mapped[datetime | None]
    extension_count: Mapped[int] = mapped_column(default=0)
    percent: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    opened_at: Mapped[datetime | None]  # by the lead
    assigned_at: Mapped[datetime | None]  # to a person of the unit
    submitted_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    product: Mapped[str] = mapped_column(Nfc(500), default="")  # in one line, for books and lists
    result: Mapped[str] = mapped_column(Nfc(4000), default="")  # what was done, as it was written
    return_reason: Mapped[str | None] = mapped_column(Nfc(500))
    children_waived: Mapped[bool] = mapped_column(default=False)
    participants: Mapped[list[TaskParticipant]] = relationship(
        back_populates="task", order_by="TaskParticipant.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def become(self, status: TaskStatus) -> None:
        """Move along the state machine. Raises RuleViolated for a step that does not exist."""
        if status not in NEXT[self.status]:
            raise RuleViolated(
                f"Công việc đang ở trạng thái “{STATUS_LABELS[self.status]}”, "
                f"không chuyển sang “{STATUS_LABELS[status]}” được."
            )
        self.status = status

    @property
    def accepting_post_id(self) -> int:
        """The post that accepts the result and decides on a later date."""
        return self.acceptor_post_id or self.assigner_post_id

    @property
    def given_to_oneself(self) -> bool:
        """Whether who does it gave it and accepts it: then nobody else has to look at it."""
        return self.lead_post_id == self.assigner_post_id == self.accepting_post_id

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def finished_at(self) -> datetime | None:
        """The moment that decides on time or late: of the result, not of its acceptance."""
        return self.submitted_at if self.status in (T.SUBMITTED, T.COMPLETED) else None


def is_finished() -> sa.ColumnElement[bool]:
    """DONE with its values in the statement itself, so that the indexes of the finished are used:
    no database knows that of a parameter."""
    values = sorted(DONE, key=lambda status: status.value)
    return Task.status.in_(sa.bindparam("done", values, expanding=True, literal_execute=True))


class TaskParticipant(Base):
    """A unit or post that coordinates, or is to know."""

    __tablename__ = "task_participant"
    __table_args__ = (
        sa.UniqueConstraint("task_id", "unit_id", name="uq_task_participant_unit"),
        sa.UniqueConstraint("task_id", "post_id", name="uq_task_participant_post"),
        sa.CheckConstraint("(unit_id IS NULL) <> (post_id IS NULL)", name="one_participant"),
        sa.Index("ix_task_participant_unit", "unit_id", "role"),
        sa.Index("ix_task_participant_post", "post_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"))
    role: Mapped[Participation]
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    opinion: Mapped[str | None] = mapped_column(Nfc(2000))
    opinion_at: Mapped[datetime | None]
    task: Mapped[Task] = relationship(back_populates="participants")


class TaskProgress(Base):
    """A report on the way."""

    __tablename__ = "task_progress"
    __table_args__ = (sa.Index("ix_task_progress_task_id", "task_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"))
    by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    by_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    percent: Mapped[int]
    text: Mapped[str] = mapped_column(Nfc(2000))


class ExtensionState(enum.Enum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class ExtensionRequest(Base):
    """A request for a later date (gia hạn). At most one of a task waits for an answer."""

    __tablename__ = "extension_request"
    __table_args__ = (
        sa.Index(
            "uq_extension_request_open",
            "task_id",
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"))
    state: Mapped[ExtensionState] = mapped_column(default=ExtensionState.ASKED)
    reason: Mapped[str] = mapped_column(Nfc(1000))
    new_due_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Nfc(500), default="")


class TaskReminder(Base):
    """A level of reminding that was reached for a due date: each is reached once."""

    __tablename__ = "task_reminder"
    __table_args__ = (sa.UniqueConstraint("task_id", "due_at", "level"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"))
    due_at: Mapped[datetime]  # with a later date all levels begin anew
    level: Mapped[str] = mapped_column(Nfc(20))
    at: Mapped[datetime] = mapped_column(default=now)


class RecurringUnit(enum.Enum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class RecurringRule(Base):
    """A report that falls due again and again. `anchor_on` is the first due day."""

    __tablename__ = "recurring_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Nfc(500))
    body: Mapped[str] = mapped_column(Nfc(4000), default="")
    every: Mapped[RecurringUnit]
    anchor_on: Mapped[date]
    days_ahead: Mapped[int] = mapped_column(default=7)  # when the task appears, calendar days
    assigner_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    lead_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    lead_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    coordinators: Mapped[list[Any]]  # ids of units
    ends_on: Mapped[date | None]
    stopped_at: Mapped[datetime | None]
