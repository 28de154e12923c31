"""The yearly catalogue: drafted by units, merged by the office, approved by the head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.casefiles import queries
from app.casefiles.models import CaseFile, CatalogueEntry, CatalogueState, FileCatalogue
from app.casefiles.permissions import APPROVE_CATALOGUE, DRAFT_CATALOGUE, KEEP_CATALOGUE
from app.casefiles.retention import LONGEST, SHORTEST
from app.clock import now, today
from app.errors import InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.notifications.services import notify
from app.organisation import queries as organisation
from app.security import Actor, Role, Scope, authorize, unit_term

S = CatalogueState
KIND = "file_catalogue"
BATCH = 500
"""Rows of a workbook that are written in one transaction: others write in between."""


@dataclass(frozen=True, slots=True)
class EntryData:
    """A planned file as it was typed or imported. An empty notation is given one."""

    unit_id: int
    title: str
    retention_years: int | None
    retention_rule: str = ""
    notation: str = ""
    heading: str = ""
    keeper_post_id: int | None = None
    note: str = ""


def start_catalogue(session: Session, actor: Actor, *, year: int) -> FileCatalogue:
    """Begin the catalogue of a year; the heads of all units are asked to draft their part."""
    actor = authorize(actor, KEEP_CATALOGUE)
    if not today().year - 1 <= year <= today().year + 1:
        raise InvalidInput("Chỉ lập danh mục của năm trước, năm nay hoặc năm sau.", "year")
    if queries.catalogue_of(session, year) is not None:
        raise RuleViolated(f"Đã có danh mục hồ sơ năm {year}.")
    catalogue = FileCatalogue(year=year, state=S.DRAFTING, created_at=now())
    session.add(catalogue)
    session.flush()
    notify(
        session,
        event="file_catalogue.started",
        kind=KIND,
        thing_id=catalogue.id,
        title=f"Đề xuất danh mục hồ sơ năm {year} của đơn vị",
        unit_ids=[unit.id for unit in organisation.units(session)],
    )
    audit.record(session, actor, "file_catalogue.started", catalogue.id, year=year)
    return catalogue


def save_entry(
    session: Session,
    actor: Actor,
    *,
    year: int,
    data: EntryData,
    entry_id: int | None = None,
) -> CatalogueEntry:
    """Plan a file of a unit, or change the plan while the catalogue is being drafted.

    Raises:
        PermissionDenied: the actor may not draft for the unit.
        InvalidInput: no title, a period out of bounds, a notation taken by another file.
        RuleViolated: the catalogue waits for approval or is approved.
    """
    actor = authorize(actor, DRAFT_CATALOGUE)
    catalogue = _drafted(session, year)
    entry = CatalogueEntry(catalogue_id=catalogue.id)
    if entry_id is not None:
        entry = queries.get_entry(session, entry_id)
        if entry.catalogue_id != catalogue.id:
            raise NotFound(f"entry {entry_id} is of another year")
        must_draft_for(actor, entry.unit_id)
    must_draft_for(actor, data.unit_id)
    _fill(session, catalogue, entry, data)
    session.add(entry)
    session.flush()
    act = "file_catalogue.entry_added" if entry_id is None else "file_catalogue.entry_edited"
    audit.record(session, actor, act, catalogue.id, entry=entry.id)
    return entry


def import_entries(session: Session, actor: Actor, *, year: int, rows: Sequence[EntryData]) -> int:
    """Take rows of a workbook into the catalogue, `BATCH` at most in one transaction.

    A known notation is brought up to date; so is, of a row without one, the unit's file of that
    title: taking the same workbook twice adds nothing.
    """
    actor = authorize(actor, KEEP_CATALOGUE)
    catalogue = _drafted(session, year)
    entries = queries.entries_of(session, catalogue.id)
    known = {entry.notation: entry for entry in entries}
    titles = {(entry.unit_id, entry.title): entry for entry in entries}
    codes = {unit.id: unit.code for unit in organisation.units(session)}
    free: dict[str, Iterator[str]] = {}
    for data in rows:
        named = known.get(data.notation.strip())
        entry = named or (None if data.notation else titles.get((data.unit_id, data.title.strip())))
        if entry is None:
            entry = CatalogueEntry(catalogue_id=catalogue.id)
            session.add(entry)
        code = codes.get(data.unit_id)
        if code is None:
            raise NotFound(f"unit {data.unit_id}")
        notation = data.notation or entry.notation
        if not notation:
            if code not in free:
                free[code] = queries.notations_from(set(known), code)
            notation = next(text for text in free[code] if text not in known)
        _take_over(entry, data, notation)
        known[entry.notation], titles[(entry.unit_id, entry.title)] = entry, entry
    audit.record(session, actor, "file_catalogue.imported", catalogue.id, entries=len(rows))
    return len(rows)


def copy_catalogue(session: Session, actor: Actor, *, year: int) -> int:
    """Take over last year's plan where the new one has not got the notation yet."""
    actor = authorize(actor, KEEP_CATALOGUE)
    catalogue = _drafted(session, year)
    before = queries.catalogue_of(session, year - 1)
    if before is None:
        raise RuleViolated(f"Không có danh mục hồ sơ năm {year - 1} để lấy lại.")
    taken = {entry.notation for entry in queries.entries_of(session, catalogue.id)}
    rows = [e for e in queries.entries_of(session, before.id) if e.notation not in taken]
    for old in rows:
        session.add(
            CatalogueEntry(
                catalogue_id=catalogue.id,
                unit_id=old.unit_id,
                notation=old.notation,
                heading=old.heading,
                title=old.title,
                retention_rule=old.retention_rule,
                retention_years=old.retention_years,
                keeper_post_id=old.keeper_post_id,
                note=old.note,
            )
        )
    audit.record(session, actor, "file_catalogue.copied", catalogue.id, entries=len(rows))
    return len(rows)


