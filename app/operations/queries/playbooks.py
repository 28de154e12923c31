"""Playbooks and their runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.errors import NotFound
from app.operations.catalogue import catalogue
from app.operations.models import (
    Playbook,
    PlaybookRun,
    PlaybookStep,
    PlaybookVersion,
    RunState,
    StepState,
)
from app.operations.plans import Plan, parse


def playbooks(session: Session) -> Sequence[Playbook]:
    """All, by name, with their versions: two queries."""
    rows = sa.select(Playbook).options(selectinload(Playbook.versions)).order_by(Playbook.name)
    return session.scalars(rows).all()


def playbook_by_token(session: Session, token: str, *, lock: bool = False) -> Playbook:
    """Raises NotFound."""
    rows = sa.select(Playbook).where(Playbook.token == token)
    if lock:
        rows = rows.with_for_update(of=Playbook).execution_options(populate_existing=True)
    found = session.scalar(rows.options(selectinload(Playbook.versions)))
    if found is None:
        raise NotFound(f"playbook {token}")
    return found


def plan_of(version: PlaybookVersion) -> Plan:
    """What a version says. Versions are checked when they are made."""
    return parse(version.definition, catalogue())


def in_force(session: Session) -> list[tuple[Playbook, PlaybookVersion]]:
    """Playbooks that start by themselves, with the version they start in."""
    rows = (
        sa.select(Playbook, PlaybookVersion)
        .join(
            PlaybookVersion,
            sa.and_(
                PlaybookVersion.playbook_id == Playbook.id,
                PlaybookVersion.no == Playbook.current_no,
            ),
        )
        .where(Playbook.is_on)
        .order_by(Playbook.id)
    )
    return list(session.execute(rows).tuples())


def runs_of(session: Session, incident_ids: Sequence[int]) -> Sequence[PlaybookRun]:
    """The runs of incidents with all that their pages show, in the order of their start. Who may
    see the incidents is the caller's question."""
    rows = (
        sa.select(PlaybookRun)
        .where(PlaybookRun.incident_id.in_(incident_ids))
        .options(
            selectinload(PlaybookRun.steps),
            joinedload(PlaybookRun.playbook),
            joinedload(PlaybookRun.wording),
        )
        .order_by(PlaybookRun.id)
    )
    return session.scalars(rows).all()


def due_run_ids(session: Session, at: datetime, *, limit: int = 200) -> list[int]:
    """Ids of running runs with an open step whose time is over, tasks apart: these end when
    somebody reports them done."""
    rows = (
        _timed()
        .where(PlaybookStep.due_at <= at)
        .distinct()
        .order_by(PlaybookStep.run_id)
        .limit(limit)
    )
    return list(session.scalars(rows))


def waits(session: Session) -> bool:
    """Whether any run waits for a time."""
    return session.scalar(_timed().where(PlaybookStep.due_at.is_not(None)).limit(1)) is not None


def _timed() -> sa.Select[tuple[int]]:
    return (
        sa.select(PlaybookStep.run_id)
        .join(PlaybookRun, PlaybookRun.id == PlaybookStep.run_id)
        .where(
            PlaybookRun.state == RunState.RUNNING,
            PlaybookStep.state == StepState.OPEN,
            PlaybookStep.task_id.is_(None),
        )
    )
