"""Dossiers: the person, the dossier, its papers, steps and history."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.errors import RuleViolated
from app.files.models import new_token
from app.procedures.models.catalogue import Procedure, ProcedureVersion
from app.procedures.models.words import (
    NEXT,
    OPEN,
    STATUS_LABELS,
    Channel,
    DeliveryWay,
    DossierStatus,
    FinanceState,
    PaperState,
    ReadState,
    StepKind,
)
from app.security import Role

CHECK_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are mistaken for each other


def new_check_value() -> str:
    """Eight characters that stand on the receipt: with the code they open the citizen's page."""
    return "".join(secrets.choice(CHECK_LETTERS) for _ in range(8))


# The words of a name as a set, for PostgreSQL's index of words.
NAME_WORDS = "array_to_tsvector(array_remove(string_to_array(folded::text, ' '), ''))"


class Applicant(Base):
    """A citizen or organisation that has handed something in, kept for the next time."""

    __tablename__ = "applicant"
    __table_args__ = (
        sa.Index(
            "ix_applicant_identity",
            "identity_number",
            postgresql_ops={"identity_number": "varchar_pattern_ops"},
        ),
        sa.Index("ix_applicant_phone", "phone", postgresql_ops={"phone": "varchar_pattern_ops"}),
        sa.Index("ix_applicant_folded", "folded", postgresql_ops={"folded": "varchar_pattern_ops"}),
        sa.Index(
            "ix_applicant_words",
            sa.text(NAME_WORDS),
            postgresql_using="gin",
        ).ddl_if(dialect="postgresql"),
        sa.Index("ix_applicant_last_at", "last_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    is_organisation: Mapped[bool] = mapped_column(default=False)
    full_name: Mapped[str] = mapped_column(Nfc(200))
    folded: Mapped[str] = mapped_column(Nfc(240))
    identity_number: Mapped[str] = mapped_column(Nfc(20), default="")  # 12 digits, or a tax code
    old_identity_number: Mapped[str] = mapped_column(Nfc(20), default="")
    identity_issued_on: Mapped[date | None]
    born_on: Mapped[date | None]
    gender: Mapped[str] = mapped_column(Nfc(10), default="")
    address: Mapped[str] = mapped_column(Nfc(300), default="")
    phone: Mapped[str] = mapped_column(Nfc(20), default="")
    email: Mapped[str] = mapped_column(Nfc(120), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DossierDay(Base):
    """The next running number of an organ on a day: codes without a gap."""

    __tablename__ = "dossier_day"
    __table_args__ = (sa.UniqueConstraint("organ_code", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organ_code: Mapped[str] = mapped_column(Nfc(40))
    day: Mapped[date]
    next_number: Mapped[int] = mapped_column(default=1)


class Dossier(Base):
    """One dossier of a citizen (hồ sơ thủ tục hành chính), from the counter to the result.

    `due_at` follows the clock: None while it is paused. `finished_at` is the moment of the result,
    which decides on early, on time or late; `delivered_at` that of handing it over. A dossier of
    the provincial system has `external_code` and no code of ours; ours is written last of all.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        sa.UniqueConstraint("organ_code", "received_on", "serial"),
        sa.Index("ix_dossier_status", "status", "due_at"),
        sa.Index("ix_dossier_received", "received_at", "id"),
        sa.Index("ix_dossier_unit", "unit_id", "status", "due_at"),
        sa.Index("ix_dossier_handler", "handler_post_id", "status", "due_at"),
        sa.Index("ix_dossier_applicant", "applicant_id", "received_at"),
        sa.Index("ix_dossier_procedure", "procedure_id", "received_at"),
        sa.Index("ix_dossier_folded", "folded", postgresql_ops={"folded": "varchar_pattern_ops"}),
        sa.Index("ix_dossier_code", "code", postgresql_ops={"code": "varchar_pattern_ops"}),
        sa.Index(
            "ix_dossier_external_code",
            "external_code",
            postgresql_ops={"external_code": "varchar_pattern_ops"},
        ),
        sa.Index("ix_dossier_book_day", "is_fast", "received_on"),
        sa.Index(  # everything the yearly report groups by: it is answered from the index alone
            "ix_dossier_report",
            "received_on",
            "finished_at",
            "due_at",
            "original_due_at",
            "status",
            "channel",
            "field",
            "unit_id",
            "handler_post_id",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    version: Mapped[int] = mapped_column()
    code: Mapped[str | None] = mapped_column(Nfc(60), unique=True)
    external_code: Mapped[str | None] = mapped_column(Nfc(60), unique=True)
    organ_code: Mapped[str] = mapped_column(Nfc(40), default="")
    serial: Mapped[int | None]
    check_value: Mapped[str] = mapped_column(Nfc(12), default=new_check_value)
    procedure_id: Mapped[int] = mapped_column(sa.ForeignKey("procedure.id"))
    procedure_version_id: Mapped[int] = mapped_column(sa.ForeignKey("procedure_version.id"))
    field: Mapped[str] = mapped_column(Nfc(120))  # lĩnh vực, as of the version
    status: Mapped[DossierStatus] = mapped_column(default=DossierStatus.RECEIVED)
    channel: Mapped[Channel] = mapped_column(default=Channel.COUNTER)
    finance: Mapped[FinanceState] = mapped_column(default=FinanceState.NONE)
    applicant_id: Mapped[int] = mapped_column(sa.ForeignKey("applicant.id"))
    applicant_name: Mapped[str] = mapped_column(Nfc(200))
    submitter_name: Mapped[str] = mapped_column(Nfc(200), default="")  # empty: the applicant
    submitter_identity: Mapped[str] = mapped_column(Nfc(20), default="")
    phone: Mapped[str] = mapped_column(Nfc(20), default="")
    email: Mapped[str] = mapped_column(Nfc(120), default="")
    folded: Mapped[str] = mapped_column(Nfc(300), default="")  # the name, for prefixes
    content: Mapped[str] = mapped_column(Nfc(1000), default="")  # nội dung yêu cầu giải quyết
    sets: Mapped[int] = mapped_column(default=1)  # bộ hồ sơ
    pages: Mapped[int | None]  # of the fast lane: sheets certified
    copies: Mapped[int | None]
    signatures: Mapped[int | None]
    is_fast: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
    received_on: Mapped[date]
    received_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    help_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))  # where it was made
    counter_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    competent_organ: Mapped[str] = mapped_column(Nfc(300), default="")
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))  # that handles it
    handler_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    step_position: Mapped[int | None]  # the open step
    due_at: Mapped[datetime | None]
    original_due_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    delivery: Mapped[DeliveryWay] = mapped_column(default=DeliveryWay.COUNTER)
    delivery_address: Mapped[str] = mapped_column(Nfc(300), default="")
    receiver_name: Mapped[str] = mapped_column(Nfc(200), default="")  # who took the result
    result: Mapped[str] = mapped_column(Nfc(1000), default="")  # in words, with its number
    result_document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outgoing_document.id"))
    receipt_printed_at: Mapped[datetime | None]
    synced_at: Mapped[datetime | None]  # last seen in a list of the provincial system
    external_status: Mapped[str] = mapped_column(Nfc(120), default="")  # as that list says
    procedure: Mapped[Procedure] = relationship()
    procedure_version: Mapped[ProcedureVersion] = relationship()
    applicant: Mapped[Applicant] = relationship()
    papers: Mapped[list[DossierPaper]] = relationship(
        back_populates="dossier", order_by="DossierPaper.position"
    )
    steps: Mapped[list[DossierStep]] = relationship(
        back_populates="dossier", order_by="DossierStep.position"
    )
    events: Mapped[list[DossierEvent]] = relationship(order_by="DossierEvent.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def become(self, status: DossierStatus) -> None:
        """Move along the national states. Raises RuleViolated for a step that does not exist."""
        if status not in NEXT[self.status]:
            raise RuleViolated(
                f"Hồ sơ đang ở trạng thái “{STATUS_LABELS[self.status]}”, "
                f"không chuyển sang “{STATUS_LABELS[status]}” được."
            )
        self.status = status

    @property
    def shown_code(self) -> str:
        """The code people say: ours, or that of the provincial system."""
        return self.code or self.external_code or ""

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def open_step(self) -> DossierStep | None:
        return next((one for one in self.steps if one.position == self.step_position), None)


class DossierPaper(Base):
    """A paper of the checklist as it was handed in. Its scans are `DossierScan`s."""

    __tablename__ = "dossier_paper"
    __table_args__ = (sa.UniqueConstraint("dossier_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier.id"))
    procedure_paper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("procedure_paper.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Nfc(500))
    originals: Mapped[int] = mapped_column(default=0)
    copies: Mapped[int] = mapped_column(default=0)
    state: Mapped[PaperState] = mapped_column(default=PaperState.RECEIVED)
    note: Mapped[str] = mapped_column(Nfc(300), default="")
    shape: Mapped[str] = mapped_column(Nfc(40), default="")  # the type that reading should find
    dossier: Mapped[Dossier] = relationship(back_populates="papers")
    scans: Mapped[list[DossierScan]] = relationship(order_by="DossierScan.id")


class DossierScan(Base):
    """A file of a paper, and what reading found. `differs`: another type than was asked for."""

    __tablename__ = "dossier_scan"
    __table_args__ = (
        sa.UniqueConstraint("paper_id", "file_id"),
        sa.Index("ix_dossier_scan_state", "state", "leased_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier_paper.id"))
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    supplement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("dossier_supplement.id"))
    state: Mapped[ReadState] = mapped_column(default=ReadState.WAITING)
    found_shape: Mapped[str] = mapped_column(Nfc(40), default="")
    found_label: Mapped[str] = mapped_column(Nfc(200), default="")
    confidence: Mapped[float | None]
    differs: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(Nfc(40))
    leased_until: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    added_at: Mapped[datetime] = mapped_column(default=now)


class DossierStep(Base):
    """A step of the version as it went. `result`: empty while it runs."""

    __tablename__ = "dossier_step"
    __table_args__ = (
        sa.UniqueConstraint("dossier_id", "position"),
        sa.Index(
            "ix_dossier_step_open",
            "post_id",
            "due_at",
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Nfc(200))
    kind: Mapped[StepKind]
    role: Mapped[Role]
    hundredths: Mapped[int] = mapped_column(default=0)
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    started_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Nfc(1000), default="")
    dossier: Mapped[Dossier] = relationship(back_populates="steps")


class DossierEvent(Base):
    """A line of the dossier's history, for the officers and (`is_public`) for the citizen."""

    __tablename__ = "dossier_event"
    __table_args__ = (sa.Index("ix_dossier_event_dossier_id", "dossier_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    action: Mapped[str] = mapped_column(Nfc(40))
    status: Mapped[DossierStatus]
    text: Mapped[str] = mapped_column(Nfc(1000), default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    by_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
