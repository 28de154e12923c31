"""Reports that fall due again: each once, whoever asks how often."""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa

from app.clock import frozen
from app.tasks import services
from app.tasks.models import RecurringUnit, Task
from app.tasks.parties import Party
from app.tasks.services import RuleOrder
from tests.factories import Office
from tests.integration.tasks.conftest import act, look

MORNING = datetime(2026, 11, 2, 1, tzinfo=UTC)  # Monday 08:00 in Vietnam


def occurrences() -> list[Task]:
    rows = sa.select(Task).where(Task.rule_id.is_not(None)).order_by(Task.occurrence_on)
    return list(look(lambda s: s.scalars(rows).all()))


def make_due(on: date) -> int:
    return len(act(lambda s, _: services.create_due_occurrences(s, on), None))


def test_each_occurrence_is_made_once_and_linked_to_the_one_before(office: Office) -> None:
    order = RuleOrder(
        "Báo cáo tuần", Party(unit_id=office.economy), RecurringUnit.WEEK, date(2026, 11, 6)
    )
    with frozen(MORNING):
        act(services.make_rule, office.leader, order=order)
        assert make_due(date(2026, 11, 2)) == 1
        assert make_due(date(2026, 11, 2)) == 0
        assert make_due(date(2026, 11, 13)) == 2
    first, second, third = occurrences()
    assert (second.previous_id, third.previous_id) == (first.id, second.id)
    assert [task.occurrence_on for task in (first, second, third)] == [
        date(2026, 11, 6), date(2026, 11, 13), date(2026, 11, 20),
    ]  # fmt: skip


def test_a_stopped_rule_makes_nothing_more(office: Office) -> None:
    order = RuleOrder(
        "Báo cáo tháng", Party(unit_id=office.economy), RecurringUnit.MONTH, date(2026, 11, 30)
    )
    with frozen(MORNING):
        rule = act(services.make_rule, office.leader, order=order)
        act(services.stop_rule, office.leader, rule_id=rule.id)
        assert make_due(date(2026, 11, 28)) == 0
