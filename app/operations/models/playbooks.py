"""Playbooks with their versions, and their runs over incidents."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import JSON, Base, Nfc
from app.files.models import new_token


class RunState(enum.Enum):
    """Whether a playbook still has something to do about its incident."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class StepState(enum.Enum):
    """How far a step of a run is. One that does not come to its turn has no row yet."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


RUN_LABELS: Mapping[RunState, str] = {
    RunState.RUNNING: "Đang chạy",
    RunState.DONE: "Đã xong",
    RunState.STOPPED: "Đã dừng",
}
STEP_LABELS: Mapping[StepState, str] = {
    StepState.OPEN: "Đang làm",
    StepState.DONE: "Xong",
    StepState.SKIPPED: "Bỏ qua",
    StepState.FAILED: "Không làm được",
}
RUNNING = sa.text("state = 'running'")


class Playbook(Base):
    """What is done about incidents of some kinds. `current_no` is the version in force, 0 before
    the first was approved; only one that `is_on` starts by itself."""

    __tablename__ = "playbook"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    key: Mapped[str] = mapped_column(Nfc(40), unique=True)
    name: Mapped[str] = mapped_column(Nfc(200))
    is_on: Mapped[bool] = mapped_column(default=False)
    current_no: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column()
    versions: Mapped[list[PlaybookVersion]] = relationship(
        back_populates="playbook", order_by="PlaybookVersion.no"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it)


class PlaybookVersion(Base):
    """One wording of a playbook, never changed. `definition` is read by `plans.parse`."""

    __tablename__ = "playbook_version"
    __table_args__ = (sa.UniqueConstraint("playbook_id", "no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    playbook_id: Mapped[int] = mapped_column(sa.ForeignKey("playbook.id"))
    no: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    approved_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    approved_at: Mapped[datetime | None]
    playbook: Mapped[Playbook] = relationship(back_populates="versions")


class PlaybookRun(Base):
    """A playbook at work on an incident: once for each, which the constraint keeps."""

    __tablename__ = "playbook_run"
    __table_args__ = (
        sa.UniqueConstraint("incident_id", "playbook_id"),
        sa.Index(
            "ix_playbook_run_running", "id", sqlite_where=RUNNING, postgresql_where=RUNNING
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(sa.ForeignKey("incident.id"))
    playbook_id: Mapped[int] = mapped_column(sa.ForeignKey("playbook.id"), index=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("playbook_version.id"))
    state: Mapped[RunState] = mapped_column(default=RunState.RUNNING)
    reason: Mapped[str] = mapped_column(Nfc(500), default="")
    started_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    started_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    steps: Mapped[list[PlaybookStep]] = relationship(
        back_populates="run", order_by="PlaybookStep.opened_at"
    )
    playbook: Mapped[Playbook] = relationship()
    wording: Mapped[PlaybookVersion] = relationship()


class PlaybookStep(Base):
    """A step of a run whose turn has come. The key makes it happen once."""

    __tablename__ = "playbook_step"

    run_id: Mapped[int] = mapped_column(
        sa.ForeignKey("playbook_run.id"), primary_key=True, autoincrement=False
    )
    key: Mapped[str] = mapped_column(Nfc(40), primary_key=True)
    state: Mapped[StepState] = mapped_column(default=StepState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    choice: Mapped[str] = mapped_column(Nfc(40), default="")
    task_id: Mapped[int | None] = mapped_column(sa.ForeignKey("task.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outgoing_document.id"))
    note: Mapped[str] = mapped_column(Nfc(500), default="")
    run: Mapped[PlaybookRun] = relationship(back_populates="steps")


class ResponseUnit(Base):
    """Which unit of the organ answers as what (`catalogue.responders`)."""

    __tablename__ = "response_unit"

    responder: Mapped[str] = mapped_column(Nfc(40), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    set_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    set_at: Mapped[datetime] = mapped_column(default=now)
