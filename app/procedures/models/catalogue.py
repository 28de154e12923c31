"""The catalogue: procedures, their dated versions, and what a version asks for.

The structure is that of the national database of administrative procedures. A published version
never changes; a dossier keeps the version in force on the day of its receipt.
"""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.files.models import new_token
from app.procedures.models.words import (
    Channel,
    FeeKind,
    FeePer,
    FeeTiming,
    OnlineLevel,
    StepKind,
    VersionState,
)
from app.security import Role
from app.worktime.calendar import Unit
from app.worktime.rules import Rule, StartRule


class ProcedureLevel(enum.Enum):
    """Which level of government does it."""

    PROVINCE = "province"
    COMMUNE = "commune"


LEVEL_LABELS: dict[ProcedureLevel, str] = {
    ProcedureLevel.PROVINCE: "Cấp tỉnh",
    ProcedureLevel.COMMUNE: "Cấp xã",
}


class ProcedureBook(Base):
    """A book of its own numbers, as that of certifications. `columns` are data: a list of
    `{"key", "label", "kind": "text" | "number" | "date", "required"}`."""

    __tablename__ = "procedure_book"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Nfc(40), unique=True)
    name: Mapped[str] = mapped_column(Nfc(200))
    columns: Mapped[list[Any]]
    year_reset: Mapped[bool] = mapped_column(default=True)


