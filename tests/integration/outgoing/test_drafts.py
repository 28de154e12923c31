"""Drafts: who sees them, who has them out, versions and remarks."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.links import linked_to
from app.outgoing import services
from app.outgoing.models import (
    Channel,
    DraftComment,
    DraftVersion,
    OutgoingDocument,
    OutgoingJob,
    OutgoingStatus,
    WorkKind,
)
from app.outgoing.queries.documents import get_document
from app.outgoing.services import RecipientData
from app.tasks import custody
from tests.factories import Office
from tests.integration.incoming.conftest import Desk
from tests.integration.outgoing.conftest import Writers


def test_a_draft_has_a_notation_but_no_number(writers: Writers) -> None:
    letter, decision = writers.draft(), writers.draft(document_type="decision")

    with reading() as session:
        made = session.get_one(OutgoingDocument, letter)
        other = session.get_one(OutgoingDocument, decision)
        assert (made.full_code, made.numbered) == ("…/UBND-KT", False)
        assert other.full_code == "…/QĐ-UBND"


def test_a_draft_is_seen_by_its_unit_and_not_by_another(writers: Writers, office: Office) -> None:
    document_id = writers.draft()

    with reading() as session:
        for actor in (office.specialist, office.head, office.leader):
            assert get_document(session, actor, document_id).id == document_id
        for actor in (office.specialist2, office.head2, office.admin):
            with pytest.raises(NotFound):
                get_document(session, actor, document_id)


def test_a_draft_lies_with_its_drafter(writers: Writers) -> None:
    document_id = writers.draft()

    with reading() as session:
        line = custody.current(session, "outgoing", [document_id])[document_id]
        assert "Đỗ Mẫu Phong" in line.holder


def test_an_answer_is_linked_with_its_letter(writers: Writers, office: Office, desk: Desk) -> None:
    letter_id = desk.register()
    document_id = writers.draft(office.clerk, answers_incoming_id=letter_id)

    with reading() as session:
        [link] = linked_to(session, office.clerk, "incoming", letter_id)
        assert (link.label, link.card.id) == ("Được trả lời bởi", document_id)


def test_nobody_answers_a_letter_they_may_not_see(writers: Writers, desk: Desk) -> None:
    letter_id = desk.register()

    with pytest.raises(NotFound):
        writers.draft(answers_incoming_id=letter_id)


def test_only_one_has_a_draft_out(writers: Writers, office: Office) -> None:
    document_id = writers.draft()
    with transaction() as session:
        services.check_out(session, office.head, document_id=document_id)

    with transaction() as session, pytest.raises(RuleViolated, match="Vũ Mẫu Cường"):
        services.check_out(session, office.specialist, document_id=document_id)
    with pytest.raises(RuleViolated, match="Vũ Mẫu Cường"):
        writers.write(document_id)
    assert writers.write(document_id, actor=office.head) == 1
    assert writers.write(document_id) == 2  # handing in has ended the lock


def test_every_version_is_kept_and_checked(writers: Writers) -> None:
    document_id = writers.draft()
    writers.write(document_id, "một", checked=False)
    writers.write(document_id, "hai", checked=False)

    with reading() as session:
        texts = session.scalars(sa.select(DraftVersion.text).order_by(DraftVersion.no)).all()
        jobs = session.scalars(sa.select(OutgoingJob).order_by(OutgoingJob.id)).all()
        assert texts == ["một", "hai"]
        assert [(job.kind, job.version_no) for job in jobs] == [
            (WorkKind.CHECK, 1), (WorkKind.CHECK, 2),
        ]  # fmt: skip
        assert [job.state.value for job in jobs] == ["failed", "queued"]  # the older is pointless


def test_a_stranger_writes_no_version(writers: Writers, office: Office) -> None:
    document_id = writers.draft()

    with pytest.raises(PermissionDenied):
        writers.write(document_id, actor=office.clerk)


def test_a_remark_stands_beside_a_page(writers: Writers, office: Office) -> None:
    document_id = writers.draft()
    writers.write(document_id)
    with transaction() as session:
        services.comment(
            session, office.head, document_id=document_id, text="Sửa câu này", page=1,
            box=[0.1, 0.2, 0.5, 2.0],
        )  # fmt: skip
    with reading() as session:
        remark = session.scalars(sa.select(DraftComment)).one()
        assert (remark.version_no, remark.page, remark.box) == (1, 1, [0.1, 0.2, 0.5, 1.0])
    with transaction() as session:
        services.resolve_comment(
            session, office.specialist, document_id=document_id, comment_id=remark.id
        )
    with reading() as session:
        assert session.scalars(sa.select(DraftComment.resolved_at)).one() is not None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"subject_summary": "  "}, "subject_summary"),
        ({"document_type": "khong_co"}, "document_type"),
        ({"issuing_body_id": 999}, "issuing_body_id"),
        ({"copies": 0}, "copies"),
        ({"recipients": [RecipientData(name="A", channel=Channel.EMAIL)]}, "recipients"),
    ],
)
def test_a_wrong_value_names_its_field(
    writers: Writers, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        writers.draft(**values)
    assert refused.value.field == field


def test_a_draft_given_up_keeps_its_reason(writers: Writers, office: Office) -> None:
    document_id = writers.draft()
    with transaction() as session:
        services.cancel_draft(
            session, office.specialist, document_id=document_id, reason="Không cần nữa"
        )
    assert writers.status(document_id) is OutgoingStatus.CANCELLED
    with pytest.raises(RuleViolated):
        writers.write(document_id)