def remove_entry(session: Session, actor: Actor, *, entry_id: int) -> int:
    """Take a planned file out of a draft; returns the year. Raises RuleViolated once approved."""
    actor = authorize(actor, DRAFT_CATALOGUE)
    entry = queries.get_entry(session, entry_id)
    catalogue = session.get_one(FileCatalogue, entry.catalogue_id)
    catalogue.must_be(S.DRAFTING)
    must_draft_for(actor, entry.unit_id)
    if session.scalar(sa.select(CaseFile.id).filter_by(entry_id=entry.id).limit(1)) is not None:
        raise RuleViolated("Đã lập hồ sơ theo mục này, không xóa được.")
    audit.record(session, actor, "file_catalogue.entry_removed", catalogue.id, entry=entry.id)
    session.delete(entry)
    return catalogue.year


def submit_catalogue(session: Session, actor: Actor, *, year: int) -> FileCatalogue:
    """Put the merged catalogue before the head of the organ."""
    actor = authorize(actor, KEEP_CATALOGUE)
    catalogue = _drafted(session, year)
    if not queries.entries_of(session, catalogue.id):
        raise RuleViolated("Danh mục chưa có hồ sơ nào.")
    catalogue.state, catalogue.submitted_at = S.SUBMITTED, now()
    catalogue.submitted_by, catalogue.return_reason = actor.person_id, ""
    notify(
        session,
        event="file_catalogue.submitted",
        kind=KIND,
        thing_id=catalogue.id,
        title=f"Chờ duyệt danh mục hồ sơ năm {year}",
        post_ids=[post.id for post in organisation.posts_with_role(session, Role.LEADER)],
    )
    audit.record(session, actor, "file_catalogue.submitted", catalogue.id)
    return catalogue


