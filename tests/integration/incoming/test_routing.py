"""After registration: submit, propose, direct, handle, close, in the same commits as the tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.incoming import queries, services
from app.incoming.models import DueSource, IncomingDocument, Proposal
from app.incoming.models import IncomingStatus as S
from app.notifications.models import Notification
from app.security import Actor
from app.tasks import custody
from app.tasks.models import Outcome, Station, Task
from app.tasks.parties import Party
from app.tasks.services import directives, handling
from app.tasks.services.directives import DirectiveOrder
from tests.factories import Office
from tests.integration.incoming.conftest import Desk


def letter_of(letter_id: int) -> IncomingDocument:
    with reading() as session:
        return session.get_one(IncomingDocument, letter_id)


def submit(office: Office, letter_id: int, to: Actor) -> None:
    with transaction() as session:
        services.submit_letter(
            session, office.clerk, letter_id=letter_id, to_post_id=to.post_id or 0
        )


def direct(actor: Actor, letter_id: int, order: DirectiveOrder) -> int:
    with transaction() as session:
        return services.direct_letter(session, actor, letter_id=letter_id, order=order).id


def assign(office: Office) -> DirectiveOrder:
    return DirectiveOrder(Outcome.ASSIGN, "Nghiên cứu, trả lời", lead=Party(office.economy))


@pytest.fixture
def submitted(office: Office, desk: Desk) -> int:
    letter_id = desk.register()
    submit(office, letter_id, office.leader)
    return letter_id


def station(letter_id: int) -> Station | None:
    with reading() as session:
        line = custody.current(session, "incoming", [letter_id]).get(letter_id)
        return line.station if line else None


def test_a_submitted_letter_lies_at_the_leader_who_is_told(office: Office, submitted: int) -> None:
    letter = letter_of(submitted)

    assert (letter.status, letter.submitted_to_post_id) == (S.SUBMITTED, office.leader.post_id)
    assert station(submitted) is Station.LEADER
    with reading() as session:
        [notice] = session.scalars(sa.select(Notification))
    assert notice.post_id == office.leader.post_id
    assert "145/SNV-TCCB" in notice.title
    assert not notice.urgent


def test_register_and_submit_are_one_act(office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    with transaction() as session:
        services.register_letter(
            session, office.clerk, letter_id=taken.letter_id or 0,
            data=desk.data(urgency=3), submit_to_post_id=office.leader.post_id,
        )  # fmt: skip

    letter = letter_of(taken.letter_id or 0)
    assert (letter.status, letter.arrival_number) == (S.SUBMITTED, 1)
    with reading() as session:
        [notice] = session.scalars(sa.select(Notification))
    assert notice.urgent  # Hỏa tốc interrupts
    assert notice.title.startswith("Hỏa tốc")


def test_what_is_not_registered_is_not_submitted(office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    with pytest.raises(RuleViolated):
        submit(office, taken.letter_id or 0, office.leader)


def test_letters_are_submitted_to_those_who_direct_only(office: Office, desk: Desk) -> None:
    letter_id = desk.register()
    with pytest.raises(InvalidInput):
        submit(office, letter_id, office.specialist)
    with pytest.raises(PermissionDenied), transaction() as session:
        services.submit_letter(
            session, office.chief, letter_id=letter_id, to_post_id=office.leader.post_id or 0
        )


def test_the_chief_proposes_and_the_letter_goes_on_to_the_leader(
    office: Office, desk: Desk
) -> None:
    letter_id = desk.register()
    submit(office, letter_id, office.chief)
    assert station(letter_id) is Station.CHIEF
    due = datetime(2026, 12, 1, 10, tzinfo=UTC)
    data = services.ProposalData(
        to_post_id=office.leader.post_id or 0, lead_unit_id=office.economy,
        coordinators=[office.culture], due_at=due, text="Giao Phòng Kinh tế",
    )  # fmt: skip
    with pytest.raises(PermissionDenied), transaction() as session:
        services.propose(session, office.leader, letter_id=letter_id, data=data)
    with transaction() as session:
        services.propose(session, office.chief, letter_id=letter_id, data=data)

    assert letter_of(letter_id).submitted_to_post_id == office.leader.post_id
    assert station(letter_id) is Station.LEADER
    with reading() as session:
        proposal = session.scalars(sa.select(Proposal)).one()
    assert (proposal.lead_unit_id, proposal.coordinators, proposal.due_at) == (
        office.economy, [office.culture], due,
    )  # fmt: skip


def test_an_assigned_letter_is_seen_by_the_unit_and_noted_in_the_book(
    office: Office, submitted: int
) -> None:
    with reading() as session, pytest.raises(NotFound):
        queries.get_letter(session, office.head, submitted)
    direct(office.leader, submitted, assign(office))

    letter = letter_of(submitted)
    assert letter.status is S.ASSIGNED
    assert letter.handed_to == "Phòng Kinh tế, Hạ tầng và Đô thị"
    assert letter.handed_on == clock.today()
    with reading() as session:
        assert queries.get_letter(session, office.head, submitted).id == submitted
        for other in (office.head2, office.specialist, office.admin):
            with pytest.raises(NotFound):
                queries.get_letter(session, other, submitted)


def test_the_leaders_date_counts_before_the_senders_which_stays_and_comes_back(
    office: Office, submitted: int
) -> None:
    asked, given = (datetime(2026, 12, day, 10, tzinfo=UTC) for day in (4, 1))
    with transaction("t.ask") as session:
        letter = session.get_one(IncomingDocument, submitted)
        letter.sender_due_at = letter.due_at = asked
        letter.due_source = DueSource.TEXT
    order = DirectiveOrder(Outcome.ASSIGN, lead=Party(office.economy), due_at=given)
    directive = direct(office.leader, submitted, order)

    letter = letter_of(submitted)
    assert (letter.due_at, letter.leader_due_at, letter.sender_due_at) == (given, given, asked)
    corrected = replace(services.data_of(letter), due_at=None, due_source=DueSource.NONE)
    with transaction("t.correct") as session:
        services.correct_letter(
            session, office.clerk, letter_id=submitted, data=corrected, reason="Đọc nhầm"
        )
    assert (letter_of(submitted).due_at, letter_of(submitted).sender_due_at) == (given, None)
    with transaction("t.recall") as session:
        directives.recall_directive(
            session, office.leader, directive_id=directive, reason="Giao nhầm"
        )
    assert (letter_of(submitted).due_at, letter_of(submitted).due_source) == (None, DueSource.NONE)


def test_another_leader_does_not_direct_a_letter_that_lies_elsewhere(
    office: Office, submitted: int
) -> None:
    with pytest.raises(PermissionDenied):
        direct(office.vice_leader, submitted, assign(office))
    with pytest.raises(NotFound):
        direct(office.head, submitted, assign(office))


def test_a_redirected_letter_waits_for_the_other_leader(office: Office, submitted: int) -> None:
    order = DirectiveOrder(Outcome.REDIRECT, to_post_id=office.vice_leader.post_id)
    direct(office.leader, submitted, order)

    letter = letter_of(submitted)
    assert (letter.status, letter.submitted_to_post_id) == (
        S.SUBMITTED, office.vice_leader.post_id,
    )  # fmt: skip
    direct(office.vice_leader, submitted, assign(office))
    assert letter_of(submitted).status is S.ASSIGNED


def test_a_letter_for_information_is_done_when_all_have_opened_it(
    office: Office, submitted: int
) -> None:
    readers = [Party(office.economy), Party(office.culture)]
    direct(office.leader, submitted, DirectiveOrder(Outcome.INFORM, readers=readers))
    assert letter_of(submitted).status is S.FOR_INFORMATION

    for head, after in ((office.head, S.FOR_INFORMATION), (office.head2, S.DONE)):
        with transaction() as session:
            directives.mark_opened(session, head, "incoming", submitted)
        assert letter_of(submitted).status is after


def test_a_filed_letter_is_closed_at_once(office: Office, submitted: int) -> None:
    direct(office.leader, submitted, DirectiveOrder(Outcome.FILE))

    assert letter_of(submitted).status is S.FILED
    assert letter_of(submitted).closed_at is not None
    assert station(submitted) is None


def test_the_letter_is_done_in_the_commit_that_accepts_its_last_task(
    office: Office, submitted: int
) -> None:
    direct(office.leader, submitted, assign(office))
    with reading() as session:
        task_id = session.scalars(sa.select(Task.id)).one()
    steps: list[tuple[Callable[..., object], Actor, dict[str, object], S]] = [
        (handling.assign_specialist, office.head, {"post_id": office.specialist.post_id},
         S.IN_PROGRESS),
        (handling.report_progress, office.specialist, {"percent": 50, "text": "Đang soạn"},
         S.IN_PROGRESS),
        (handling.submit_completion, office.specialist, {"product": "12/BC-UBND"},
         S.IN_PROGRESS),
        (handling.accept_completion, office.leader, {}, S.DONE),
    ]  # fmt: skip
    for act, actor, arguments, after in steps:
        with transaction() as session:
            act(session, actor, task_id=task_id, **arguments)
        assert letter_of(submitted).status is after, act.__name__
    with reading() as session:
        assert queries.get_letter(session, office.specialist, submitted).closed_at is not None
    assert station(submitted) is None


def test_a_recalled_directive_puts_the_letter_back_on_the_desk(
    office: Office, submitted: int
) -> None:
    directive_id = direct(office.leader, submitted, assign(office))
    with transaction() as session:
        directives.recall_directive(
            session, office.leader, directive_id=directive_id, reason="Giao nhầm"
        )

    assert letter_of(submitted).status is S.SUBMITTED
    with reading() as session, pytest.raises(NotFound):
        queries.get_letter(session, office.head, submitted)
    direct(office.leader, submitted, assign(office))


def test_a_returned_task_lets_the_letter_wait_for_another_directive(
    office: Office, submitted: int
) -> None:
    direct(office.leader, submitted, assign(office))
    with reading() as session:
        task_id = session.scalars(sa.select(Task.id)).one()
    with transaction() as session:
        handling.return_task(session, office.head, task_id=task_id, reason="Không thuộc phòng")

    assert letter_of(submitted).status is S.DIRECTED


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (services.return_to_sender, S.RETURNED_TO_SENDER),
        (services.note_recalled, S.RECALLED_BY_SENDER),
    ],
)
def test_a_letter_is_sent_back_with_a_reason_and_may_be_reopened(
    office: Office, submitted: int, act: Callable[..., object], status: S
) -> None:
    with pytest.raises(InvalidInput), transaction() as session:
        act(session, office.clerk, letter_id=submitted, reason=" ")
    with transaction() as session:
        act(session, office.clerk, letter_id=submitted, reason="Sai thẩm quyền")
    letter = letter_of(submitted)
    assert (letter.status, letter.closed_reason) == (status, "Sai thẩm quyền")
    assert letter.arrival_number == 1  # the number stays in the book

    with transaction() as session:
        services.reopen_letter(session, office.clerk, letter_id=submitted, reason="Nhầm")
    assert letter_of(submitted).status is S.REOPENED
    submit(office, submitted, office.vice_leader)


def test_a_forwarded_letter_names_where_it_went(office: Office, submitted: int) -> None:
    with transaction() as session:
        services.forward_letter(session, office.clerk, letter_id=submitted, to_organ="Sở Tài chính")
    letter = letter_of(submitted)
    assert (letter.status, letter.handed_to) == (S.FORWARDED, "Sở Tài chính")


def test_a_letter_with_open_tasks_is_not_sent_back(office: Office, submitted: int) -> None:
    direct(office.leader, submitted, assign(office))
    with pytest.raises(RuleViolated), transaction() as session:
        services.return_to_sender(session, office.clerk, letter_id=submitted, reason="x")
    with pytest.raises(RuleViolated):
        direct(office.leader, submitted, DirectiveOrder(Outcome.FILE))


def test_past_directives_of_the_same_organ_and_type_are_found(office: Office, desk: Desk) -> None:
    past = [desk.register(b"%d" % n, code_number=str(n)) for n in range(3)]
    for letter_id in past:
        submit(office, letter_id, office.leader)
        direct(office.leader, letter_id, assign(office))
    desk.register(b"other", code_number="7", document_type="report")
    new = letter_of(desk.register(b"new", code_number="9"))

    with reading() as session:
        found = queries.past_directives(session, office.leader, new)
        assert [letter.id for letter, _ in found] == past[::-1]
        assert {directive.lead_unit_id for _, directive in found} == {office.economy}
        assert queries.past_directives(session, office.specialist2, new) == []


def test_the_deadline_filter_counts_only_open_letters(office: Office, submitted: int) -> None:
    due = clock.now() + timedelta(hours=1)
    order = DirectiveOrder(Outcome.ASSIGN, lead=Party(office.economy), due_at=due)
    direct(office.leader, submitted, order)
    with clock.frozen(due + timedelta(days=1)), reading() as session:
        overdue = queries.LetterFilter(due="overdue")
        assert queries.page_of_letters(session, office.leader, overdue).total == 1
