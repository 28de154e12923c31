"""What is written: versions of a draft, remarks on them, templates, and the PDF's later stages."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc


class DraftFormat(enum.Enum):
    """What the author handed in."""

    DOCX = "docx"
    PDF = "pdf"
    HTML = "html"


class DraftVersion(Base):
    """One version of a draft, kept for ever. `pdf_file_id` follows when a worker has made it.

    `findings` is what the form check found; None until it has run. `held`: page 1 bore a mark of
    secrecy (`word`); the ids of the files stand there instead of in their columns, so that nothing
    shows them, until a clerk releases the version with a reason (`released`) or it is `purged`.
    """

    __tablename__ = "draft_version"
    __table_args__ = (sa.UniqueConstraint("document_id", "no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("outgoing_document.id"))
    no: Mapped[int]
    format: Mapped[DraftFormat]
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    pdf_file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    body_html: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Nfc(500), default="")
    author_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    author_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    findings: Mapped[list[Any] | None]
    checked_at: Mapped[datetime | None]
    held: Mapped[dict[str, Any] | None]

    @property
    def is_held(self) -> bool:
        """Whether nobody may see it, for now or for good."""
        return bool(self.held) and "released" not in (self.held or {})


class DraftComment(Base):
    """A remark on a version, beside a page (`page`, from 1) and perhaps a box of it."""

    __tablename__ = "draft_comment"
    __table_args__ = (sa.Index("ix_draft_comment_document_id", "document_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("outgoing_document.id"))
    version_no: Mapped[int]
    page: Mapped[int | None]
    box: Mapped[list[Any] | None]  # x0, y0, x1, y1 as fractions of the page
    text: Mapped[str] = mapped_column(Nfc(2000))
    by_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    by_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class TemplateState(enum.Enum):
    """CHECKING: a worker has yet to fill it and make its PDF. Only USABLE ones count."""

    CHECKING = "checking"
    USABLE = "usable"
    UNUSABLE = "unusable"


class DraftTemplate(Base):
    """A version of the DOCX that drafts of a type begin with; the newest usable one counts.

    Of an issuing body, or with `issuing_body_id` None of all bodies without one of their own.
    Versions of a type are counted together, whatever their body. `pdf_file_id` is how it looks
    when it is filled. While it is checked the row is its own job: whoever holds the lease token
    may write the result. `fault` says why it is unusable.
    """

    __tablename__ = "draft_template"
    __table_args__ = (
        sa.UniqueConstraint("document_type", "no"),
        sa.Index(
            "ix_draft_template_checking",
            "id",
            sqlite_where=sa.text("state = 'checking'"),
            postgresql_where=sa.text("state = 'checking'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_type: Mapped[str] = mapped_column(sa.ForeignKey("document_type.code"))
    issuing_body_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issuing_body.id"))
    no: Mapped[int]
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    pdf_file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    note: Mapped[str] = mapped_column(Nfc(300), default="")
    valid_from: Mapped[date]
    state: Mapped[TemplateState] = mapped_column(default=TemplateState.CHECKING)
    fault: Mapped[str] = mapped_column(Nfc(500), default="")
    lease_token: Mapped[str | None] = mapped_column(Nfc(40))
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(default=now)


class Stage(enum.Enum):
    """What was done to the approved PDF, in the order of the document."""

    PREPARED = "prepared"  # all fields are there, empty
    SIGNED = "signed"
    NUMBERED = "numbered"
    SEALED = "sealed"
    SCANNED = "scanned"  # of paper: the sheets as they went out


class PaperStage(Base):
    """The bytes of the document after a stage; every one is kept. Dropped ones do not count."""

    __tablename__ = "paper_stage"
    __table_args__ = (sa.Index("ix_paper_stage_document_id", "document_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("outgoing_document.id"))
    stage: Mapped[Stage]
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dropped_at: Mapped[datetime | None]
