"""Reading as a job: who has it until when, how far it is, and what was read."""

from __future__ import annotations

import enum
import json
import zlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc


class JobKind(enum.Enum):
    """What the worker is to do with a file."""

    READ = "read"
    DERIVE = "derive"  # the searchable PDF; low priority


class JobState(enum.Enum):
    """FAILED: the file cannot be read, with a sentence. DEAD: workers died of it twice."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DEAD = "dead"


class ReadingJob(Base):
    """One piece of work for a worker. Whoever holds the lease token may write its result."""

    __tablename__ = "reading_job"
    __table_args__ = (
        sa.Index(
            "uq_reading_job_open",
            "intake_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        ),
        sa.Index("ix_reading_job_state", "state", "priority", "id"),
        sa.Index("ix_reading_job_intake_id", "intake_id", "kind", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    intake_id: Mapped[int] = mapped_column(sa.ForeignKey("intake_item.id"))
    kind: Mapped[JobKind] = mapped_column(default=JobKind.READ)
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    priority: Mapped[int] = mapped_column(default=10)  # lower goes first
    lease_token: Mapped[str | None] = mapped_column(Nfc(40))
    leased_until: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]  # of this attempt; no lease goes beyond it
    attempts: Mapped[int] = mapped_column(default=0)
    page_done: Mapped[int] = mapped_column(default=0)
    page_total: Mapped[int] = mapped_column(default=0)
    language: Mapped[str | None] = mapped_column(Nfc(20))  # asked for by a person: "vie+eng"
    error: Mapped[str | None] = mapped_column(Nfc(500))
    created_at: Mapped[datetime] = mapped_column(default=now)
    offered_at: Mapped[datetime | None]  # the workers' queue has it since
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ReadingResult(Base):
    """Header fields and signatures of a stored file, as the reader gave them.

    `fields` maps a name of `ocr.types.FIELD_NAMES` to {value, confidence, page, box, source_text,
    handwritten} or null.
    """

    __tablename__ = "reading_result"
    __table_args__ = (sa.Index("ix_reading_result_read_at", "read_at"),)

    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"), primary_key=True)
    fields: Mapped[dict[str, Any]]
    signatures: Mapped[list[Any]]
    warnings: Mapped[list[Any]]
    page_count: Mapped[int]
    confidence: Mapped[float]  # 0 to 100, weighted by the length of the pages
    elapsed_s: Mapped[float]
    read_at: Mapped[datetime] = mapped_column(default=now)


class ReadingReview(Base):
    """That a file was read with doubts: a line of the list “Cần xem lại” until a person settles it.

    Doubtful fields count until the letter is registered: then a person has filled in the form.
    """

    __tablename__ = "reading_review"
    __table_args__ = (sa.Index("ix_reading_review_open", "settled_at", "file_id"),)

    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"), primary_key=True)
    doubtful_pages: Mapped[int]
    doubtful_fields: Mapped[int]
    first_page: Mapped[int]  # where the first doubt stands
    weakest: Mapped[float]  # the lowest confidence of a page, 0 to 100
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None]  # person


class WordCorrection(Base):
    """A word a person put right. Its place on the page finds it again in a new reading."""

    __tablename__ = "word_correction"
    __table_args__ = (sa.Index("ix_word_correction_file_id", "file_id", "page", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    page: Mapped[int]
    box: Mapped[list[Any]]  # four fractions of the shown page
    was: Mapped[str] = mapped_column(Nfc(200))
    text: Mapped[str] = mapped_column(Nfc(200))
    corrected_at: Mapped[datetime] = mapped_column(default=now)
    corrected_by: Mapped[int | None]  # person


class PageText(Base):
    """Text of one page, and its words with their boxes for the viewer."""

    __tablename__ = "page_text"
    __table_args__ = (sa.UniqueConstraint("file_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    number: Mapped[int]
    text: Mapped[str]
    packed_words: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    source: Mapped[str] = mapped_column(Nfc(20))
    confidence: Mapped[float]
    width_px: Mapped[int]
    height_px: Mapped[int]
    dpi: Mapped[int]
    angle: Mapped[float]

    @property
    def words(self) -> list[dict[str, Any]]:
        """[{text, box, confidence, was}], boxes as fractions of the shown page.

        `was` is there only where a person corrected the word.
        """
        found: list[dict[str, Any]] = json.loads(zlib.decompress(self.packed_words))
        return found

    @staticmethod
    def pack(words: list[dict[str, Any]]) -> bytes:
        raw = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
        return zlib.compress(raw.encode(), 6)
