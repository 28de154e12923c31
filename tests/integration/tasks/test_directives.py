"""The four outcomes of a directive, and taking one back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.clock import frozen, now
from app.errors import InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.notifications.models import Notification
from app.security import Access, unit_term
from app.tasks import custody, queries, services
from app.tasks.models import Outcome, Participation, Station, Task, TaskStatus
from app.tasks.parties import Party
from tests.factories import Office
from tests.integration.tasks.conftest import THING, THING_QUERY, act, direct, look, the_task


def notices_for(post_id: int | None) -> list[str]:
    rows = sa.select(Notification.event).where(Notification.post_id == post_id)
    return list(look(lambda s: s.scalars(rows).all()))


def here() -> custody.CustodyLine | None:
    found: dict[int, custody.CustodyLine] = look(lambda s: custody.current(s, *THING_QUERY))
    return found.get(THING[1])


def test_an_assignment_makes_one_task_with_its_rights_place_and_notice(office: Office) -> None:
    direct(office, coordinators=[Party(unit_id=office.culture)])
    task = the_task()
    assert (task.lead_unit_id, task.lead_post_id) == (office.economy, None)
    assert task.assigner_post_id == office.leader.post_id
    assert [p.role for p in task.participants] == [Participation.COORDINATOR]
    place = here()
    assert place is not None
    assert (place.station, place.opened) == (Station.UNIT, False)
    assert "task.given" in notices_for(office.head.post_id)
    assert "task.shared" in notices_for(office.head2.post_id)


def test_only_an_assignment_makes_tasks(office: Office) -> None:
    direct(office, outcome=Outcome.FILE, lead=None)
    direct(office, outcome=Outcome.INFORM, lead=None, readers=[Party(unit_id=office.culture)])
    direct(office, outcome=Outcome.REDIRECT, lead=None, to_post_id=office.vice_leader.post_id)
    assert look(lambda s: queries.tasks_of(s, *THING_QUERY)) == []


def test_a_unit_that_is_not_concerned_does_not_know_of_the_task(office: Office) -> None:
    direct(office)
    with pytest.raises(NotFound):
        look(lambda s: queries.get_task(s, office.head2, the_task().id))
    with pytest.raises(NotFound):
        look(lambda s: queries.get_task(s, office.specialist, the_task().id))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lead": None}, "chủ trì"),
        ({"outcome": Outcome.INFORM, "lead": None}, "để biết"),
        ({"outcome": Outcome.REDIRECT, "lead": None}, "lãnh đạo khác"),
        ({"due_at": now() - timedelta(days=1)}, "đã qua"),
    ],
)
def test_an_incomplete_directive_says_what_is_missing(
    office: Office, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        direct(office, **changes)
    assert here() is None


def test_a_thing_has_one_lead_at_a_time(office: Office) -> None:
    direct(office)
    with pytest.raises(RuleViolated, match="một nơi chủ trì"):
        direct(office, lead=Party(unit_id=office.culture))


def test_a_specialist_directs_nothing_and_a_head_only_the_own_unit(office: Office) -> None:
    order = services.DirectiveOrder(Outcome.ASSIGN, lead=Party(unit_id=office.culture))
    for actor in (office.specialist, office.head, office.clerk, office.admin):
        with pytest.raises(PermissionDenied):
            act(services.give_directive, actor, kind="draft", thing_id=1, title="x", order=order)


def test_information_closes_when_all_have_opened_it(office: Office) -> None:
    readers = [Party(unit_id=office.economy), Party(post_id=office.specialist2.post_id)]
    given = direct(office, outcome=Outcome.INFORM, lead=None, readers=readers)
    act(services.mark_opened, office.head, kind=THING[0], thing_id=THING[1])
    assert look(lambda s: queries.get_directive(s, given.id)).closed_at is None
    act(services.mark_opened, office.specialist2, kind=THING[0], thing_id=THING[1])
    assert look(lambda s: queries.get_directive(s, given.id)).closed_at is not None
    assert here() is None


def test_information_nobody_opens_closes_after_its_time(office: Office) -> None:
    given = direct(
        office, outcome=Outcome.INFORM, lead=None, readers=[Party(unit_id=office.economy)]
    )
    limit = timedelta(days=5)
    with frozen(now() + timedelta(days=4)):
        assert act(lambda s, _: services.close_expired_informs(s, older_than=limit), None) == 0
    with frozen(now() + timedelta(days=6)):
        assert act(lambda s, _: services.close_expired_informs(s, older_than=limit), None) == 1
    assert look(lambda s: queries.get_directive(s, given.id)).closed_at is not None


def test_a_redirected_thing_waits_for_the_other_leader(office: Office) -> None:
    direct(office, outcome=Outcome.REDIRECT, lead=None, to_post_id=office.vice_leader.post_id)
    place = here()
    assert place is not None
    assert place.station is Station.LEADER
    assert "directive.redirected" in notices_for(office.vice_leader.post_id)


def test_a_directive_can_be_taken_back_until_somebody_opens_it(office: Office) -> None:
    given = direct(office)
    act(services.recall_directive, office.leader, directive_id=given.id, reason="Giao nhầm")
    assert the_task().status is TaskStatus.CANCELLED
    doors = sa.select(Access.kind).where(Access.term == unit_term(office.economy))
    assert look(lambda s: s.scalars(doors).all()) == []
    direct(office, lead=Party(unit_id=office.culture))


def test_what_has_been_opened_must_be_asked_back(office: Office) -> None:
    given = direct(office)
    act(services.mark_opened, office.head, kind=THING[0], thing_id=THING[1])
    with pytest.raises(RuleViolated, match="Yêu cầu trả lại"):
        act(services.recall_directive, office.leader, directive_id=given.id, reason="Giao nhầm")
    act(services.request_return, office.leader, task_id=the_task().id, reason="Giao nhầm")
    assert "task.return_asked" in notices_for(office.head.post_id)


def test_nobody_takes_back_the_directive_of_another(office: Office) -> None:
    given = direct(office)
    with pytest.raises(PermissionDenied):
        act(services.recall_directive, office.vice_leader, directive_id=given.id, reason="x")


def test_opening_is_noted_once_and_by_those_concerned_only(office: Office) -> None:
    direct(office)
    seen = {"kind": THING[0], "thing_id": THING[1]}
    assert not act(services.mark_opened, office.clerk, **seen)
    assert act(services.mark_opened, office.head, **seen)
    assert not act(services.mark_opened, office.head, **seen)
    task: Task = the_task()
    assert task.opened_at is not None
    place = here()
    assert place is not None
    assert place.opened
