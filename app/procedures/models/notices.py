"""What passes between office and citizen on the way: notices, supplements, opinions, money,
evaluation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.files.models import new_token
from app.procedures.models.words import (
    FeeKind,
    FeePer,
    FeeTiming,
    NoticeKind,
    PaymentWay,
    RatedVia,
    SupplementStage,
)


class DossierNotice(Base):
    """A paper of the office to the citizen: forms 02 to 05, counted within the dossier."""

    __tablename__ = "dossier_notice"
    __table_args__ = (sa.UniqueConstraint("dossier_id", "kind", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    dossier_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier.id"))
    kind: Mapped[NoticeKind]
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
    reason: Mapped[str] = mapped_column(Nfc(2000))
    legal_ground: Mapped[str] = mapped_column(Nfc(500), default="")
    guide: Mapped[str] = mapped_column(Nfc(1000), default="")
    request: Mapped[str] = mapped_column(Nfc(1000), default="")  # form 05: who asked to stop
    old_due_at: Mapped[datetime | None]
    new_due_at: Mapped[datetime | None]
    document: Mapped[str] = mapped_column(Nfc(300), default="")
    by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    signer_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))


class Supplement(Base):
    """One request for supplements: a single notice that lists everything. At most one is open.

    Where the version allows it the citizen answers by `link_token` and a one-time code.
    """

    __tablename__ = "dossier_supplement"
    __table_args__ = (
        sa.UniqueConstraint("dossier_id", "round"),
        sa.Index(
            "uq_dossier_supplement_open",
            "dossier_id",
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL AND closed_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL AND closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier.id"))
    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier_notice.id"), unique=True)
    round: Mapped[int]
    stage: Mapped[SupplementStage]
    items: Mapped[list[Any]]  # sentences: what is missing or has to be made good
    until: Mapped[date | None]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    sent_at: Mapped[datetime | None]  # files came by the link; an officer has to look
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  # without an answer: the dossier was stopped
    answer: Mapped[str] = mapped_column(Nfc(1000), default="")
    link_token: Mapped[str | None] = mapped_column(Nfc(40), unique=True)
    code_hash: Mapped[str | None] = mapped_column(Nfc(200))
    code_until: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)


class DossierOpinion(Base):
    """An opinion of another organ or unit. `pauses`: the clock stands until it comes."""

    __tablename__ = "dossier_opinion"
    __table_args__ = (sa.Index("ix_dossier_opinion_dossier_id", "dossier_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier.id"))
    asked_of: Mapped[str] = mapped_column(Nfc(300))
    question: Mapped[str] = mapped_column(Nfc(1000))
    document: Mapped[str] = mapped_column(Nfc(300), default="")
    pauses: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    until: Mapped[date | None]
    answer: Mapped[str] = mapped_column(Nfc(2000), default="")
    answered_at: Mapped[datetime | None]


class DossierFee(Base):
    """What a dossier has to pay for one reason. `amount` in đồng, already multiplied."""

    __tablename__ = "dossier_fee"
    __table_args__ = (sa.UniqueConstraint("dossier_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Nfc(200))
    kind: Mapped[FeeKind]
    per: Mapped[FeePer]
    timing: Mapped[FeeTiming]
    unit_amount: Mapped[int]
    quantity: Mapped[int] = mapped_column(default=1)
    amount: Mapped[int]
    exempt_ground: Mapped[str] = mapped_column(Nfc(300), default="")


class DossierPayment(Base):
    """Money that came in. `receipt_number` is that of the finance receipt, unique where given."""

    __tablename__ = "dossier_payment"
    __table_args__ = (
        sa.Index("ix_dossier_payment_dossier_id", "dossier_id"),
        sa.Index("ix_dossier_payment_at", "at"),
        sa.UniqueConstraint("receipt_number"),
        sa.CheckConstraint("amount > 0", name="some_money"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier.id"))
    amount: Mapped[int]
    way: Mapped[PaymentWay]
    receipt_number: Mapped[str | None] = mapped_column(Nfc(60))
    reference: Mapped[str] = mapped_column(Nfc(120), default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))


class Evaluation(Base):
    """What the citizen thinks of it: 5 is very satisfied. Once a dossier."""

    __tablename__ = "dossier_evaluation"
    __table_args__ = (sa.CheckConstraint("score BETWEEN 1 AND 5", name="score_in_range"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier.id"), unique=True)
    score: Mapped[int]
    text: Mapped[str] = mapped_column(Nfc(1000), default="")
    via: Mapped[RatedVia]
    rated_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    at: Mapped[datetime] = mapped_column(default=now)
