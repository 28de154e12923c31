"""Writing a version by hand: a draft that is saved again and again, given up, or published."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.errors import EditConflict, InvalidInput, NotFound
from app.organisation.models import Unit
from app.procedures import permissions, queries
from app.procedures.models import (
    Procedure,
    ProcedureFee,
    ProcedurePaper,
    ProcedureStep,
    ProcedureVersion,
    ProcedureWay,
)
from app.procedures.records import (
    CODE,
    FeeRecord,
    PaperRecord,
    Record,
    StepRecord,
    WayRecord,
)
from app.procedures.services.catalogue import draft_version
from app.security import Actor, authorize

PARTS = (ProcedurePaper, ProcedureFee, ProcedureStep, ProcedureWay)


def record_of(session: Session, version: ProcedureVersion) -> Record:
    """A version as the plain values that `draft_version` takes; nothing of it is lost."""
    procedure, v = version.procedure, version
    wanted = [procedure.unit_id, *(step.unit_id for step in v.steps)]
    units = _unit_names(session, {unit for unit in wanted if unit})
    return Record(
        code=procedure.code, name=v.name, field=v.field, valid_from=v.valid_from,
        limit_amount=v.limit_amount, limit_unit=v.limit_unit.value, start_rule=v.start_rule.value,
        cutoff_minute=v.cutoff_minute, is_same_day=v.is_same_day, level=procedure.level.value,
        unit=units.get(procedure.unit_id or 0, ""), keywords=procedure.keywords,
        is_illustrative=procedure.is_illustrative, decision=v.decision, sort=v.sort,
        sequence=v.sequence, subjects=v.subjects, implementing_organ=v.implementing_organ,
        competent_organ=v.competent_organ, coordinating_organ=v.coordinating_organ,
        receiving_place=v.receiving_place, result=v.result, legal_grounds=v.legal_grounds,
        conditions=v.conditions, may_restart=v.may_restart, restart_ground=v.restart_ground,
        pauses_for_fees=v.pauses_for_fees, pauses_for_opinions=v.pauses_for_opinions,
        most_supplements=v.most_supplements, most_extensions=v.most_extensions,
        most_extension_amount=v.most_extension_amount,
        result_document_type=v.result_document_type, online_level=v.online_level.value,
        online_supplements=v.online_supplements, book=v.book.code if v.book else "",
        papers=tuple(_paper(one) for one in v.papers), fees=tuple(_fee(one) for one in v.fees),
        steps=tuple(
            StepRecord(one.name, one.kind.value, one.role.value, one.hundredths,
                       units.get(one.unit_id or 0, ""))
            for one in v.steps
        ),
        ways=tuple(
            WayRecord(one.channel.value, one.limit_words, one.fee_words, one.description)
            for one in v.ways
        ),
    )  # fmt: skip


def _unit_names(session: Session, ids: set[int]) -> dict[int, str]:
    rows = sa.select(Unit.id, Unit.name).where(Unit.id.in_(ids))
    return dict(session.execute(rows).tuples().all())


def _paper(one: ProcedurePaper) -> PaperRecord:
    return PaperRecord(
        one.name, one.form_name, one.case, one.originals, one.copies, one.is_required, one.shape
    )


def _fee(one: ProcedureFee) -> FeeRecord:
    return FeeRecord(
        one.name, one.amount, one.kind.value, one.per.value, one.timing.value, one.further_from,
        one.further_amount, one.most, one.case, one.ground,
    )  # fmt: skip


def save_draft(
    session: Session, actor: Actor, *, record: Record, seen: str | None = None
) -> ProcedureVersion:
    """Keep what was typed as the draft of a procedure; the draft before it is replaced and gives
    its number. `seen`: the token of the draft that the form showed, None where there was none; a
    first draft with an unknown code makes the procedure.

    Raises:
        PermissionDenied: the actor may not configure procedures.
        InvalidInput: a code that is none, or what the version says cannot be.
        EditConflict: somebody saved or published another draft meanwhile.
    """
    actor = authorize(actor, permissions.CONFIGURE)
    if CODE.fullmatch(record.code) is None:
        raise InvalidInput("Mã thủ tục phải có dạng 1.000234 hoặc mã đầy đủ.", "code")
    procedure = session.scalar(sa.select(Procedure).filter_by(code=record.code).with_for_update())
    older = queries.draft_of(session, procedure.id) if procedure is not None else None
    if (older.token if older else None) != seen:
        raise EditConflict(f"the draft of {record.code} is another one now")
    if older is not None:
        _remove(session, older)
    return draft_version(session, actor, record=record)


def give_up_draft(session: Session, actor: Actor, *, procedure_id: int, seen: str) -> None:
    """Throw the draft away: no dossier ever had it.

    Raises:
        NotFound: there is no draft.
        EditConflict: it is another one than was looked at.
    """
    actor = authorize(actor, permissions.CONFIGURE)
    session.get_one(Procedure, procedure_id, with_for_update=True)
    draft = queries.draft_of(session, procedure_id)
    if draft is None:
        raise NotFound(f"draft of procedure {procedure_id}")
    if draft.token != seen:
        raise EditConflict(f"the draft of procedure {procedure_id} is another one now")
    number = draft.number
    _remove(session, draft)
    audit.record(session, actor, "procedure.draft_given_up", procedure_id, version=number)


def _remove(session: Session, draft: ProcedureVersion) -> None:
    for part in PARTS:
        session.execute(sa.delete(part).where(part.version_id == draft.id))
    session.execute(sa.delete(ProcedureVersion).where(ProcedureVersion.id == draft.id))
    session.expunge(draft)
