"""Tasks as others see them: cards for lists outside the room, records for the index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import local
from app.kinds import LOOKED_UP, Card, Kind
from app.organisation import queries as organisation
from app.security import ORGAN, Actor, terms_of
from app.tasks.models import (
    SOURCE_LABELS,
    STATUS_LABELS,
    URGENCY_LABELS,
    Directive,
    Task,
    TaskParticipant,
    TaskProgress,
)
from app.tasks.queries import KIND, visible_tasks
from search import SearchRecord

BASE = "/cong-viec"


def cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """Cards of the tasks the actor may see: three or four queries, however many tasks."""
    tasks = session.scalars(visible_tasks(actor).where(Task.id.in_(ids))).all()
    leads = lead_labels(session, tasks)
    return [
        Card(
            kind=KIND,
            id=task.id,
            title=task.title,
            subtitle=_subtitle(task, leads[task.id]),
            url=f"{BASE}/{task.token}",
            state=STATUS_LABELS[task.status],
        )
        for task in tasks
    ]


def lead_labels(session: Session, tasks: Iterable[Task]) -> dict[int, str]:
    """Who does each task: “Trần Văn Mẫu, Chuyên viên …”, or the unit while nobody is named."""
    rows = list(tasks)
    posts = organisation.post_label(session, [t.lead_post_id for t in rows if t.lead_post_id])
    units = organisation.unit_label(session, [t.lead_unit_id for t in rows if t.lead_unit_id])
    return {
        task.id: posts.get(task.lead_post_id or 0) or units.get(task.lead_unit_id or 0, "")
        for task in rows
    }


def _subtitle(task: Task, lead: str) -> str:
    due = f"Hạn {local(task.due_at):%d/%m/%Y}" if task.due_at else "Không thời hạn"
    return " · ".join(part for part in (lead, due) if part)


def records(session: Session, ids: Sequence[int]) -> list[SearchRecord]:
    """Index records with directive, reports, opinions and product as text: nine queries."""
    tasks = session.scalars(sa.select(Task).where(Task.id.in_(ids))).all()
    found = [task.id for task in tasks]
    terms, texts = terms_of(session, KIND, found), _texts(session, tasks)
    units = organisation.unit_label(session, [t.lead_unit_id for t in tasks if t.lead_unit_id])
    leads = lead_labels(session, tasks)
    return [
        SearchRecord(
            id=f"{KIND}:{task.id}",
            kind=KIND,
            title=task.title,
            acl=frozenset(terms[task.id] | {ORGAN}),
            text="\n".join(text for text in texts[task.id] if text),
            unit=units.get(task.lead_unit_id or 0, ""),
            type=SOURCE_LABELS[task.source],
            state=STATUS_LABELS[task.status],
            urgency=URGENCY_LABELS[task.urgency],
            people=(leads[task.id],) if leads[task.id] else (),
            date=local(task.created_at).date().isoformat(),
            due=local(task.due_at).date().isoformat() if task.due_at else "",
        )
        for task in tasks
    ]


def _texts(session: Session, tasks: Sequence[Task]) -> dict[int, list[str]]:
    """What was written about each task, in the order in which a reader meets it."""
    directives = dict(
        session.execute(
            sa.select(Directive.id, Directive.text).where(
                Directive.id.in_({task.directive_id for task in tasks if task.directive_id})
            )
        )
        .tuples()
        .all()
    )
    found = {}
    for task in tasks:
        directive = directives.get(task.directive_id or 0, "")
        texts = [directive, "" if task.body == directive else task.body]
        texts.append(task.result or task.product)
        found[task.id] = [*texts, task.return_reason or ""]
    reports = sa.select(TaskProgress.task_id, TaskProgress.text).where(
        TaskProgress.task_id.in_(found)
    )
    opinions = sa.select(TaskParticipant.task_id, TaskParticipant.opinion).where(
        TaskParticipant.task_id.in_(found), TaskParticipant.opinion.is_not(None)
    )
    for task_id, text in session.execute(reports.order_by(TaskProgress.id)):
        found[task_id].append(text)
    for task_id, opinion in session.execute(opinions.order_by(TaskParticipant.id)):
        found[task_id].append(opinion or "")
    return found


def by_title(session: Session, actor: Actor, text: str) -> list[int]:
    """Tasks have no number: a part of the title finds the newest ones."""
    rows = visible_tasks(actor).where(Task.title.icontains(text, autoescape=True))
    found = rows.with_only_columns(Task.id).order_by(Task.id.desc()).limit(LOOKED_UP)
    return list(session.scalars(found))


def ids_after(session: Session, after: int, limit: int) -> list[int]:
    """Ids for a rebuild of the index."""
    rows = sa.select(Task.id).where(Task.id > after).order_by(Task.id).limit(limit)
    return list(session.scalars(rows))


kind = Kind(
    name=KIND,
    label="Công việc",
    icon="checklist",
    cards=cards,
    records=records,
    all_ids=ids_after,
    lookup=by_title,
)
