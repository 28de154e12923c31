"""A document made, checked, signed, numbered and sealed by the worker, as pyHanko sees it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import reading, transaction
from app.files.models import StoredFile
from app.files.store import current_store
from app.incoming.quarantine import current_quarantine
from app.outgoing import services
from app.outgoing.models import (
    DraftFormat,
    DraftVersion,
    OutgoingDocument,
    OutgoingJob,
    OutgoingStatus,
    PaperStage,
    WorkKind,
    WorkState,
)
from app.outgoing.services import NewVersion, jobs
from app.outgoing.services.retrying import retry
from app.outgoing.signing import fields, verdict
from app.web.shell import settings
from tests.factories import Office
from tests.integration.outgoing.conftest import Writers
from tests.unit.outgoing.signing import keys
from workflows import issuing
from workflows.runtime import Runtime

S = OutgoingStatus


# Bytes are the same on every database: one is enough.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def running(app: Flask) -> Runtime:
    return Runtime(settings(app), current_store(), current_quarantine())


def give_keys(running: Runtime, office: Office) -> list[bytes]:
    """Keys of the leader and of the organ; the root that vouches for both."""
    root = keys.issue("CA thử")
    folder = running.settings.var_dir / "keys"
    folder.mkdir()
    for name, holder in (("chutich", office.leader.name), ("seal-UBND", "UBND phường Minh Họa")):
        made = keys.issue(holder, root)
        (folder / f"{name}.p12").write_bytes(made.pkcs12(root))
        (folder / f"{name}.pass").write_text(keys.PASSPHRASE)
    return [root.der]


def approved(writers: Writers, running: Runtime) -> int:
    """A letter written in the browser, laid out, checked, and agreed to."""
    document_id = writers.draft(signer_post_id=writers.office.leader.post_id)
    body = "<p>Ủy ban nhân dân phường Minh Họa trả lời như sau.</p>"
    with transaction() as session:
        services.add_version(
            session, writers.office.specialist, document_id=document_id,
            new=NewVersion(format=DraftFormat.HTML, body_html=body, text="Trả lời như sau."),
        )  # fmt: skip
    assert issuing.run_next(running)  # the PDF
    assert issuing.run_next(running)  # the form check
    writers.submit(document_id)
    for actor in (writers.office.head, writers.office.chief, writers.office.leader):
        with transaction() as session:
            services.approve(session, actor, document_id=document_id, comment="Đồng ý")
    return document_id


def failed(document_id: int) -> list[str]:
    with reading() as session:
        rows = sa.select(OutgoingJob.error).where(
            OutgoingJob.document_id == document_id, OutgoingJob.state == WorkState.FAILED
        )
        return [error or "" for error in session.scalars(rows)]


def pdf_of(document_id: int) -> bytes:
    with reading() as session:
        row = session.scalars(
            sa.select(StoredFile)
            .join(PaperStage, PaperStage.file_id == StoredFile.id)
            .where(PaperStage.document_id == document_id)
            .order_by(PaperStage.id.desc())
        ).first()
        assert row is not None
        return Path(current_store().path(row.sha256)).read_bytes()


def test_both_signatures_stand_and_the_number_is_that_of_the_book(
    running: Runtime, office: Office, writers: Writers
) -> None:
    roots = give_keys(running, office)
    document_id = approved(writers, running)
    with reading() as session:
        version = session.scalars(sa.select(DraftVersion)).one()
        assert version.checked_at is not None
        assert version.findings is not None
    assert issuing.run_next(running)
    assert (writers.status(document_id), failed(document_id)) == (S.SIGNED, [])
    with transaction() as session:
        services.number_document(session, office.clerk, document_id=document_id)
    assert issuing.run_next(running)  # number and date into their fields
    assert issuing.run_next(running)  # the organ's seal
    assert (writers.status(document_id), failed(document_id)) == (S.SEALED, [])

    pdf = pdf_of(document_id)
    assert fields.read_values(pdf)[fields.NUMBER] == "01"
    found = verdict.read(pdf, roots)
    assert [(one.signer, one.ok) for one in found] == [
        ("Nguyễn Mẫu An", True), ("UBND phường Minh Họa", True),
    ]  # fmt: skip
    with transaction() as session:
        services.issue_document(session, office.clerk, document_id=document_id)
    assert writers.status(document_id) is S.ISSUED


def test_without_a_key_it_says_so_and_goes_on_later(
    running: Runtime, office: Office, writers: Writers
) -> None:
    document_id = approved(writers, running)
    assert issuing.run_next(running)
    assert writers.status(document_id) is S.APPROVED
    assert failed(document_id) == ["Máy chủ không giữ khóa ký của Nguyễn Mẫu An."]

    give_keys(running, office)
    with transaction() as session:
        retry(session, office.clerk, document_id=document_id, kind=WorkKind.SIGN)
    assert issuing.run_next(running)
    assert writers.status(document_id) is S.SIGNED


def test_a_worker_that_dies_after_the_number_loses_nothing(
    running: Runtime, office: Office, writers: Writers
) -> None:
    give_keys(running, office)
    document_id = approved(writers, running)
    assert issuing.run_next(running)
    with transaction() as session:
        services.number_document(session, office.clerk, document_id=document_id)
        claim = jobs.claim_job(session)  # a worker takes it and is killed
        assert claim is not None
        job = session.get_one(OutgoingJob, claim.job_id)
        assert job.started_at is not None
        job.leased_until = job.started_at
    with transaction() as session:
        assert jobs.release_expired(session) == 1
    assert issuing.run_next(running)
    assert issuing.run_next(running)
    with reading() as session:
        document = session.get_one(OutgoingDocument, document_id)
        assert (document.code_number, document.status) == (1, S.SEALED)


def test_nothing_is_sealed_before_the_number_is_in_the_file(
    running: Runtime, office: Office, writers: Writers
) -> None:
    give_keys(running, office)
    document_id = approved(writers, running)
    assert issuing.run_next(running)
    with transaction() as session:
        services.number_document(session, office.clerk, document_id=document_id)
        jobs.cancel(session, document_id)
        jobs.enqueue(session, office.clerk, document_id, WorkKind.SEAL, 1)
    assert issuing.run_next(running)
    assert (writers.status(document_id), failed(document_id)[-1]) == (
        S.NUMBERED, "Văn bản chưa có đủ chữ ký và số trong tệp, chưa đóng dấu được.",
    )  # fmt: skip


def test_a_year_that_the_register_does_not_have_is_not_stamped(
    running: Runtime, office: Office, writers: Writers
) -> None:
    give_keys(running, office)
    document_id = approved(writers, running)
    assert issuing.run_next(running)
    with transaction() as session:
        services.number_document(session, office.clerk, document_id=document_id)
        session.get_one(OutgoingDocument, document_id).issued_date = date(1999, 1, 5)
    assert issuing.run_next(running)
    assert "khác sổ đăng ký (1; 05/01/1999)" in failed(document_id)[-1]
