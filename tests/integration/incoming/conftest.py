"""An office ready to receive: books, document types, files that come in and are read."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import cast

import pytest
import sqlalchemy as sa

from app.db import reading, transaction
from app.files.store import current_store
from app.incoming import entry
from app.incoming.models import IntakeSource, JobState, ReadingJob
from app.incoming.quarantine import current_quarantine
from app.incoming.services import Arrival, RegistrationData, jobs, register_letter
from app.incoming.services import reading as results
from app.security import SYSTEM, Actor
from ocr import Field, PageText, Reading, Word
from ocr.types import Source
from tests.conftest import Templates
from tests.factories import Office

LIMIT = 1024 * 1024
PDF = b"%PDF-1.7\n"


@pytest.fixture(autouse=True)
def books(office: Office, database_url: str, templates: Templates) -> int:
    """Document types, and one book of arriving documents for all bodies; its series' id."""
    return templates.series[sa.make_url(database_url).get_backend_name()]


def send(
    actor: Actor, content: bytes, name: str = "a.pdf", *, letter_id: int | None = None
) -> entry.Taken:
    """A file comes in by upload."""
    arrival = Arrival(name, IntakeSource.UPLOAD, letter_id=letter_id)
    return entry.take_in(actor, io.BytesIO(content), arrival, limit=LIMIT)


def reading_of(*pages: str, source: str = "ocr", **fields: str) -> Reading:
    """What the reader would say of a file with these pages and fields."""
    return Reading(
        file="a.pdf",
        sha256="0" * 64,
        elapsed_s=0.5,
        pages=tuple(
            PageText(
                number, 1654, 2339, 200, 0.0, cast(Source, source), 95.0, text,
                tuple(Word(word, (0.1, 0.1, 0.2, 0.12), 95.0) for word in text.split()),
            )
            for number, text in enumerate(pages, start=1)
        ),
        fields={
            name: Field(value, 0.97, 1, (0.1, 0.1, 0.3, 0.12), value)
            for name, value in fields.items()
        },
        page_count=len(pages),
    )  # fmt: skip


def finish(claim: jobs.JobClaim, reading: Reading) -> None:
    """What a worker does with a file whose page 1 is clean."""
    store, quarantine = current_store(), current_quarantine()
    if claim.sha256 is None:
        blob = store.put_path(quarantine.path(claim.intake_id))
        with transaction() as session:
            results.pass_quarantine(session, SYSTEM, claim, blob, reading.page_count)
        quarantine.purge(claim.intake_id)
    with transaction() as session:
        results.finish_reading(session, SYSTEM, claim, reading)


def claim() -> jobs.JobClaim:
    with transaction() as session:
        found = jobs.claim_job(session)
    assert found is not None
    return found


@dataclass(frozen=True, slots=True)
class Desk:
    """The clerk's desk: letters come in, are read, registered."""

    office: Office

    def read(self, content: bytes, *pages: str, **fields: str) -> entry.Taken:
        """A file comes in and is read."""
        taken = send(self.office.clerk, PDF + content)
        job_id = job_of(taken.intake_id)
        with transaction() as session:
            claimed = jobs.claim_job(session, job_id=job_id)
        assert claimed is not None
        finish(claimed, reading_of(*(pages or ("Kính gửi",)), **fields))
        return taken

    def data(self, **values: object) -> RegistrationData:
        """Data of a letter; all but what the test is about is filled in."""
        plain: dict[str, object] = {
            "issuing_body_id": self.office.committee_id,
            "subject_summary": "Về việc rà soát vị trí việc làm",
            "organ_name": "Sở Nội vụ",
            "code_number": "145",
            "code_notation": "SNV-TCCB",
            "issued_date": date(2026, 11, 16),
            "document_type": "official_letter",
        }
        return RegistrationData(**(plain | values))  # type: ignore[arg-type]

    def register(self, content: bytes = b"x", **values: object) -> int:
        """A letter comes in, is read and registered; its id."""
        taken = self.read(content)
        assert taken.letter_id is not None
        with transaction() as session:
            return register_letter(
                session,
                self.office.clerk,
                letter_id=taken.letter_id,
                data=self.data(**values),
            ).id


def job_of(intake_id: int) -> int | None:
    """The open job of a file."""
    with reading() as session:
        return session.scalar(
            sa.select(ReadingJob.id).where(
                ReadingJob.intake_id == intake_id, ReadingJob.state == JobState.QUEUED
            )
        )


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)
