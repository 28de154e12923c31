"""What the way of a document out of the house must never let through."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.casefiles.hooks import WorkHandedOver
from app.clock import now
from app.db import reading, transaction
from app.errors import NotFound, PermissionDenied, RuleViolated
from app.files.models import StoredFile
from app.organisation.models import Delegation, DelegationState
from app.organisation.queries import actor_for
from app.outgoing import queries, services
from app.outgoing.filing import on_work_handed_over
from app.outgoing.models import (
    CertifiedCopy,
    CopyKind,
    Correction,
    DraftVersion,
    Medium,
    OutgoingDocument,
    OutgoingJob,
    ReviewStep,
    WorkKind,
    WorkState,
)
from app.outgoing.services import CopyOrder, jobs, results
from app.outgoing.services.jobs import WorkClaim
from app.outgoing.services.retrying import retry
from app.registers import services as registers
from app.security import SYSTEM, Actor
from tests.factories import Office
from tests.integration.outgoing.conftest import Writers


def stand_in(office: Office, person: Actor) -> Actor:
    """The person, acting in the leader's post from yesterday to tomorrow."""
    with transaction() as session:
        session.add(
            Delegation(
                from_post_id=office.leader.post_id, from_person_id=office.leader.person_id,
                to_person_id=person.person_id, state=DelegationState.APPROVED,
                valid_from=now() - timedelta(days=1), valid_to=now() + timedelta(days=1),
            )
        )  # fmt: skip
    with reading() as session:
        return actor_for(session, person.person_id or 0)


def at_the_leader(writers: Writers, **values: Any) -> int:
    document_id = writers.draft(**values)
    writers.write(document_id)
    writers.submit(document_id)
    writers.approve(document_id, writers.office.head, writers.office.chief)
    return document_id


def test_a_deputy_acting_for_the_head_signs_kt_with_their_own_key(
    writers: Writers, office: Office
) -> None:
    document_id = at_the_leader(writers, medium=Medium.PAPER)
    writers.approve(document_id, stand_in(office, office.vice_leader))

    with reading() as session:
        document = session.get_one(OutgoingDocument, document_id)
        assert document.authority_lines == ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"]
        assert document.signer_position == "PHÓ CHỦ TỊCH"
        work = results.load_work(session, WorkClaim(0, "", WorkKind.SIGN, document_id, 1, None))
        assert document.signer_person_id == office.vice_leader.person_id
        assert work.signer_name == office.vice_leader.name
        assert work.signer_login != "chutich"


def test_the_leader_agrees_to_no_page_that_is_not_made_yet(
    writers: Writers, office: Office
) -> None:
    document_id = at_the_leader(writers)
    with transaction() as session:
        session.scalars(sa.select(DraftVersion)).one().pdf_file_id = None

    with pytest.raises(RuleViolated, match="đang dựng bản PDF"):
        writers.approve(document_id, office.leader)


def test_who_is_neither_deputy_nor_head_of_unit_signs_for_nobody(
    writers: Writers, office: Office
) -> None:
    document_id = at_the_leader(writers)
    acting = stand_in(office, office.specialist2)

    with pytest.raises(RuleViolated, match="ký thay"):
        writers.approve(document_id, acting)


def test_an_older_check_never_cancels_a_newer_one(writers: Writers) -> None:
    document_id = writers.draft()
    writers.write(document_id, checked=False)
    writers.write(document_id, checked=False)
    with transaction() as session:
        kept = jobs.enqueue(session, SYSTEM, document_id, WorkKind.CHECK, 1)
        assert (kept.version_no, kept.state) == (2, WorkState.QUEUED)


def test_failed_work_is_repeated_only_by_its_people_while_it_is_needed(
    writers: Writers, office: Office
) -> None:
    document_id = writers.draft()
    writers.write(document_id, checked=False)
    with transaction() as session:
        jobs.cancel(session, document_id)
    with transaction() as session, pytest.raises((PermissionDenied, NotFound)):
        retry(session, office.specialist2, document_id=document_id, kind=WorkKind.CHECK)
    with transaction() as session:
        retry(session, office.specialist, document_id=document_id, kind=WorkKind.CHECK)
        jobs.cancel(session, document_id)
        session.add(
            DraftVersion(
                document_id=document_id, no=2, author_post_id=office.specialist.post_id,
                format=session.scalars(sa.select(DraftVersion.format)).one(),
            )
        )  # fmt: skip
    with transaction() as session, pytest.raises(RuleViolated, match="sang bước khác"):
        retry(session, office.specialist, document_id=document_id, kind=WorkKind.CHECK)
    with reading() as session:
        states = session.scalars(sa.select(OutgoingJob.state)).all()
        assert states == [WorkState.FAILED, WorkState.FAILED]


def test_a_document_for_nobody_is_not_submitted(writers: Writers) -> None:
    document_id = writers.draft(recipients=[])
    writers.write(document_id)

    with pytest.raises(RuleViolated, match="nơi nhận"):
        writers.submit(document_id)


