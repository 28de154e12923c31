"""The documents that the demo office has written, from draft to issued."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.clock import VIETNAM, frozen
from app.db import reading, transaction
from app.demo import exchanging, outgoing_states, writing
from app.demo import office as demo_office
from app.demo.signing import demo_authority
from app.files.models import StoredFile
from app.files.store import current_store
from app.incoming.quarantine import current_quarantine
from app.outgoing.models import (
    Delivery,
    DraftVersion,
    OutgoingDocument,
    OutgoingJob,
    OutgoingStatus,
    PaperStage,
    Stage,
)
from app.outgoing.services.issuing import recipients_of
from app.outgoing.signing import verdict
from app.registers.queries import all_series, proof
from app.web.shell import settings
from workflows import issuing
from workflows.runtime import Runtime


@pytest.fixture(autouse=True)
def books() -> None:
    """The demo office opens its own."""


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


MORNING = datetime(2026, 11, 18, 9, tzinfo=VIETNAM)  # its numbers are all of one year


@pytest.fixture
def morning() -> Iterator[None]:
    with frozen(MORNING):
        yield


@pytest.mark.usefixtures("morning")
def test_the_demo_office_shows_documents_in_every_state(app: Flask) -> None:
    with transaction() as session:
        office = demo_office.build(session)

    running = Runtime(settings(app), current_store(), current_quarantine())
    exchanging.give_own_code()
    outgoing_states.keep_keys(running.settings.var_dir / "keys")
    assert writing.load(office, lambda: issuing.run_next(running)) == len(writing.DOCUMENTS)

    outgoing_states.load(office, lambda: issuing.run_next(running))

    with reading() as session:
        documents = session.scalars(sa.select(OutgoingDocument)).all()
        assert {one.status for one in documents} == set(OutgoingStatus)
        sent = next(d for d in documents if d.subject_summary == outgoing_states.SENT.summary)
        said = proof_of_book(session, sent.code_year or 0)
        assert said == "1…8 đủ; hủy: 4 (In thiếu Điều 2, ký lại bản khác.)."
        assert errors_past_the_drafter(session) == []
        assert recipients_of(session, sent.id)[0].delivery is Delivery.RECEIVED
        sealed = session.scalars(
            sa.select(StoredFile.sha256).join(PaperStage, PaperStage.file_id == StoredFile.id)
            .where(PaperStage.document_id == sent.id, PaperStage.stage == Stage.SEALED)
        ).one()  # fmt: skip
        failed = sa.select(OutgoingJob.error).where(OutgoingJob.error.is_not(None))
        missing = "Máy chủ không giữ khóa ký của Trần Thị Mẫu Lan."
        assert session.scalars(failed).all() == [missing]
    verdicts = verdict.read(current_store().path(sealed).read_bytes(), [demo_authority()])
    assert [(one.field, one.ok) for one in verdicts] == [("KyLanhDao", True), ("KyCoQuan", True)]


def proof_of_book(session: Session, year: int) -> str:
    """What the proof page says of the committee's book."""
    name = "Sổ văn bản đi của UBND"
    series = next(one for one in all_series(session) if one.name.startswith(name))
    return proof(session, series.id, year).sentence


def errors_past_the_drafter(session: Session) -> list[str]:
    """Rules broken by the newest pages of documents that have left their drafters."""
    rows = sa.select(DraftVersion.findings).join(
        OutgoingDocument, DraftVersion.document_id == OutgoingDocument.id
    )
    left = session.scalars(rows.where(OutgoingDocument.status != OutgoingStatus.DRAFT))
    return [one["rule"] for findings in left for one in findings or ()
            if one["severity"] == "error"]  # fmt: skip
