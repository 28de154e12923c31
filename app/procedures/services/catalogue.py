"""Keeping the catalogue: drafts, publication, import. A published version never changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import InvalidInput, RuleViolated
from app.organisation.models import Unit
from app.organisation.names import fold_name
from app.procedures import permissions, queries
from app.procedures.models import (
    Channel,
    FeeKind,
    FeePer,
    FeeTiming,
    OnlineLevel,
    Procedure,
    ProcedureBook,
    ProcedureFee,
    ProcedureLevel,
    ProcedurePaper,
    ProcedureStep,
    ProcedureVersion,
    ProcedureWay,
    StepKind,
    VersionState,
)
from app.procedures.records import Record
from app.procedures.services.reading_back import record_of
from app.security import Actor, Role, authorize
from app.worktime.calendar import Unit as LimitUnit
from app.worktime.rules import Rule, StartRule


def load_books(session: Session, rows: Iterable[Mapping[str, Any]]) -> dict[str, ProcedureBook]:
    """Make the books that are not there yet; those that are keep their columns."""
    there = {book.code: book for book in queries.books(session)}
    for row in rows:
        if row["code"] not in there:
            columns = [dict(column) for column in row["columns"]]
            book = ProcedureBook(code=row["code"], name=row["name"], columns=columns)
            there[book.code] = book
            session.add(book)
    session.flush()
    return there


def draft_version(session: Session, actor: Actor, *, record: Record) -> ProcedureVersion:
    """Write a new version of a procedure, or the first, as a draft; an older draft is replaced.

    Raises:
        PermissionDenied: the actor may not configure procedures.
        InvalidInput: what the version says cannot be: its limit, the sum of its steps.
    """
    actor = authorize(actor, permissions.CONFIGURE)
    procedure = session.scalar(sa.select(Procedure).filter_by(code=record.code))
    if procedure is None:
        procedure = Procedure(
            code=record.code, name=record.name, field=record.field,
            level=ProcedureLevel(record.level), is_illustrative=record.is_illustrative,
        )  # fmt: skip
        session.add(procedure)
        session.flush()
    version = _version(session, procedure, record)
    for older in queries.versions_of(session, procedure.id):
        if older.state is VersionState.DRAFT:
            older.state = VersionState.WITHDRAWN
        version.number = max(version.number, older.number + 1)
    session.add(version)
    session.flush()
    if not procedure.folded:
        fold(procedure)
    audit.record(session, actor, "procedure.drafted", procedure.id, version=version.number)
    return version


def _unit_id(session: Session, short_name: str) -> int | None:
    """The unit whose short name, code or name it is."""
    if not short_name:
        return None
    wanted = fold_name(short_name)
    for unit in session.scalars(sa.select(Unit).where(Unit.valid_to.is_(None))):
        if wanted in (fold_name(unit.short_name), fold_name(unit.code), fold_name(unit.name)):
            return unit.id
    return None


def _version(session: Session, procedure: Procedure, record: Record) -> ProcedureVersion:
    try:
        unit, start = LimitUnit(record.limit_unit), StartRule(record.start_rule)
        Rule(record.limit_amount, unit, start, record.cutoff_minute)
    except ValueError as error:
        raise InvalidInput(f"Thời hạn của thủ tục {record.code} không đúng.", "limit") from error
    if sum(step.hundredths for step in record.steps) > record.limit_amount * 100:
        raise InvalidInput(f"Các bước của thủ tục {record.code} vượt thời hạn chung.", "steps")
    book = None
    if record.book:
        book = session.scalar(sa.select(ProcedureBook).filter_by(code=record.book))
    version = ProcedureVersion(
        procedure_id=procedure.id, number=1, valid_from=record.valid_from, name=record.name,
        keywords=record.keywords, unit_id=_unit_id(session, record.unit) or procedure.unit_id,
        field=record.field, decision=record.decision, sort=record.sort, sequence=record.sequence,
        subjects=record.subjects, implementing_organ=record.implementing_organ,
        competent_organ=record.competent_organ, coordinating_organ=record.coordinating_organ,
        receiving_place=record.receiving_place, result=record.result,
        legal_grounds=record.legal_grounds, conditions=record.conditions,
        limit_amount=record.limit_amount, limit_unit=unit, start_rule=start,
        cutoff_minute=record.cutoff_minute, is_same_day=record.is_same_day,
        may_restart=record.may_restart, restart_ground=record.restart_ground,
        pauses_for_fees=record.pauses_for_fees, pauses_for_opinions=record.pauses_for_opinions,
        most_supplements=record.most_supplements, most_extensions=record.most_extensions,
        most_extension_amount=record.most_extension_amount,
        result_document_type=record.result_document_type,
        online_level=OnlineLevel(record.online_level),
        online_supplements=record.online_supplements, book=book,
    )  # fmt: skip
    _parts(session, version, record)
    return version


def _parts(session: Session, version: ProcedureVersion, record: Record) -> None:
    for n, paper in enumerate(record.papers, start=1):
        version.papers.append(
            ProcedurePaper(
                position=n, name=paper.name, form_name=paper.form_name, case=paper.case,
                originals=paper.originals, copies=paper.copies, is_required=paper.is_required,
                shape=paper.shape,
            )
        )  # fmt: skip
    for n, fee in enumerate(record.fees, start=1):
        version.fees.append(
            ProcedureFee(
                position=n, name=fee.name, kind=FeeKind(fee.kind), amount=fee.amount,
                further_from=fee.further_from, further_amount=fee.further_amount, most=fee.most,
                per=FeePer(fee.per), timing=FeeTiming(fee.timing), case=fee.case, ground=fee.ground,
            )
        )  # fmt: skip
    for n, step in enumerate(record.steps, start=1):
        version.steps.append(
            ProcedureStep(
                position=n, name=step.name, kind=StepKind(step.kind), role=Role(step.role),
                hundredths=step.hundredths, unit_id=_unit_id(session, step.unit),
            )
        )  # fmt: skip
    for n, way in enumerate(record.ways, start=1):
        version.ways.append(
            ProcedureWay(
                position=n, channel=Channel(way.channel), limit_words=way.limit_words,
                fee_words=way.fee_words, description=way.description,
            )
        )  # fmt: skip


def publish_version(
    session: Session, actor: Actor, *, version_id: int, valid_from: date | None = None
) -> ProcedureVersion:
    """Put a draft in force from a day on; the version before ends the day before.

    Raises:
        RuleViolated: it is no draft, or a version of that day or a later one is in force.
    """
    actor = authorize(actor, permissions.CONFIGURE)
    version = queries.version_whole(session, version_id)
    if version.state is not VersionState.DRAFT:
        raise RuleViolated("Phiên bản đã công bố thì không đổi được. Hãy soạn phiên bản mới.")
    start = valid_from or version.valid_from
    for older in queries.versions_of(session, version.procedure_id):
        if older.state is not VersionState.PUBLISHED:
            continue
        if older.valid_from >= start:
            raise RuleViolated("Đã có phiên bản có hiệu lực từ ngày đó hoặc sau đó.")
        if older.valid_to is None or older.valid_to >= start:
            older.valid_to = start - timedelta(days=1)
    session.flush()  # the open version is unique
    version.state, version.valid_from, version.published_at = VersionState.PUBLISHED, start, now()
    procedure = version.procedure
    procedure.name, procedure.field = version.name, version.field
    procedure.keywords, procedure.unit_id = version.keywords, version.unit_id
    fold(procedure)
    session.flush()
    audit.record(session, actor, "procedure.published", procedure.id, version=version.number)
    outbox.changed(session, "procedure", procedure.id)
    return version


def fold(procedure: Procedure) -> None:
    """The words by which it is found; one blank before each."""
    words = f"{procedure.code} {procedure.name} {procedure.keywords} {procedure.field}"
    procedure.folded = f" {fold_name(words)}"[:1200]


def import_catalogue(session: Session, actor: Actor, *, records: Iterable[Record]) -> int:
    """Take procedures in and publish those that are new or differ from the version in force.
    Returns how many were published; a second time none is.

    An older list changes nothing. What differs from a version of the same day becomes a draft,
    unless there is one: an official compares them and says from which day it holds.
    """
    actor = authorize(actor, permissions.CONFIGURE)
    count, drafts = 0, 0
    for record in records:
        newest = _newest(session, record.code)
        if newest is not None and (
            newest.valid_from > record.valid_from or _same(session, newest, record)
        ):
            continue
        if newest is None or newest.valid_from < record.valid_from:
            version = draft_version(session, actor, record=record)
            publish_version(session, actor, version_id=version.id)
            count += 1
        elif queries.draft_of(session, newest.procedure_id) is None:
            draft_version(session, actor, record=record)
            drafts += 1
    audit.record(session, actor, "procedure.imported", None, count=count, drafts=drafts)
    return count


def _newest(session: Session, code: str) -> ProcedureVersion | None:
    """The version published last, whole."""
    found = session.scalar(
        sa.select(ProcedureVersion.id)
        .join(Procedure, Procedure.id == ProcedureVersion.procedure_id)
        .where(Procedure.code == code, ProcedureVersion.state == VersionState.PUBLISHED)
        .order_by(ProcedureVersion.valid_from.desc())
        .limit(1)
    )
    return queries.version_whole(session, found) if found is not None else None


def _same(session: Session, version: ProcedureVersion, record: Record) -> bool:
    """Whether the version says the same in everything but its day; units by whatever name."""
    kept = record_of(session, version)
    unit = record.unit or kept.unit  # a list without units leaves them as they are
    wanted = replace(record, valid_from=kept.valid_from, unit=unit)
    return _with_unit_ids(session, kept) == _with_unit_ids(session, wanted)


def _with_unit_ids(session: Session, record: Record) -> tuple[Record, list[int | None]]:
    names = [record.unit, *(step.unit for step in record.steps)]
    plain = tuple(replace(step, unit="") for step in record.steps)
    return replace(record, unit="", steps=plain), [_unit_id(session, name) for name in names]


@sa.event.listens_for(ProcedureVersion, "before_update")
def _published_never_changes(_mapper: Any, _connection: Any, version: ProcedureVersion) -> None:
    """Whatever way leads to it: of a published version only the last day may be set."""
    state = sa.inspect(version)
    before = state.attrs.state.history.deleted or [version.state]
    if VersionState.PUBLISHED not in before:
        return
    for column in state.mapper.column_attrs:
        if column.key != "valid_to" and state.attrs[column.key].history.has_changes():
            raise RuleViolated("Phiên bản đã công bố thì không đổi được. Hãy soạn phiên bản mới.")