def approve_catalogue(session: Session, actor: Actor, *, year: int) -> FileCatalogue:
    """The head of the organ puts the catalogue in force: files can be opened from it."""
    actor = authorize(actor, APPROVE_CATALOGUE)
    catalogue = _of_year(session, year)
    catalogue.must_be(S.SUBMITTED)
    if catalogue.submitted_by == actor.person_id and actor.person_id is not None:
        raise RuleViolated("Người trình danh mục không tự duyệt được.")
    catalogue.state, catalogue.approved_at = S.APPROVED, now()
    catalogue.approved_by, catalogue.approved_post_id = actor.person_id, actor.post_id
    notify(
        session,
        event="file_catalogue.approved",
        kind=KIND,
        thing_id=catalogue.id,
        title=f"Đã ban hành danh mục hồ sơ năm {year}",
        unit_ids=[unit.id for unit in organisation.units(session)],
    )
    audit.record(session, actor, "file_catalogue.approved", catalogue.id)
    return catalogue


def return_catalogue(session: Session, actor: Actor, *, year: int, reason: str) -> FileCatalogue:
    """The head sends it back to be drafted better, with the reason."""
    actor = authorize(actor, APPROVE_CATALOGUE)
    catalogue = _of_year(session, year)
    catalogue.must_be(S.SUBMITTED)
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do trả lại.", "reason")
    catalogue.state, catalogue.return_reason = S.DRAFTING, reason.strip()[:500]
    audit.record(session, actor, "file_catalogue.returned", catalogue.id)
    return catalogue


def must_draft_for(actor: Actor, unit_id: int) -> None:
    """Raises PermissionDenied for a unit that is not the actor's to plan for."""
    everywhere = any(DRAFT_CATALOGUE.roles.get(role) is Scope.ALL for role in actor.roles)
    if actor.person_id is not None and not everywhere and unit_term(unit_id) not in actor.terms:
        raise PermissionDenied(f"person {actor.person_id} does not head unit {unit_id}")


def _fill(
    session: Session, catalogue: FileCatalogue, entry: CatalogueEntry, data: EntryData
) -> None:
    unit = organisation.get_unit(session, data.unit_id)
    rows = sa.select(CatalogueEntry.notation).where(
        CatalogueEntry.catalogue_id == catalogue.id, CatalogueEntry.id.is_distinct_from(entry.id)
    )
    taken = set(session.scalars(rows))
    notation = data.notation.strip() or entry.notation or queries.next_notation(taken, unit.code)
    if notation in taken:
        raise InvalidInput(f"Số, ký hiệu {notation} đã dùng cho hồ sơ khác.", "notation")
    _take_over(entry, data, notation)


def _take_over(entry: CatalogueEntry, data: EntryData, notation: str) -> None:
    """Write what was typed or imported. Raises InvalidInput."""
    if not data.title.strip():
        raise InvalidInput("Phải ghi tiêu đề hồ sơ.", "title")
    check_years(data.retention_years)
    entry.notation, entry.unit_id = notation.strip()[:20], data.unit_id
    entry.heading, entry.title = data.heading.strip()[:200], data.title.strip()[:500]
    entry.retention_rule, entry.retention_years = data.retention_rule, data.retention_years
    entry.keeper_post_id, entry.note = data.keeper_post_id, data.note.strip()[:500]


def check_years(years: int | None) -> None:
    """Raises InvalidInput for a period the law does not know."""
    if years is not None and not SHORTEST <= years <= LONGEST:
        raise InvalidInput(
            f"Thời hạn bảo quản là vĩnh viễn hoặc từ {SHORTEST} đến {LONGEST} năm.",
            "retention_rule",
        )


def _drafted(session: Session, year: int) -> FileCatalogue:
    catalogue = _of_year(session, year)
    catalogue.must_be(S.DRAFTING)
    return catalogue


def _of_year(session: Session, year: int) -> FileCatalogue:
    rows = sa.select(FileCatalogue).filter_by(year=year).with_for_update()
    catalogue = session.scalar(rows.execution_options(populate_existing=True))
    if catalogue is None:
        raise NotFound(f"catalogue {year}", f"Chưa có danh mục hồ sơ năm {year}.")
    return catalogue
