"""Number, seal, issue: gapless by body, replies close letters, deliveries, recall, copies."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.clock import now
from app.db import reading, transaction
from app.errors import NotFound, PermissionDenied, RuleViolated
from app.incoming.models import IncomingDocument, IncomingStatus
from app.incoming.services import direct_letter, submit_letter
from app.notifications.models import Notification
from app.outgoing import services
from app.outgoing.models import (
    CertifiedCopy,
    CopyKind,
    Correction,
    Delivery,
    Medium,
    OutgoingDocument,
    OutgoingJob,
    OutgoingStatus,
    RecallState,
    Recipient,
    SeriesUse,
    WorkKind,
)
from app.outgoing.queries.books import book_rows
from app.outgoing.queries.documents import get_document
from app.outgoing.services import CopyOrder
from app.outgoing.services.issuing import note_opened
from app.registers import services as registers
from app.registers.models import Direction
from app.registers.queries import proof
from app.tasks import custody
from app.tasks.models import Outcome, Task, TaskStatus
from app.tasks.parties import Party
from app.tasks.services import DirectiveOrder
from tests.factories import Office
from tests.integration.incoming.conftest import Desk
from tests.integration.outgoing.conftest import Writers

S = OutgoingStatus
WRITERS = 32


def number(writers: Writers, document_id: int) -> OutgoingDocument:
    with transaction() as session:
        return services.number_document(session, writers.office.clerk, document_id=document_id)


def signed_papers(writers: Writers, count: int) -> list[int]:
    """Papers that wait for a number, made at once."""
    with transaction() as session:
        rows = []
        for _ in range(count):
            made = services.start_draft(
                session, writers.office.specialist, writers.data(medium=Medium.PAPER)
            )
            made.status, made.signed_at = S.SIGNED, now()
            rows.append(made)
        session.flush()
        return [row.id for row in rows]


def test_32_writers_give_numbers_without_gap_or_double(writers: Writers) -> None:
    ids, faults = signed_papers(writers, WRITERS * 2), list[BaseException]()
    ready = threading.Barrier(WRITERS)

    def write(mine: list[int]) -> None:
        try:
            ready.wait()
            for document_id in mine:
                number(writers, document_id)
        except BaseException as fault:
            faults.append(fault)

    threads = [
        threading.Thread(target=write, args=(ids[at * 2 : at * 2 + 2],)) for at in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    with reading() as session:
        given = session.scalars(sa.select(OutgoingDocument.code_number)).all()
        assert sorted(n for n in given if n) == list(range(1, WRITERS * 2 + 1))
        assert proof(session, writers.series_id, now().year).sentence == "1…64 đủ."


def test_32_clerks_give_one_document_one_number(writers: Writers) -> None:
    [document_id], refused = signed_papers(writers, 1), list[BaseException]()
    ready = threading.Barrier(WRITERS)

    def write() -> None:
        ready.wait()
        try:
            number(writers, document_id)
        except Exception as fault:
            refused.append(fault)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == WRITERS - 1
    with reading() as session:
        assert proof(session, writers.series_id, now().year).sentence == "1…1 đủ."


def test_number_and_date_come_together(writers: Writers) -> None:
    document = number(writers, writers.approved(medium=Medium.PAPER))

    assert (document.full_code, document.status) == ("01/UBND-KT", S.NUMBERED)
    assert document.issued_date is not None


def test_an_electronic_document_is_signed_before_its_number(writers: Writers) -> None:
    document_id = writers.approved()
    with pytest.raises(RuleViolated, match="ký số trước"):
        number(writers, document_id)
    writers.signed(document_id)
    number(writers, document_id)

    with reading() as session:
        kinds = session.scalars(sa.select(OutgoingJob.kind).order_by(OutgoingJob.id)).all()
        assert kinds == [WorkKind.CHECK, WorkKind.SIGN, WorkKind.STAMP]


def test_the_number_comes_first_where_the_office_says_so(writers: Writers, office: Office) -> None:
    document_id = writers.draft()
    with transaction() as session:
        session.get_one(OutgoingDocument, document_id).number_first = True
    writers.write(document_id)
    writers.submit(document_id)
    writers.approve(document_id, office.head, office.chief, office.leader)
    number(writers, document_id)
    with pytest.raises(RuleViolated, match="chưa được"):
        writers.seal(document_id)
    writers.signed(document_id)
    writers.seal(document_id)
    assert writers.status(document_id) is S.SEALED


def test_only_the_clerk_gives_numbers(writers: Writers, office: Office) -> None:
    document_id = writers.approved(medium=Medium.PAPER)

    for actor in (office.leader, office.chief, office.head, office.specialist):
        with transaction() as session, pytest.raises(PermissionDenied):
            services.number_document(session, actor, document_id=document_id)


def test_a_type_may_have_numbers_of_its_own(writers: Writers, office: Office) -> None:
    with transaction() as session:
        series = registers.create_series(
            session, office.chief, name="Quyết định của UBND",
            direction=Direction.OUTGOING, issuing_body_id=office.committee_id,
        )  # fmt: skip
        services.use_series(
            session, office.chief, issuing_body_id=office.committee_id, purpose="decision",
            series_id=series.id,
        )  # fmt: skip
    letter = number(writers, writers.approved(medium=Medium.PAPER))
    decision = number(writers, writers.approved(medium=Medium.PAPER, document_type="decision"))

    assert (letter.full_code, decision.full_code) == ("01/UBND-KT", "01/QĐ-UBND")


def test_a_body_without_a_book_says_what_to_do(writers: Writers, office: Office) -> None:
    document_id = writers.approved(medium=Medium.PAPER, issuing_body_id=office.council_id)

    with pytest.raises(NotFound) as missing:
        number(writers, document_id)
    assert "mở sổ" in missing.value.user_message.lower()


def test_a_voided_number_is_not_given_again(writers: Writers, office: Office) -> None:
    document_id = writers.approved(medium=Medium.PAPER)
    entry_id = number(writers, document_id).register_entry_id
    assert entry_id is not None
    with transaction() as session:
        registers.void_entry(session, office.clerk, entry_id=entry_id, reason="Ghi nhầm ngày")

    assert writers.status(document_id) is S.SIGNED
    assert number(writers, document_id).code_number == 2
    with transaction() as session:
        services.seal_paper(session, office.clerk, document_id=document_id)
        entry = session.get_one(OutgoingDocument, document_id).register_entry_id
        registers.void_entry(session, office.clerk, entry_id=entry or 0, reason="Sai ngày")
    assert writers.status(document_id) is S.SIGNED  # sealed, not gone out: there is a way back
    assert number(writers, document_id).code_number == 3
    with transaction() as session:
        services.seal_paper(session, office.clerk, document_id=document_id)
        services.issue_document(session, office.clerk, document_id=document_id)
        entry = session.get_one(OutgoingDocument, document_id).register_entry_id
        with pytest.raises(RuleViolated, match="không hủy số"):
            registers.void_entry(session, office.clerk, entry_id=entry or 0, reason="x")


def test_issuing_opens_it_to_units_and_waits_for_the_rest(writers: Writers, office: Office) -> None:
    document_id = writers.issued()

    with reading() as session:
        states = session.scalars(sa.select(Recipient.delivery).order_by(Recipient.position)).all()
        assert states == [Delivery.WAITING, Delivery.DELIVERED]
        assert get_document(session, office.head2, document_id).full_code == "01/UBND-KT"
        told = session.scalars(
            sa.select(Notification.post_id).where(Notification.event == "outgoing.received")
        ).all()
        assert told == [office.head2.post_id]
        assert custody.current(session, "outgoing", [document_id]) == {}


def test_a_unit_that_opens_it_has_received_it(writers: Writers, office: Office) -> None:
    document_id = writers.issued()
    with transaction() as session:
        document = session.get_one(OutgoingDocument, document_id)
        assert note_opened(session, office.head, document) == 0  # not a recipient
        assert note_opened(session, office.head2, document) == 1


def test_what_is_not_sealed_does_not_go_out(writers: Writers, office: Office) -> None:
    document_id = writers.approved(medium=Medium.PAPER)

    with transaction() as session, pytest.raises(RuleViolated):
        services.issue_document(session, office.clerk, document_id=document_id)


def test_late_news_never_moves_a_delivery_back(writers: Writers, office: Office) -> None:
    document_id = writers.issued()
    with transaction() as session:
        first = session.scalars(sa.select(Recipient).order_by(Recipient.position)).first()
        assert first is not None
        for news in (Delivery.RECEIVED, Delivery.SENT, Delivery.SENT):
            services.note_delivery(
                session, office.clerk, document_id=document_id, recipient_id=first.id,
                delivery=news, envelope="12",
            )  # fmt: skip
        assert (first.delivery, first.envelope) == (Delivery.RECEIVED, "12")


def directed(desk: Desk, office: Office) -> int:
    """A letter that a leader has given to the economy unit."""
    letter_id = desk.register()
    with transaction() as session:
        submit_letter(
            session, office.clerk, letter_id=letter_id, to_post_id=office.leader.post_id or 0
        )
    order = DirectiveOrder(
        outcome=Outcome.ASSIGN, lead=Party(unit_id=office.economy), text="Trả lời",
        due_at=now() + timedelta(days=5),
    )  # fmt: skip
    with transaction() as session:
        direct_letter(session, office.leader, letter_id=letter_id, order=order)
    return letter_id


def test_a_reply_closes_its_letter_and_task_in_the_same_commit(
    writers: Writers, office: Office, desk: Desk
) -> None:
    letter_id = directed(desk, office)
    document_id = writers.draft(office.head, answers_incoming_id=letter_id, medium=Medium.PAPER)
    with transaction() as session:
        services.submit_draft(
            session, office.head, document_id=document_id,
            signer_post_id=office.leader.post_id or 0,
        )  # fmt: skip
    writers.approve(document_id, office.clerk, office.leader)
    number(writers, document_id)
    with transaction() as session:
        services.seal_paper(session, office.clerk, document_id=document_id)
        assert session.get_one(IncomingDocument, letter_id).status is IncomingStatus.ASSIGNED
        services.issue_document(session, office.clerk, document_id=document_id)
        letter = session.get_one(IncomingDocument, letter_id)
        task = session.scalars(sa.select(Task)).one()
        assert letter.status is IncomingStatus.DONE
        assert (letter.closed_reason or "").startswith("Đã trả lời: Công văn 01/UBND-KT ngày")
        assert (task.status, task.product) == (
            TaskStatus.COMPLETED, (letter.closed_reason or "").removeprefix("Đã trả lời: "),
        )  # fmt: skip


def test_a_letter_without_a_task_closes_too_and_a_partial_reply_closes_none(
    writers: Writers, office: Office, desk: Desk
) -> None:
    letters = [desk.register(b"1", code_number="1"), desk.register(b"2", code_number="2")]
    for letter_id, closes in zip(letters, (True, False), strict=True):
        document_id = writers.draft(
            office.clerk, answers_incoming_id=letter_id, closes_incoming=closes,
            medium=Medium.PAPER,
        )  # fmt: skip
        with transaction() as session:
            document = session.get_one(OutgoingDocument, document_id)
            document.status, document.signed_at = S.SIGNED, now()
        number(writers, document_id)
        with transaction() as session:
            services.seal_paper(session, office.clerk, document_id=document_id)
            services.issue_document(session, office.clerk, document_id=document_id)

    with reading() as session:
        states = [session.get_one(IncomingDocument, one).status for one in letters]
        assert states == [IncomingStatus.DONE, IncomingStatus.REGISTERED]


def test_a_recall_asks_everybody_who_got_it(writers: Writers, office: Office) -> None:
    document_id = writers.issued()
    with transaction() as session:
        services.recall_document(
            session, office.chief, document_id=document_id, reason="Sai thẩm quyền"
        )
    with reading() as session:
        rows = session.scalars(sa.select(Recipient).order_by(Recipient.position)).all()
        assert [row.recall for row in rows] == [RecallState.AGREED, RecallState.ASKED]
    with transaction() as session:
        services.answer_recall(
            session, office.clerk, document_id=document_id, recipient_id=rows[1].id,
            agrees=False, answer="Đã triển khai",
        )  # fmt: skip
        assert session.get_one(Recipient, rows[1].id).recall is RecallState.REFUSED
        assert session.get_one(OutgoingDocument, document_id).status is S.RECALLED


def test_a_replacement_takes_its_place_when_it_goes_out(writers: Writers, office: Office) -> None:
    old = writers.issued()
    with transaction() as session:
        new = services.start_correction(
            session, office.specialist, document_id=old, how=Correction.REPLACEMENT
        ).id
        assert len(session.scalars(sa.select(Recipient).filter_by(document_id=new)).all()) == 2
    assert writers.status(old) is S.ISSUED
    writers.submit(new)
    writers.approve(new, office.head, office.clerk, office.leader)
    number(writers, new)
    with transaction() as session:
        services.seal_paper(session, office.clerk, document_id=new)
        services.issue_document(session, office.clerk, document_id=new)
    assert writers.status(old) is S.REPLACED


def test_copies_have_numbers_of_their_own(writers: Writers, office: Office) -> None:
    document_id = writers.issued()
    for kind in (CopyKind.TRUE_COPY, CopyKind.TRUE_COPY, CopyKind.EXTRACT):
        with transaction() as session:
            services.make_copy(
                session, office.clerk,
                CopyOrder(
                    kind="outgoing", thing_id=document_id, copy_kind=kind, part="Mục II",
                    issuing_body_id=office.committee_id,
                ),
            )  # fmt: skip
    with reading() as session:
        copies = session.scalars(sa.select(CertifiedCopy).order_by(CertifiedCopy.id)).all()
        codes = [(copy.code_label, copy.code_notation) for copy in copies]
        assert codes == [("1", "SY-UBND"), ("2", "SY-UBND"), ("1", "TrS-UBND")]
    assert number(writers, writers.approved(medium=Medium.PAPER)).code_number == 2


def test_it_must_go_out_by_the_next_working_day(writers: Writers) -> None:
    document_id = writers.approved(medium=Medium.PAPER)
    with transaction() as session:
        document = session.get_one(OutgoingDocument, document_id)
        document.signed_at = now().replace(2026, 11, 20, 8)  # a Friday
        due = services.issue_by(session, document)
        assert due is not None
        assert due.date() == date(2026, 11, 23)
        document.urgency = 3
        assert services.issue_by(session, document) == document.signed_at


def test_the_book_of_copies_names_what_was_copied_also_letters_that_came_in(
    writers: Writers, office: Office, desk: Desk
) -> None:
    letter_id, document_id = desk.register(), writers.issued()
    for kind, thing_id in (("incoming", letter_id), ("outgoing", document_id)):
        order = CopyOrder(
            kind=kind, thing_id=thing_id, copy_kind=CopyKind.TRUE_COPY, copies=3,
            for_whom="Công an phường", issuing_body_id=office.committee_id,
        )  # fmt: skip
        with transaction() as session:
            services.make_copy(session, office.clerk, order)
    with reading() as session:
        series_id = session.scalars(sa.select(SeriesUse.series_id)).one()
        rows = book_rows(session, office.clerk, series_id=series_id, year=now().year)
    assert [(row[0], row[4], row[6]) for row in rows] == [
        ("01/SY-UBND", "Công an phường", 3), ("02/SY-UBND", "Công an phường", 3),
    ]  # fmt: skip
    assert all(str(row[2]).startswith("Sao y: ") and len(str(row[2])) > 12 for row in rows)
