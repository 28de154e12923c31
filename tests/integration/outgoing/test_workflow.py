"""A document made, checked, signed, numbered and sealed by the worker, as pyHanko sees it."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.audit import AuditLog
from app.clock import now
from app.db import reading, transaction
from app.errors import InvalidInput, RuleViolated
from app.files.models import StoredFile
from app.files.store import current_store
from app.incoming.quarantine import current_quarantine
from app.organisation.models import Delegation, DelegationState
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
from app.outgoing.services.authority import must_still_sign
from app.outgoing.services.ordering import set_order
from app.outgoing.services.retrying import retry
from app.outgoing.signing import fields, verdict
from app.registers.models import EntryState, RegisterEntry
from app.web.shell import settings
from tests.factories import Office
from tests.integration.outgoing.conftest import Writers
from tests.unit.outgoing.signing import keys, softhsm
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


@pytest.mark.parametrize("number_first", [True, False])
def test_in_either_order_the_book_the_page_and_both_signatures_agree(
    running: Runtime, office: Office, writers: Writers, number_first: bool
) -> None:
    roots = give_keys(running, office)
    with transaction() as session:
        set_order(
            session, office.chief, issuing_body_id=office.committee_id, number_first=number_first
        )
    document_id = approved(writers, running)
    if number_first:
        assert not issuing.run_next(running)  # nothing is signed before the number
    else:
        assert issuing.run_next(running)
    with transaction() as session:
        services.number_document(session, office.clerk, document_id=document_id)
    while issuing.run_next(running):
        pass

    assert (writers.status(document_id), failed(document_id)) == (S.SEALED, [])
    with reading() as session:
        rows = sa.select(PaperStage.stage).order_by(PaperStage.id)
        names = [stage.value for stage in session.scalars(rows)]
    middle = ["numbered", "signed"] if number_first else ["signed", "numbered"]
    assert names == ["prepared", *middle, "sealed"]
    pdf = pdf_of(document_id)
    assert fields.read_values(pdf)[fields.NUMBER] == "01"
    assert [one.ok for one in verdict.read(pdf, roots)] == [True, True]


def test_a_number_given_up_after_a_failed_signature_is_never_given_again(
    running: Runtime, office: Office, writers: Writers
) -> None:
    with transaction() as session:
        set_order(session, office.chief, issuing_body_id=office.committee_id, number_first=True)
    document_id = approved(writers, running)
    with transaction() as session:
        services.number_document(session, office.clerk, document_id=document_id)
    assert issuing.run_next(running)
    assert issuing.run_next(running)  # no key: the signature fails, the number stays
    assert failed(document_id) == ["Máy chủ không giữ khóa ký của Nguyễn Mẫu An."]
    with transaction() as session, pytest.raises(InvalidInput):
        services.give_number_back(session, office.clerk, document_id=document_id, reason=" ")
    with transaction() as session:
        services.give_number_back(
            session, office.clerk, document_id=document_id, reason="Lãnh đạo không ký"
        )
    with reading() as session:
        audited = session.scalars(
            sa.select(AuditLog).where(AuditLog.action == "outgoing.number_taken_back")
        ).one()
        assert audited.person_id == office.clerk.person_id
        entry = session.scalars(sa.select(RegisterEntry)).one()
        assert (entry.state, entry.reason) == (EntryState.VOIDED, "Lãnh đạo không ký")

    roots = give_keys(running, office)
    with transaction() as session:
        services.number_document(session, office.clerk, document_id=document_id)
    while issuing.run_next(running):
        pass
    pdf = pdf_of(document_id)
    assert fields.read_values(pdf)[fields.NUMBER] == "02"
    assert [one.ok for one in verdict.read(pdf, roots)] == [True, True]
    with transaction() as session:
        services.issue_document(session, office.clerk, document_id=document_id)
    with transaction() as session, pytest.raises(RuleViolated):
        services.give_number_back(session, office.clerk, document_id=document_id, reason="Muộn")


def test_keys_may_live_in_tokens(
    running: Runtime, office: Office, writers: Writers, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    root = keys.issue("CA thử")
    folder = running.settings.var_dir / "keys"
    folder.mkdir()
    (folder / "chutich.p12").write_bytes(keys.issue(office.leader.name, root).pkcs12(root))
    (folder / "chutich.pass").write_text(keys.PASSPHRASE)
    found = softhsm.make(tmp_path, keys.issue("UBND phường Minh Họa", root), sys.executable)
    monkeypatch.setenv("SOFTHSM2_CONF", found["SOFTHSM2_CONF"])
    softhsm.read_anew()
    described = {"module": softhsm.MODULE, "token": softhsm.TOKEN, "label": softhsm.LABEL}
    lines = "\n".join(f"{name} = {value}" for name, value in described.items())
    (folder / "seal-UBND.token").write_text(f"[token]\n{lines}\n", encoding="utf-8")
    (folder / "seal-UBND.pass").write_text("000000")
    document_id = approved(writers, running)
    assert issuing.run_next(running)
    with transaction() as session:
        services.number_document(session, office.clerk, document_id=document_id)
    while issuing.run_next(running):
        pass
    assert "kiểm tra thiết bị đã cắm và mã PIN" in failed(document_id)[-1]

    (folder / "seal-UBND.pass").write_text(softhsm.PIN)
    with transaction() as session:
        retry(session, office.clerk, document_id=document_id, kind=WorkKind.SEAL)
    assert issuing.run_next(running)
    assert writers.status(document_id) is S.SEALED
    assert [one.ok for one in verdict.read(pdf_of(document_id), [root.der])] == [True, True]


def test_authority_that_ended_after_the_agreement_signs_nothing(
    running: Runtime, office: Office, writers: Writers
) -> None:
    give_keys(running, office)
    with transaction() as session:
        lent = Delegation(
            from_post_id=office.leader.post_id, from_person_id=office.leader.person_id,
            to_person_id=office.head.person_id, state=DelegationState.APPROVED,
            valid_from=now() - timedelta(days=1), valid_to=now() + timedelta(days=1),
        )  # fmt: skip
        session.add(lent)
        session.flush()
        lent_id = lent.id
    document_id = writers.draft(signer_post_id=office.head.post_id)
    writers.write(document_id)
    writers.submit(document_id, office.head)
    writers.approve(document_id, office.head, office.chief, office.head)
    with transaction() as session:
        assert session.get_one(OutgoingDocument, document_id).authority_lines == ["TUQ. CHỦ TỊCH"]
        must_still_sign(session, session.get_one(OutgoingDocument, document_id))
        session.get_one(Delegation, lent_id).valid_to = now() - timedelta(minutes=1)
    with reading() as session, pytest.raises(RuleViolated, match="không còn như lúc duyệt"):
        must_still_sign(session, session.get_one(OutgoingDocument, document_id))
