"""A kept version as the plain values of a file, so that both can be compared."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.organisation.models import Unit
from app.procedures.models import ProcedureFee, ProcedurePaper, ProcedureVersion
from app.procedures.records import FeeRecord, PaperRecord, Record, StepRecord, WayRecord


def record_of(session: Session, version: ProcedureVersion) -> Record:
    """A version as the plain values that `draft_version` takes; nothing of it is lost."""
    procedure, v = version.procedure, version
    wanted = [v.unit_id, *(step.unit_id for step in v.steps)]
    units = _unit_names(session, {unit for unit in wanted if unit})
    return Record(
        code=procedure.code, name=v.name, field=v.field, valid_from=v.valid_from,
        limit_amount=v.limit_amount, limit_unit=v.limit_unit.value, start_rule=v.start_rule.value,
        cutoff_minute=v.cutoff_minute, is_same_day=v.is_same_day, level=procedure.level.value,
        unit=units.get(v.unit_id or 0, ""), keywords=v.keywords,
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
