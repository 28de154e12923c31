"""Case files as others see them: cards for lists outside the room, records for the index."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.casefiles.documents import DocumentFacts
from app.casefiles.models import (
    CATALOGUE_LABELS,
    STATE_LABELS,
    CaseFile,
    FileCatalogue,
    WorkHandover,
)
from app.casefiles.permissions import READ
from app.casefiles.queries.case_files import KIND, visible_casefiles
from app.clock import local
from app.kinds import LOOKED_UP, Card, Kind
from app.organisation.queries import unit_label
from app.security import ORGAN, Actor, terms_of
from app.tasks.models import SOURCE_LABELS, Task
from search import SearchRecord

BASE = "/ho-so"


def title_of(case_file: CaseFile) -> str:
    """“Hồ sơ 01.KT (2026): Quy hoạch …”."""
    return f"Hồ sơ {case_file.notation} ({case_file.year}): {case_file.title}"


def cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """Cards of the files the actor may see: two queries."""
    found = session.scalars(visible_casefiles(actor).where(CaseFile.id.in_(ids))).all()
    units = unit_label(session, [case_file.unit_id for case_file in found])
    return [
        Card(
            kind=KIND,
            id=case_file.id,
            title=title_of(case_file),
            subtitle=f"{units.get(case_file.unit_id, '')} · {case_file.maintenance}",
            url=f"{BASE}/{case_file.token}",
            state=STATE_LABELS[case_file.state],
        )
        for case_file in found
    ]


def records(session: Session, ids: Sequence[int]) -> list[SearchRecord]:
    """Index records: three queries. Documents have records of their own."""
    found = session.scalars(sa.select(CaseFile).where(CaseFile.id.in_(ids))).all()
    terms = terms_of(session, KIND, [case_file.id for case_file in found])
    units = unit_label(session, [case_file.unit_id for case_file in found])
    return [
        SearchRecord(
            id=f"{KIND}:{case_file.id}",
            kind=KIND,
            title=title_of(case_file),
            acl=frozenset(terms[case_file.id] | {ORGAN}),
            text=case_file.description,
            notation=case_file.notation,
            unit=units.get(case_file.unit_id, ""),
            state=STATE_LABELS[case_file.state],
            date=local(case_file.opened_at).date().isoformat(),
            due=case_file.due_on.isoformat() if case_file.due_on else "",
            year=str(case_file.year),
        )
        for case_file in found
    ]


def by_code(session: Session, actor: Actor, text: str) -> list[int]:
    """Case files by their symbol (01.KT), or by a part of the title, the newest."""
    wanted = sa.or_(CaseFile.notation == text, CaseFile.title.icontains(text, autoescape=True))
    rows = visible_casefiles(actor).where(wanted).with_only_columns(CaseFile.id)
    return list(session.scalars(rows.order_by(CaseFile.id.desc()).limit(LOOKED_UP)))


def ids_after(session: Session, after: int, limit: int) -> list[int]:
    """Ids for a rebuild of the index."""
    rows = sa.select(CaseFile.id).where(CaseFile.id > after).order_by(CaseFile.id).limit(limit)
    return list(session.scalars(rows))


def tasks_as_documents(session: Session, ids: Sequence[int]) -> list[DocumentFacts]:
    """Tasks that were filed: one query."""
    return [
        DocumentFacts(
            kind="task",
            id=task.id,
            subject=task.title,
            type_name=SOURCE_LABELS[task.source],
            issued_on=local(task.created_at).date(),
            due_on=local(task.due_at).date() if task.due_at else None,
            priority=task.urgency,
        )
        for task in session.scalars(sa.select(Task).where(Task.id.in_(ids)))
    ]


kind = Kind(
    name=KIND,
    label="Hồ sơ công việc",
    icon="folder",
    cards=cards,
    records=records,
    all_ids=ids_after,
    lookup=by_code,
)


def handover_cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """Hand-overs the actor's posts gave, got or made: one query. Notices lead to them."""
    rows = sa.select(WorkHandover).where(WorkHandover.id.in_(ids))
    if actor.person_id is not None:
        posts = sorted(actor.post_ids)
        rows = rows.where(
            sa.or_(
                WorkHandover.from_post_id.in_(posts),
                WorkHandover.to_post_id.in_(posts),
                WorkHandover.done_by_post_id.in_(posts),
            )
        )
    return [
        Card(
            kind="work_handover",
            id=one.id,
            title=f"Bàn giao công việc: {one.from_label} → {one.to_label}",
            subtitle=one.reason,
            url=f"{BASE}/ban-giao/{one.token}",
        )
        for one in session.scalars(rows)
    ]


def catalogue_cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """Yearly catalogues, which everybody with a post in the organ reads: one query."""
    if not actor.may(READ):
        return []
    return [
        Card(
            kind="file_catalogue",
            id=one.id,
            title=f"Danh mục hồ sơ năm {one.year}",
            subtitle="",
            url=f"{BASE}/danh-muc/{one.year}",
            state=CATALOGUE_LABELS[one.state],
        )
        for one in session.scalars(sa.select(FileCatalogue).where(FileCatalogue.id.in_(ids)))
    ]


handover_kind = Kind(
    name="work_handover", label="Bàn giao công việc", icon="user-share", cards=handover_cards
)
catalogue_kind = Kind(
    name="file_catalogue", label="Danh mục hồ sơ", icon="list-details", cards=catalogue_cards
)