def test_a_document_has_one_replacement(writers: Writers, office: Office) -> None:
    old = writers.issued()
    with transaction() as session:
        first = services.start_correction(
            session, office.specialist, document_id=old, how=Correction.REPLACEMENT
        ).id
    with transaction() as session, pytest.raises(RuleViolated, match="thay thế"):
        services.start_correction(
            session, office.specialist, document_id=old, how=Correction.REPLACEMENT
        )
    with transaction() as session:
        services.cancel_draft(session, office.specialist, document_id=first, reason="Nhầm")
    with transaction() as session:
        services.start_correction(
            session, office.specialist, document_id=old, how=Correction.REPLACEMENT
        )


def test_what_goes_back_loses_the_frozen_signature_block(writers: Writers, office: Office) -> None:
    document_id = writers.approved()
    with transaction() as session:
        services.return_approved(session, office.clerk, document_id=document_id, comment="Sai")
        document = session.get_one(OutgoingDocument, document_id)
        assert (document.signing_authority, document.authority_lines) == (None, [])
        assert (document.signer_position, document.signer_name) == ("", "")
        assert document.signer_person_id is None


def test_the_chief_reads_content_and_form_of_drafts_of_the_office(
    writers: Writers, office: Office
) -> None:
    document_id = writers.draft(office.clerk)
    writers.write(document_id, actor=office.clerk)
    with transaction() as session:
        services.submit_draft(
            session, office.clerk, document_id=document_id,
            signer_post_id=office.leader.post_id or 0,
        )  # fmt: skip
    with pytest.raises(PermissionDenied):
        writers.approve(document_id, office.clerk2)
    writers.approve(document_id, office.chief)

    with reading() as session:
        steps = session.scalars(sa.select(ReviewStep).order_by(ReviewStep.id)).all()
        assert steps[0].comment == "Chánh Văn phòng duyệt cả nội dung và thể thức"
        assert steps[1].by_post_id == office.chief.post_id


def order(office: Office, document_id: int) -> CopyOrder:
    return CopyOrder(
        kind="outgoing", thing_id=document_id, copy_kind=CopyKind.TRUE_COPY,
        issuing_body_id=office.committee_id,
    )  # fmt: skip


def test_only_what_went_out_is_copied_and_a_voided_copy_has_no_number(
    writers: Writers, office: Office
) -> None:
    sealed, issued = writers.sealed(), writers.issued()
    with transaction() as session, pytest.raises(RuleViolated):
        services.make_copy(session, office.clerk, order(office, sealed))
    with transaction() as session:
        entry_id = services.make_copy(session, office.clerk, order(office, issued))
        registers.void_entry(
            session, office.clerk, entry_id=entry_id.register_entry_id or 0, reason="Hỏng bản"
        )
    with reading() as session:
        copy = session.scalars(sa.select(CertifiedCopy)).one()
        assert (copy.register_entry_id, copy.code_label) == (None, "")


def test_a_recipient_sees_what_went_out_and_no_draft(writers: Writers, office: Office) -> None:
    document_id = writers.draft(medium=Medium.PAPER)
    writers.write(document_id, "một")
    writers.write(document_id, "hai")
    writers.submit(document_id)
    writers.approve(document_id, office.head, office.chief, office.leader)
    with transaction() as session:
        services.number_document(session, office.clerk, document_id=document_id)
        services.seal_paper(session, office.clerk, document_id=document_id)
        services.issue_document(session, office.clerk, document_id=document_id)
    with reading() as session:
        token = session.get_one(OutgoingDocument, document_id).token
        view = queries.load_document(session, office.head2, token)
        assert ([one.no for one in view.versions], view.steps) == ([2], ())
        assert len(view.recipients) == 2
        assert len(queries.load_document(session, office.clerk, token).versions) == 2
        first = session.scalars(
            sa.select(StoredFile)
            .join(DraftVersion, DraftVersion.file_id == StoredFile.id)
            .where(DraftVersion.no == 1)
        ).one()
        assert view.page is not None
        assert queries.file_for(session, office.head2, view.page.token)[1].id == view.page.id
        with pytest.raises(NotFound):
            queries.file_for(session, office.head2, first.token)


def test_handed_over_work_takes_drafts_and_decisions_along(
    writers: Writers, office: Office
) -> None:
    document_id = at_the_leader(writers)
    was, becomes = office.leader.post_id or 0, office.vice_leader.post_id or 0
    with transaction() as session:
        on_work_handed_over(session, WorkHandedOver(SYSTEM, was, becomes))
    with pytest.raises(RuleViolated, match="đang dựng bản PDF"):
        writers.approve(document_id, office.vice_leader)  # the page still bears the other's name
    writers.check(document_id)
    writers.approve(document_id, office.vice_leader)

    with reading() as session:
        document = session.get_one(OutgoingDocument, document_id)
        assert document.signer_post_id == becomes
        assert document.signer_position == "PHÓ CHỦ TỊCH"
