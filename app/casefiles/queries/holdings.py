"""What a post holds: documents waiting at it, open tasks, case files, delegations, and whatever
upper rooms add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app import kinds
from app.casefiles.models import CaseFile, CaseState
from app.casefiles.queries.case_files import KIND
from app.clock import local, now
from app.organisation.models import Delegation, DelegationState
from app.security import SYSTEM, Actor
from app.tasks.services.succession import open_tasks_at, stays_at


@dataclass(frozen=True, slots=True)
class HeldItem:
    """One thing a post holds. Without `url` the reader may know of it but not open it."""

    kind: str
    id: int
    title: str
    subtitle: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """Things of one sort, as the wizard and the protocol list them."""

    key: str
    label: str
    icon: str
    items: tuple[HeldItem, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """How an upper room says what of its own a post holds: pairs of kind and id."""

    key: str
    label: str
    icon: str
    things: Callable[[Session, int], Sequence[tuple[str, int]]]


_others: dict[str, Holding] = {}


def add_holding(holding: Holding) -> None:
    """Let a room above list its own things; it moves them in the hook `work_handed_over`."""
    _others[holding.key] = holding


def held_by(session: Session, actor: Actor, post_id: int) -> list[HeldGroup]:
    """All that a post holds, empty groups left out.

    Whoever may hand over a post's work reads the titles of what lies there, and opens only what
    they may see.
    """
    tasks = open_tasks_at(session, post_id)
    done = [("task", task.id) for task in tasks if task.lead_post_id == post_id]
    given = [("task", task.id) for task in tasks if task.lead_post_id != post_id]
    stays = [(stay.kind, stay.thing_id) for stay in stays_at(session, post_id)]
    files = [(KIND, case_file.id) for case_file in _files_of(session, post_id)]
    sorts = [
        ("documents", "Văn bản đang chờ xử lý", "inbox", stays),
        ("tasks", "Công việc đang làm", "checklist", done),
        ("given", "Công việc đã giao, chờ kết quả", "user-share", given),
        ("files", "Hồ sơ công việc chưa nộp lưu", "folder", files),
    ]
    known = {thing for sort in sorts for thing in sort[3]}
    for other in _others.values():
        things = [one for one in other.things(session, post_id) if one not in known]
        sorts.append((other.key, other.label, other.icon, things))
    groups = [
        HeldGroup(key, label, icon, tuple(_items(session, actor, things)))
        for key, label, icon, things in sorts
    ]
    groups.append(_delegations(session, post_id))
    return [group for group in groups if group.items]


def _files_of(session: Session, post_id: int) -> Sequence[CaseFile]:
    rows = sa.select(CaseFile).where(
        CaseFile.keeper_post_id == post_id, CaseFile.state != CaseState.ARCHIVED
    )
    return session.scalars(rows.order_by(CaseFile.year, CaseFile.notation)).all()


def _items(session: Session, actor: Actor, things: Iterable[tuple[str, int]]) -> Iterable[HeldItem]:
    wanted = list(dict.fromkeys(things))
    seen = {(card.kind, card.id) for card in kinds.cards(session, actor, wanted)}
    for card in kinds.cards(session, SYSTEM, wanted):
        url = card.url if (card.kind, card.id) in seen else ""
        yield HeldItem(card.kind, card.id, card.title, card.subtitle, url)


def _delegations(session: Session, post_id: int) -> HeldGroup:
    rows = (
        sa.select(Delegation)
        .where(
            Delegation.from_post_id == post_id,
            Delegation.state.in_((DelegationState.PROPOSED, DelegationState.APPROVED)),
            Delegation.valid_to > now(),
        )
        .options(joinedload(Delegation.to_person))
        .order_by(Delegation.id)
    )
    items = tuple(
        HeldItem(
            "delegation",
            row.id,
            f"Ủy quyền cho {row.to_person.full_name}: {row.scope or 'mọi việc'}",
            f"đến {local(row.valid_to):%d/%m/%Y}; chấm dứt khi bàn giao",
        )
        for row in session.scalars(rows)
    )
    return HeldGroup("delegations", "Ủy quyền đang có hiệu lực", "user-shield", items)
