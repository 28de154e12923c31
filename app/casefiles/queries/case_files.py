"""Case files that an actor may see; every list and count starts from `visible_casefiles`."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.casefiles.models import CaseDocument, CaseFile, CaseState
from app.casefiles.permissions import MAKE
from app.casefiles.retention import transfer_rule
from app.clock import today
from app.errors import NotFound
from app.security import Actor, Scope, unit_term, visible

KIND = "case_file"
NUMBERED_ROWS = 10_000

CaseFiles = sa.Select[tuple[CaseFile]]


class CaseTab(enum.Enum):
    """The tabs of the list."""

    MINE = "cua-toi"
    OPEN = "dang-mo"
    CLOSED = "da-ket-thuc"
    DUE = "den-han-nop"
    ARCHIVED = "da-nop"


TAB_LABELS = {
    CaseTab.MINE: "Hồ sơ của tôi",
    CaseTab.OPEN: "Đang mở",
    CaseTab.CLOSED: "Đã kết thúc",
    CaseTab.DUE: "Đến hạn nộp lưu",
    CaseTab.ARCHIVED: "Đã nộp lưu",
}


def visible_casefiles(actor: Actor) -> CaseFiles:
    """Files of the actor's posts, of units they head, those shared with them; or all."""
    return visible(sa.select(CaseFile), CaseFile.id, KIND, actor)


def get_case_file(
    session: Session, actor: Actor, case_file_id: int, *, lock: bool = False
) -> CaseFile:
    """Raises NotFound for a file that is not there or not the actor's to see."""
    rows = visible_casefiles(actor).where(CaseFile.id == case_file_id)
    if lock:
        rows = rows.with_for_update(of=CaseFile).execution_options(populate_existing=True)
    found = session.scalar(rows)
    if found is None:
        raise NotFound(f"case file {case_file_id}")
    return found


def get_case_file_by_token(session: Session, actor: Actor, token: str) -> CaseFile:
    """The file of an address. Raises NotFound."""
    found = session.scalar(visible_casefiles(actor).where(CaseFile.token == token))
    if found is None:
        raise NotFound(f"case file {token}")
    return found


def may_change(actor: Actor, case_file: CaseFile) -> bool:
    """Its keeper, the heads of its unit, and those whose right reaches the whole organ."""
    if actor.person_id is None or case_file.keeper_post_id in actor.post_ids:
        return True
    if unit_term(case_file.unit_id) in actor.terms:
        return True
    return any(MAKE.roles.get(role) is Scope.ALL for role in actor.roles)


@dataclass(frozen=True, slots=True)
class CaseWanted:
    """What a list is narrowed to. Empty values mean everything."""

    tab: CaseTab = CaseTab.MINE
    text: str = ""
    year: int | None = None
    unit_id: int | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.year or self.unit_id)


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of files with the numbers of all tabs."""

    files: Sequence[CaseFile]
    total: int
    number: int
    size: int
    counts: dict[CaseTab, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-min(self.total, NUMBERED_ROWS) // self.size))


def page_of_case_files(
    session: Session, actor: Actor, wanted: CaseWanted, *, page: int = 1, size: int = 20
) -> CasePage:
    """A page, the newest first, or by the day of handing over where that matters: three queries,
    two when nothing narrows the list."""
    counts = count_tabs(session, actor)
    rows = _narrowed(visible_casefiles(actor).where(_in_tab(wanted.tab, actor)), wanted)
    total = counts[wanted.tab]
    if wanted.narrowed:
        some = rows.with_only_columns(CaseFile.id).limit(NUMBERED_ROWS).subquery()
        total = session.scalar(sa.select(sa.func.count()).select_from(some)) or 0
    if wanted.tab is CaseTab.DUE:
        rows = rows.order_by(_due(), CaseFile.id)
    else:
        rows = rows.order_by(CaseFile.id.desc())
    number = min(max(page, 1), NUMBERED_ROWS // size)
    found = session.scalars(rows.limit(size).offset((number - 1) * size)).all()
    return CasePage(found, total, number, size, counts)


def count_tabs(session: Session, actor: Actor) -> dict[CaseTab, int]:
    """How many files each tab has: one query."""
    columns = [sa.func.count().filter(_in_tab(tab, actor)) for tab in CaseTab]
    seen = visible_casefiles(actor).with_only_columns(*columns).order_by(None)
    return dict(zip(CaseTab, session.execute(seen).one(), strict=True))


def counted_due(actor: Actor) -> sa.Select[tuple[int, int]]:
    """How many of the actor's own files are to be handed over soon, and how many are late."""
    rows = visible_casefiles(actor).where(
        _in_tab(CaseTab.DUE, actor), CaseFile.keeper_post_id.in_(sorted(actor.post_ids))
    )
    late = sa.func.count().filter(_due() < today())
    return rows.with_only_columns(sa.func.count(), late)


def open_files(session: Session, actor: Actor, *, limit: int = 200) -> list[CaseFile]:
    """Open files that the actor may put something into, their own first."""
    rows = visible_casefiles(actor).where(CaseFile.state == CaseState.OPEN)
    own = CaseFile.keeper_post_id.in_(sorted(actor.post_ids))
    found = session.scalars(rows.order_by(own.desc(), CaseFile.id.desc()).limit(limit))
    return [case_file for case_file in found if may_change(actor, case_file)]


def files_of_thing(session: Session, actor: Actor, kind: str, thing_id: int) -> list[CaseFile]:
    """The files a thing is in, as far as the actor may see them."""
    inside = sa.select(CaseDocument.case_file_id).where(
        CaseDocument.kind == kind,
        CaseDocument.thing_id == thing_id,
        CaseDocument.removed_at.is_(None),
    )
    rows = visible_casefiles(actor).where(CaseFile.id.in_(inside))
    return list(session.scalars(rows.order_by(CaseFile.id)))


def _due() -> sa.ColumnElement[object]:
    return sa.func.coalesce(CaseFile.kept_until, CaseFile.transfer_on)


def due_soon() -> sa.ColumnElement[bool]:
    """Closed files whose day for handing over is near, or past."""
    until = today() + timedelta(days=transfer_rule(today()).warn_days)
    return sa.and_(CaseFile.state == CaseState.CLOSED, _due() <= until)


def _in_tab(tab: CaseTab, actor: Actor) -> sa.ColumnElement[bool]:
    if tab is CaseTab.DUE:
        return due_soon()
    states = {
        CaseTab.MINE: CaseState.OPEN,
        CaseTab.OPEN: CaseState.OPEN,
        CaseTab.CLOSED: CaseState.CLOSED,
        CaseTab.ARCHIVED: CaseState.ARCHIVED,
    }
    inside = CaseFile.state == states[tab]
    if tab is CaseTab.MINE:
        return sa.and_(inside, CaseFile.keeper_post_id.in_(sorted(actor.post_ids)))
    return inside


def _narrowed(rows: CaseFiles, wanted: CaseWanted) -> CaseFiles:
    if wanted.text:
        rows = rows.where(
            sa.or_(
                CaseFile.title.icontains(wanted.text, autoescape=True),
                CaseFile.notation.icontains(wanted.text, autoescape=True),
            )
        )
    if wanted.year:
        rows = rows.where(CaseFile.year == wanted.year)
    return rows.where(CaseFile.unit_id == wanted.unit_id) if wanted.unit_id else rows
