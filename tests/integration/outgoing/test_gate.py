"""The form check is a gate: nothing goes on unseen, errors stay only with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit import AuditLog
from app.clock import now
from app.db import reading, transaction
from app.errors import RuleViolated
from app.organisation.models import Delegation, DelegationState
from app.organisation.queries import actor_for
from app.outgoing import services
from app.outgoing.models import DraftVersion, Medium, OutgoingJob, OutgoingStatus, WorkKind
from app.outgoing.services import jobs
from tests.factories import Office
from tests.integration.outgoing.conftest import Writers

S = OutgoingStatus
FAULT = {"rule": "margins.left", "severity": "error", "message": "Lề trái 20 mm"}
HINT = {"rule": "language.double_space", "severity": "warning", "message": "Hai dấu cách"}


# Sentences and states: one database; the services beneath are tested on both elsewhere.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_nothing_is_submitted_while_a_worker_makes_its_page(writers: Writers) -> None:
    document_id = writers.draft()
    writers.write(document_id, checked=False)
    with pytest.raises(RuleViolated, match="đang dựng bản PDF"):
        writers.submit(document_id)
    assert writers.status(document_id) is S.DRAFT

    writers.check(document_id)
    writers.submit(document_id)
    assert writers.status(document_id) is S.UNIT_REVIEW


def test_work_that_failed_is_told_with_its_reason(writers: Writers) -> None:
    document_id = writers.draft()
    writers.write(document_id, checked=False)
    with transaction() as session:
        claim = jobs.claim_job(session)
        assert claim is not None
        jobs.fail(session, claim, "Tệp Word bị hỏng.")
    with pytest.raises(RuleViolated, match=r"Tệp Word bị hỏng\. Hãy bấm “Làm lại”"):
        writers.submit(document_id)


def test_the_office_lets_errors_through_with_a_reason_that_is_written_down(
    writers: Writers, office: Office
) -> None:
    document_id = writers.draft()
    writers.write(document_id, checked=False)
    writers.check(document_id, FAULT, HINT)
    writers.submit(document_id)
    writers.approve(document_id, office.head)  # the head reads the content
    with pytest.raises(RuleViolated, match="Thể thức còn lỗi"):
        writers.approve(document_id, office.clerk)
    with transaction() as session:
        services.approve(session, office.clerk, document_id=document_id, comment="Bản vẽ khổ rộng")
    writers.approve(document_id, office.leader)  # who relies on the office

    assert writers.status(document_id) is S.APPROVED
    with reading() as session:
        row = session.scalars(
            sa.select(AuditLog).where(AuditLog.action == "outgoing.form_overruled")
        ).one()
        assert row.person_id == office.clerk.person_id
        assert row.detail == {"no": 1, "rules": ["margins.left"], "reason": "Bản vẽ khổ rộng"}


def test_on_the_urgent_path_the_signer_gives_the_reason(writers: Writers, office: Office) -> None:
    document_id = writers.draft(urgency=3)
    writers.write(document_id, checked=False)
    writers.check(document_id, FAULT)
    writers.submit(document_id, urgent_reason="Bão số 9")
    with pytest.raises(RuleViolated, match="Thể thức còn lỗi"):
        writers.approve(document_id, office.leader)
    with transaction() as session:
        services.approve(session, office.leader, document_id=document_id, comment="Gấp")
    assert writers.status(document_id) is S.APPROVED


def test_warnings_stop_nobody(writers: Writers, office: Office) -> None:
    document_id = writers.draft()
    writers.write(document_id, checked=False)
    writers.check(document_id, HINT)
    writers.submit(document_id)
    writers.approve(document_id, office.head, office.clerk, office.leader)
    assert writers.status(document_id) is S.APPROVED


def test_another_signer_or_other_words_let_the_page_be_checked_again(
    writers: Writers, office: Office
) -> None:
    document_id = writers.draft()
    writers.write(document_id)
    with transaction() as session:
        services.change_draft(
            session, office.specialist, document_id=document_id, version=None,
            data=writers.data(subject_summary="Về việc khác"),
        )  # fmt: skip
    with pytest.raises(RuleViolated, match="đang dựng"):
        writers.submit(document_id)
    writers.check(document_id)
    writers.submit(document_id, office.vice_leader)
    with pytest.raises(RuleViolated, match="đang dựng"):
        writers.approve(document_id, office.head)
    writers.check(document_id)
    writers.approve(document_id, office.head)

    with reading() as session:
        kinds = session.scalars(sa.select(OutgoingJob.kind)).all()
        assert kinds == [WorkKind.CHECK] * 3
        assert session.scalars(sa.select(DraftVersion.findings)).one() == []


def test_who_acts_for_the_signer_agrees_to_no_page_with_the_signers_name(
    writers: Writers, office: Office
) -> None:
    document_id = writers.draft()
    writers.write(document_id)
    writers.submit(document_id)
    writers.approve(document_id, office.head, office.chief)
    with transaction() as session:
        session.add(
            Delegation(
                from_post_id=office.leader.post_id, from_person_id=office.leader.person_id,
                to_person_id=office.vice_leader.person_id, state=DelegationState.APPROVED,
                valid_from=now() - timedelta(days=1), valid_to=now() + timedelta(days=1),
            )
        )  # fmt: skip
    with reading() as session:
        acting = actor_for(session, office.vice_leader.person_id or 0)
    with pytest.raises(RuleViolated, match=r"KT\. CHỦ TỊCH / PHÓ CHỦ TỊCH"):
        writers.approve(document_id, acting)
    assert writers.status(document_id) is S.LEADER_SIGN


def test_a_paper_document_without_a_file_needs_no_check(writers: Writers) -> None:
    document_id = writers.draft(medium=Medium.PAPER)
    writers.submit(document_id)
    assert writers.status(document_id) is S.UNIT_REVIEW
