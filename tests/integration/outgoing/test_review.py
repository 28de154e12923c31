"""The way of a draft through the office, and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.clock import now
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.organisation.models import (
    Delegation,
    DelegationState,
    IssuingBody,
    IssuingBodySigner,
    SigningAuthority,
)
from app.organisation.queries import actor_for
from app.outgoing import services
from app.outgoing.models import (
    Decision,
    Desk,
    DraftVersion,
    Medium,
    OpinionRequest,
    OutgoingDocument,
    OutgoingStatus,
    ReviewStep,
)
from app.outgoing.queries import approvals
from app.outgoing.queries.documents import (
    counted_waiting,
    get_document,
    waiting_for,
    waiting_tokens,
)
from app.security import Actor
from tests.factories import Office
from tests.integration.outgoing.conftest import Writers

S = OutgoingStatus


def submitted(writers: Writers, **values: Any) -> int:
    document_id = writers.draft(**values)
    writers.write(document_id)
    writers.submit(document_id)
    return document_id


def test_a_draft_goes_from_head_to_office_to_leader(writers: Writers, office: Office) -> None:
    document_id = submitted(writers)
    seen = [writers.status(document_id)]
    for actor in (office.head, office.chief, office.leader):
        writers.approve(document_id, actor)
        seen.append(writers.status(document_id))

    assert seen == [S.UNIT_REVIEW, S.FORMAT_CHECK, S.LEADER_SIGN, S.APPROVED]
    with reading() as session:
        steps = session.scalars(sa.select(ReviewStep).order_by(ReviewStep.id)).all()
        assert [(s.desk, s.initials) for s in steps] == [
            (Desk.UNIT, True), (Desk.OFFICE, True), (Desk.LEADER, False),
        ]  # fmt: skip
        document = session.get_one(OutgoingDocument, document_id)
        assert document.authority_lines == ["TM. ỦY BAN NHÂN DÂN"]
        assert (document.signer_position, document.signer_name) == ("CHỦ TỊCH", "Nguyễn Mẫu An")


def test_nobody_decides_out_of_turn(writers: Writers, office: Office) -> None:
    document_id = submitted(writers)

    for actor in (office.leader, office.deputy, office.clerk, office.specialist):
        with pytest.raises(PermissionDenied):
            writers.approve(document_id, actor)


def test_nobody_approves_what_they_wrote(writers: Writers, office: Office) -> None:
    document_id = writers.draft(office.chief)
    writers.write(document_id, actor=office.chief)
    with transaction() as session:
        services.submit_draft(
            session, office.chief, document_id=document_id,
            signer_post_id=office.leader.post_id or 0,
        )  # fmt: skip
    assert writers.status(document_id) is S.FORMAT_CHECK
    with pytest.raises(PermissionDenied, match="wrote"):
        writers.approve(document_id, office.chief)
    writers.approve(document_id, office.clerk)
    assert writers.status(document_id) is S.LEADER_SIGN


@pytest.mark.parametrize(
    ("to", "status"),
    [(Desk.DRAFTER, S.DRAFT), (Desk.UNIT, S.UNIT_REVIEW), (Desk.OFFICE, S.FORMAT_CHECK)],
)
def test_the_leader_returns_to_any_earlier_step(
    writers: Writers, office: Office, to: Desk, status: OutgoingStatus
) -> None:
    document_id = submitted(writers)
    writers.approve(document_id, office.head, office.chief)
    with transaction() as session, pytest.raises(InvalidInput):
        services.send_back(session, office.leader, document_id=document_id, to=to, comment=" ")
    with transaction() as session:
        services.send_back(
            session, office.leader, document_id=document_id, to=to, comment="Bổ sung số liệu"
        )

    assert writers.status(document_id) is status
    with reading() as session:
        step = session.scalars(
            sa.select(ReviewStep).where(ReviewStep.decision == Decision.RETURNED)
        ).one()
        assert (step.comment, step.returned_to) == ("Bổ sung số liệu", to)


def test_a_returned_draft_needs_the_whole_way_again(writers: Writers, office: Office) -> None:
    document_id = submitted(writers)
    with transaction() as session:
        services.send_back(
            session, office.head, document_id=document_id, to=Desk.DRAFTER, comment="Viết lại"
        )
    assert writers.write(document_id) == 2
    writers.submit(document_id)
    writers.approve(document_id, office.head, office.clerk, office.leader)

    with reading() as session:
        assert session.get_one(OutgoingDocument, document_id).approved_no == 2


def test_who_looked_at_an_older_version_is_told(writers: Writers, office: Office) -> None:
    document_id = submitted(writers)

    with transaction() as session, pytest.raises(RuleViolated, match="phiên bản mới"):
        services.approve(session, office.head, document_id=document_id, version_no=7)


def test_errors_of_form_need_a_reason_to_pass(writers: Writers, office: Office) -> None:
    document_id = submitted(writers)
    writers.approve(document_id, office.head)
    with transaction() as session:
        version = session.scalars(sa.select(DraftVersion)).one()
        version.findings = [{"rule": "date", "severity": "error"}]

    with pytest.raises(RuleViolated, match="Thể thức"):
        writers.approve(document_id, office.clerk)
    with transaction() as session:
        services.approve(session, office.clerk, document_id=document_id, comment="Mẫu riêng")
    assert writers.status(document_id) is S.LEADER_SIGN


def test_an_urgent_document_goes_straight_to_the_signer(writers: Writers, office: Office) -> None:
    ordinary, urgent = writers.draft(), writers.draft(urgency=3)
    for document_id in (ordinary, urgent):
        writers.write(document_id)
    with pytest.raises(InvalidInput):
        writers.submit(ordinary, urgent_reason="Bão số 9")
    writers.submit(urgent, urgent_reason="Bão số 9")

    with reading() as session:
        assert [w.document.id for w in waiting_for(session, office.leader)] == [urgent]
        assert tuple(session.execute(counted_waiting(office.leader)).one()) == (1, 1)
        skipped = sa.select(ReviewStep).where(ReviewStep.decision == Decision.SKIPPED)
        assert len(session.scalars(skipped).all()) == 2


def test_a_long_approval_list_says_what_it_leaves_out(
    writers: Writers, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = submitted(writers), submitted(writers)
    monkeypatch.setattr(approvals, "READ_HERE", 5)
    writers.approve(second, office.head)
    with reading() as session:
        waiting = waiting_for(session, office.chief, limit=1)
        assert [one.document.id for one in waiting_for(session, office.head)] == [first]
        assert waiting_tokens(session, office.chief) == [one.document.token for one in waiting]
        brief = approvals.briefs(session, [second])[second]
    assert (brief.no, brief.text, brief.more) == (1, "Kính ", True)
    writers.approve(first, office.head)
    with reading() as session:
        tokens = waiting_tokens(session, office.chief)
        turn = approvals.turn_of(session, office.chief, tokens[0])
        assert len(waiting_for(session, office.chief, limit=1)) == 1
    assert turn == approvals.Turn(number=1, total=2, previous=None, next=tokens[1])


def test_the_drafter_takes_a_draft_back(writers: Writers, office: Office) -> None:
    document_id = submitted(writers)
    with transaction() as session:
        services.withdraw(session, office.specialist, document_id=document_id)

    assert writers.status(document_id) is S.DRAFT
    with reading() as session:
        assert waiting_for(session, office.head) == []


def test_other_units_are_asked_beside_the_way(writers: Writers, office: Office) -> None:
    document_id = submitted(writers)
    with transaction() as session:
        services.ask_opinions(
            session, office.specialist, document_id=document_id, unit_ids=[office.culture],
            due_at=now() + timedelta(days=2), question="Có gì vướng?",
        )  # fmt: skip
    writers.approve(document_id, office.head)  # the draft does not wait
    with transaction() as session, pytest.raises(InvalidInput):
        services.give_opinion(session, office.head2, document_id=document_id, agrees=False, text="")
    with transaction() as session:
        services.give_opinion(
            session, office.head2, document_id=document_id, agrees=False, text="Thiếu kinh phí"
        )
    with reading() as session:
        request = session.scalars(sa.select(OpinionRequest)).one()
        assert (request.agrees, request.answer) == (False, "Thiếu kinh phí")
        with pytest.raises(NotFound):
            get_document(session, office.specialist2, document_id)


def test_an_approved_paper_is_signed_by_hand(writers: Writers) -> None:
    assert writers.status(writers.approved(medium=Medium.PAPER)) is S.SIGNED


def test_an_approved_document_goes_back_before_it_has_a_number(
    writers: Writers, office: Office
) -> None:
    document_id = writers.approved()
    with transaction() as session:
        services.return_approved(
            session, office.clerk, document_id=document_id, comment="Sai tên cơ quan"
        )
    with reading() as session:
        document = session.get_one(OutgoingDocument, document_id)
        assert (document.status, document.approved_no) == (S.DRAFT, None)


def block_of(office: Office, actor: Actor) -> tuple[str, list[str], str]:
    with reading() as session:
        found = services.signing_block(session, office.committee_id, actor.post_id or 0)
        return found.authority.value, list(found.lines), found.position


def test_a_deputy_signs_for_the_head(writers: Writers, office: Office) -> None:
    assert block_of(office, office.vice_leader) == (
        "kt", ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"], "PHÓ CHỦ TỊCH",
    )  # fmt: skip


def test_a_head_of_unit_signs_only_by_order(writers: Writers, office: Office) -> None:
    with pytest.raises(RuleViolated, match="chưa được giao ký"):
        block_of(office, office.head)
    with transaction() as session:
        body = session.get_one(IssuingBody, office.committee_id)
        body.signers.append(
            IssuingBodySigner(post_id=office.head.post_id, authority=SigningAuthority.TL)
        )
    assert block_of(office, office.head) == ("tl", ["TL. CHỦ TỊCH"], "TRƯỞNG PHÒNG")


def test_a_dated_delegation_makes_it_tuq(writers: Writers, office: Office) -> None:
    with transaction() as session:
        session.add(
            Delegation(
                from_post_id=office.leader.post_id,
                from_person_id=office.leader.person_id,
                to_person_id=office.head.person_id,
                state=DelegationState.APPROVED,
                valid_from=now() - timedelta(days=1),
                valid_to=now() + timedelta(days=1),
            )
        )
    assert block_of(office, office.head) == ("tuq", ["TUQ. CHỦ TỊCH"], "TRƯỞNG PHÒNG")

    document_id = submitted(writers, medium=Medium.PAPER)
    writers.approve(document_id, office.head, office.chief)
    with reading() as session:
        acting = actor_for(session, office.head.person_id or 0)
    writers.approve(document_id, acting)
    with reading() as session:
        document = session.get_one(OutgoingDocument, document_id)
        assert document.authority_lines == ["TUQ. CHỦ TỊCH"]
        assert document.signer_name == "Vũ Mẫu Cường"
        last = session.scalars(sa.select(ReviewStep).order_by(ReviewStep.id.desc())).first()
        assert last is not None
        assert last.on_behalf_of == office.leader.person_id