class Procedure(Base):
    """An administrative procedure (thủ tục hành chính) through all its versions.

    `name`, `field`, `keywords`, `folded` and `unit_id` are those of the newest published version.
    """

    __tablename__ = "procedure"
    __table_args__ = (sa.Index("ix_procedure_field", "field", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    code: Mapped[str] = mapped_column(Nfc(40), unique=True)  # mã TTHC: 1.000234.000.00.00.H42
    name: Mapped[str] = mapped_column(Nfc(500))
    field: Mapped[str] = mapped_column(Nfc(120))  # lĩnh vực
    level: Mapped[ProcedureLevel] = mapped_column(default=ProcedureLevel.COMMUNE)
    folded: Mapped[str] = mapped_column(Nfc(1200), default="")  # code, name, field, words asked for
    keywords: Mapped[str] = mapped_column(Nfc(300), default="")  # as people call it
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))  # that handles it here
    is_illustrative: Mapped[bool] = mapped_column(default=False)  # sample data, not published law
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()
    versions: Mapped[list[ProcedureVersion]] = relationship(
        back_populates="procedure", order_by="ProcedureVersion.number"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ProcedureVersion(Base):
    """What a procedure asks and promises from `valid_from` to `valid_to` (None: until the next).

    Of a procedure's published versions one at most has no end, and no two begin on one day; the
    service that publishes closes the one before, so that one is valid on any day.
    """

    __tablename__ = "procedure_version"
    __table_args__ = (
        sa.UniqueConstraint("procedure_id", "number"),
        sa.Index(
            "uq_procedure_version_open",
            "procedure_id",
            unique=True,
            sqlite_where=sa.text("state = 'published' AND valid_to IS NULL"),
            postgresql_where=sa.text("state = 'published' AND valid_to IS NULL"),
        ),
        sa.Index(
            "uq_procedure_version_start",
            "procedure_id",
            "valid_from",
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        ),
        sa.CheckConstraint("limit_amount > 0", name="some_limit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    procedure_id: Mapped[int] = mapped_column(sa.ForeignKey("procedure.id"))
    number: Mapped[int] = mapped_column(default=1)
    state: Mapped[VersionState] = mapped_column(default=VersionState.DRAFT)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    published_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(Nfc(200), default="")  # quyết định công bố
    name: Mapped[str] = mapped_column(Nfc(500))
    field: Mapped[str] = mapped_column(Nfc(120))
    sort: Mapped[str] = mapped_column(Nfc(120), default="")  # loại thủ tục
    keywords: Mapped[str] = mapped_column(Nfc(300), default="")  # as people call it
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))  # that handles it here
    sequence: Mapped[str] = mapped_column(Nfc(20000), default="")  # trình tự thực hiện
    subjects: Mapped[str] = mapped_column(Nfc(1000), default="")  # đối tượng
    implementing_organ: Mapped[str] = mapped_column(Nfc(300), default="")
    competent_organ: Mapped[str] = mapped_column(Nfc(300), default="")
    coordinating_organ: Mapped[str] = mapped_column(Nfc(300), default="")
    receiving_place: Mapped[str] = mapped_column(Nfc(300), default="")
    result: Mapped[str] = mapped_column(Nfc(500), default="")
    legal_grounds: Mapped[str] = mapped_column(Nfc(10000), default="")
    conditions: Mapped[str] = mapped_column(Nfc(10000), default="")
    limit_amount: Mapped[int]
    limit_unit: Mapped[Unit]
    start_rule: Mapped[StartRule]
    cutoff_minute: Mapped[int | None]  # of same-day procedures: later is the next working day
    is_same_day: Mapped[bool] = mapped_column(default=False)  # “trả ngay”: the fast lane
    may_restart: Mapped[bool] = mapped_column(default=False)  # counted from the complete dossier
    restart_ground: Mapped[str] = mapped_column(Nfc(300), default="")
    pauses_for_fees: Mapped[bool] = mapped_column(default=True)
    pauses_for_opinions: Mapped[bool] = mapped_column(default=False)
    most_supplements: Mapped[int | None]  # None: no limit
    most_extensions: Mapped[int] = mapped_column(default=1)
    most_extension_amount: Mapped[int | None]
    online_level: Mapped[OnlineLevel] = mapped_column(default=OnlineLevel.INFORMATION)
    online_supplements: Mapped[bool] = mapped_column(default=False)  # by link with a one-time code
    result_document_type: Mapped[str] = mapped_column(Nfc(40), default="")  # code of outgoing type
    book_id: Mapped[int | None] = mapped_column(sa.ForeignKey("procedure_book.id"))
    procedure: Mapped[Procedure] = relationship(back_populates="versions")
    papers: Mapped[list[ProcedurePaper]] = relationship(order_by="ProcedurePaper.position")
    fees: Mapped[list[ProcedureFee]] = relationship(order_by="ProcedureFee.position")
    steps: Mapped[list[ProcedureStep]] = relationship(order_by="ProcedureStep.position")
    ways: Mapped[list[ProcedureWay]] = relationship(order_by="ProcedureWay.position")
    book: Mapped[ProcedureBook | None] = relationship()

    @property
    def rule(self) -> Rule:
        """The limit as the clock counts it."""
        return Rule(self.limit_amount, self.limit_unit, self.start_rule, self.cutoff_minute)


class ProcedurePaper(Base):
    """A paper that a dossier needs (thành phần hồ sơ). `case`: only in the case it names."""

    __tablename__ = "procedure_paper"
    __table_args__ = (sa.UniqueConstraint("version_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("procedure_version.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Nfc(500))
    form_name: Mapped[str] = mapped_column(Nfc(200), default="")
    case: Mapped[str] = mapped_column(Nfc(300), default="")
    originals: Mapped[int] = mapped_column(default=1)
    copies: Mapped[int] = mapped_column(default=0)
    is_required: Mapped[bool] = mapped_column(default=True)
    shape: Mapped[str] = mapped_column(Nfc(40), default="")  # the type that reading should find


class ProcedureFee(Base):
    """A fee (phí), a charge (lệ phí) or a tax duty. `amount` in đồng; None: by notice."""

    __tablename__ = "procedure_fee"
    __table_args__ = (sa.UniqueConstraint("version_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("procedure_version.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Nfc(200))
    kind: Mapped[FeeKind]
    amount: Mapped[int | None]
    further_from: Mapped[int | None]  # from this page on each costs `further_amount`
    further_amount: Mapped[int | None]
    most: Mapped[int | None]  # the highest amount of one copy, as 200,000 đồng
    per: Mapped[FeePer] = mapped_column(default=FeePer.DOSSIER)
    timing: Mapped[FeeTiming] = mapped_column(default=FeeTiming.BEFORE)
    case: Mapped[str] = mapped_column(Nfc(300), default="")
    ground: Mapped[str] = mapped_column(Nfc(300), default="")


class ProcedureStep(Base):
    """A step on the way. `hundredths`: hundredths of the limit's unit; their sum within it."""

    __tablename__ = "procedure_step"
    __table_args__ = (sa.UniqueConstraint("version_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("procedure_version.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Nfc(200))
    kind: Mapped[StepKind]
    role: Mapped[Role]
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))  # None: the procedure's
    hundredths: Mapped[int] = mapped_column(default=0)


class ProcedureWay(Base):
    """A way to hand in (cách thức): at the counter, online, by post, each with its own words."""

    __tablename__ = "procedure_way"
    __table_args__ = (sa.UniqueConstraint("version_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("procedure_version.id"))
    position: Mapped[int]
    channel: Mapped[Channel]
    limit_words: Mapped[str] = mapped_column(Nfc(200), default="")
    fee_words: Mapped[str] = mapped_column(Nfc(500), default="")
    description: Mapped[str] = mapped_column(Nfc(1000), default="")


class BookYear(Base):
    """The next number of a book in a year (0 where it never restarts)."""

    __tablename__ = "procedure_book_year"
    __table_args__ = (sa.UniqueConstraint("book_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("procedure_book.id"))
    year: Mapped[int]
    next_number: Mapped[int] = mapped_column(default=1)


class BookEntry(Base):
    """One number of a procedure's book, with the values of its columns."""

    __tablename__ = "procedure_book_entry"
    __table_args__ = (
        sa.UniqueConstraint("book_id", "year", "number"),
        sa.UniqueConstraint("dossier_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("procedure_book.id"))
    year: Mapped[int]
    number: Mapped[int]
    dossier_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier.id"))
    entered_on: Mapped[date]
    values: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=now)
    by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
