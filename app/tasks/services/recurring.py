"""Reports that fall due again and again: the rule makes each occurrence once."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass, replace
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import InvalidInput, NotFound, PermissionDenied
from app.organisation import queries as organisation
from app.security import SYSTEM, Actor, Holding, authorize
from app.tasks import permissions, queries
from app.tasks.models import RecurringRule, RecurringUnit, Task, TaskSource
from app.tasks.parties import Party
from app.tasks.services.making import TaskOrder, check_reach, make_task
from app.worktime.queries import load_calendar

MONTHS: dict[RecurringUnit, int] = {
    RecurringUnit.MONTH: 1,
    RecurringUnit.QUARTER: 3,
    RecurringUnit.HALF_YEAR: 6,
    RecurringUnit.YEAR: 12,
}


@dataclass(frozen=True, slots=True)
class RuleOrder:
    """A recurring report: what, who, how often, from when; `anchor_on` is the first due day."""

    title: str
    lead: Party
    every: RecurringUnit
    anchor_on: date
    body: str = ""
    days_ahead: int = 7
    ends_on: date | None = None


def occurrence(rule: RecurringRule, number: int) -> date:
    """The due day of the n-th occurrence (0 is the anchor); the 31st becomes a month's last day."""
    if rule.every is RecurringUnit.WEEK:
        return rule.anchor_on + timedelta(weeks=number)
    total = rule.anchor_on.month - 1 + number * MONTHS[rule.every]
    year, month = rule.anchor_on.year + total // 12, total % 12 + 1
    last = months.monthrange(year, month)[1]
    return date(year, month, min(rule.anchor_on.day, last))


def make_rule(session: Session, actor: Actor, order: RuleOrder) -> RecurringRule:
    """Set up a recurring report."""
    actor = authorize(actor, permissions.CREATE)
    check_reach(session, actor, order.lead)
    if actor.post_id is None:
        raise PermissionDenied("a rule needs an assigner with a post")
    if not order.title.strip():
        raise InvalidInput("Phải ghi tên báo cáo.", "title")
    if not 0 <= order.days_ahead <= 60:
        raise InvalidInput("Số ngày giao trước từ 0 đến 60.", "days_ahead")
    rule = RecurringRule(
        title=order.title.strip(),
        body=order.body.strip(),
        every=order.every,
        anchor_on=order.anchor_on,
        days_ahead=order.days_ahead,
        assigner_post_id=actor.post_id,
        lead_unit_id=order.lead.unit_id,
        lead_post_id=order.lead.post_id,
        coordinators=[],
        ends_on=order.ends_on,
    )
    session.add(rule)
    session.flush()
    audit.record(session, actor, "recurring_rule.made", rule.id, every=order.every.value)
    return rule


def stop_rule(session: Session, actor: Actor, *, rule_id: int) -> None:
    """Make no further occurrences; those there are stay."""
    actor = authorize(actor, permissions.CREATE)
    rule = session.get(RecurringRule, rule_id)
    if rule is None or rule.assigner_post_id not in actor.post_ids:
        raise NotFound(f"recurring rule {rule_id}")
    rule.stopped_at = now()
    audit.record(session, actor, "recurring_rule.stopped", rule.id)


def create_due_occurrences(session: Session, today: date, *, limit: int = 100) -> list[Task]:
    """Make the tasks whose time to appear has come. Repeating it makes nothing twice: an
    occurrence is unique by rule and due day, and each links to the one before."""
    made: list[Task] = []
    for rule in queries.running_rules(session):
        session.refresh(rule, with_for_update=True)  # two timetables make no occurrence twice
        done = set(session.scalars(sa.select(Task.occurrence_on).filter_by(rule_id=rule.id)))
        number = 0
        while (due_on := occurrence(rule, number)) <= today + timedelta(days=rule.days_ahead):
            number += 1
            over = rule.ends_on is not None and due_on > rule.ends_on
            if over or len(made) >= limit:
                break
            if due_on >= today and due_on not in done:
                made.append(_make_occurrence(session, rule, due_on))
    return made


def _make_occurrence(session: Session, rule: RecurringRule, due_on: date) -> Task:
    calendar = load_calendar(session)
    day = due_on if calendar.is_working_day(due_on) else calendar.previous_working_day(due_on)
    unit_id = organisation.get_post(session, rule.assigner_post_id).unit_id
    # The system acts, in the post that set the rule up: the task must have an assigner.
    assigner = replace(SYSTEM, holding=Holding(rule.assigner_post_id, unit_id, frozenset()))
    before = sa.select(Task.id).filter_by(rule_id=rule.id).order_by(Task.occurrence_on.desc())
    previous_id = session.scalar(before.limit(1))
    order = TaskOrder(
        title=f"{rule.title} (hạn {due_on:%d/%m/%Y})",
        body=rule.body,
        lead=Party(rule.lead_unit_id, rule.lead_post_id),
        due_at=max(calendar.end_of_day(day), now()),
    )
    task = make_task(session, assigner, order, source=TaskSource.RECURRING)
    task.rule_id, task.occurrence_on, task.previous_id = rule.id, due_on, previous_id
    session.flush()
    return task
