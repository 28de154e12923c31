"""What the books and the handling slip print; the forms are those of decree 30/2020, annex IV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import local
from app.incoming.models import IncomingDocument
from app.incoming.models.letter import STATUS_LABELS
from app.incoming.permissions import EXPORT
from app.incoming.queries.letters import KIND, get_letter
from app.organisation.models import Organ
from app.organisation.queries import post_label, unit_label
from app.registers.models import EntryState, RegisterEntry
from app.registers.queries import type_labels
from app.security import Actor, authorize
from app.tasks.models import Directive, Outcome, Task, TaskParticipant

Cell = str | int | date | datetime | None
BATCH = 500


def book_rows(
    session: Session,
    actor: Actor,
    *,
    series_id: int,
    year: int,
    first: int | None = None,
    last: int | None = None,
) -> list[tuple[Cell, ...]]:
    """Sổ đăng ký văn bản đến: ten columns, by number, voided numbers crossed out with the reason.

    A constant number of queries. `first` and `last` bound the numbers.
    """
    authorize(actor, EXPORT)
    rows = sa.select(RegisterEntry, IncomingDocument, Organ.name).filter_by(
        series_id=series_id, year=year, kind=KIND
    )
    rows = rows.outerjoin(
        IncomingDocument, IncomingDocument.register_entry_id == RegisterEntry.id
    ).outerjoin(Organ, Organ.id == IncomingDocument.organ_id)
    if first is not None:
        rows = rows.where(RegisterEntry.number >= first)
    if last is not None:
        rows = rows.where(RegisterEntry.number <= last)
    types = type_labels(session)
    ordered = rows.order_by(RegisterEntry.number, RegisterEntry.suffix)
    found = session.execute(ordered).yield_per(BATCH).tuples()
    return [_book_row(entry, letter, organ, types) for entry, letter, organ in found]


def _book_row(
    entry: RegisterEntry,
    letter: IncomingDocument | None,
    organ: str | None,
    types: dict[str, str],
) -> tuple[Cell, ...]:
    if entry.state is EntryState.VOIDED or letter is None:
        note = f"Hủy số: {entry.reason or ''}"
        return (entry.entered_on, entry.label, "", "", None, "", "", None, "", note)
    inserted = f"Chèn số: {entry.reason}" if entry.suffix else ""
    return (
        letter.arrival_date,
        entry.label,
        organ or letter.organ_name,
        letter.full_code,
        letter.issued_date,
        _named(letter, types),
        letter.handed_to,
        letter.handed_on,
        "",  # signed by hand
        "; ".join(part for part in (letter.note, inserted) if part),
    )


def _named(letter: IncomingDocument, types: dict[str, str]) -> str:
    label = types.get(letter.document_type or "", "")
    return ". ".join(part for part in (label, letter.subject_summary) if part)


def follow_up_rows(
    session: Session,
    actor: Actor,
    *,
    series_id: int,
    year: int,
    first: int | None = None,
    last: int | None = None,
) -> list[tuple[Cell, ...]]:
    """Sổ theo dõi giải quyết văn bản đến: seven columns, letters that made tasks only.

    `first` and `last` bound the numbers.
    """
    authorize(actor, EXPORT)
    rows = (
        sa.select(IncomingDocument, Organ.name, Task)
        .join(RegisterEntry, RegisterEntry.id == IncomingDocument.register_entry_id)
        .join(Task, sa.and_(Task.kind == KIND, Task.thing_id == IncomingDocument.id))
        .outerjoin(Organ, Organ.id == IncomingDocument.organ_id)
        .where(
            RegisterEntry.series_id == series_id,
            RegisterEntry.year == year,
            Task.parent_id.is_(None),
        )
        .order_by(RegisterEntry.number, RegisterEntry.suffix, Task.id)
    )
    if first is not None:
        rows = rows.where(RegisterEntry.number >= first)
    if last is not None:
        rows = rows.where(RegisterEntry.number <= last)
    found = list(session.execute(rows).tuples())
    types = type_labels(session)
    posts = post_label(session, [task.lead_post_id for _, _, task in found if task.lead_post_id])
    units = unit_label(session, [task.lead_unit_id for _, _, task in found if task.lead_unit_id])
    return [
        (
            letter.arrival_label,
            _described(letter, organ, types),
            posts.get(task.lead_post_id or 0) or units.get(task.lead_unit_id or 0, ""),
            local(task.due_at).date() if task.due_at else "Không thời hạn",
            f"{task.percent}% – {STATUS_LABELS[letter.status]}",
            task.product,
            letter.note,
        )
        for letter, organ, task in found
    ]


def _described(letter: IncomingDocument, organ: str | None, types: dict[str, str]) -> str:
    when = f"ngày {letter.issued_date:%d/%m/%Y}" if letter.issued_date else ""
    label = types.get(letter.document_type or "", "")
    parts = (f"{label} {letter.full_code}".strip(), when, organ or letter.organ_name)
    return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One opinion on the slip: who, in which role, what, until when, on which day."""

    who: str
    role: str  # chủ trì, phối hợp, để biết; empty for a leader's text
    text: str
    due_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class HandlingSlip:
    """Phiếu giải quyết văn bản đến: leaders' opinions, heads' opinions, the handler's result."""

    letter: IncomingDocument
    organ: str
    type_label: str
    leaders: tuple[SlipLine, ...]
    units: tuple[SlipLine, ...]
    handlers: tuple[SlipLine, ...]


def handling_slip(session: Session, actor: Actor, letter_id: int) -> HandlingSlip:
    """The slip of a letter from what was directed and done. Raises NotFound."""
    letter = get_letter(session, actor, letter_id)
    letter.must_be_registered()
    directives = session.scalars(
        sa.select(Directive)
        .where(
            Directive.kind == KIND, Directive.thing_id == letter.id, Directive.recalled_at.is_(None)
        )
        .order_by(Directive.id)
    ).all()
    tasks = session.scalars(
        sa.select(Task).where(Task.kind == KIND, Task.thing_id == letter.id).order_by(Task.id)
    ).all()
    together = session.scalars(
        sa.select(TaskParticipant)
        .where(TaskParticipant.task_id.in_([task.id for task in tasks]))
        .order_by(TaskParticipant.id)
    ).all()
    names = _names(session, directives, tasks, together)
    organ = session.get(Organ, letter.organ_id) if letter.organ_id else None
    return HandlingSlip(
        letter=letter,
        organ=organ.name if organ else letter.organ_name,
        type_label=type_labels(session).get(letter.document_type or "", ""),
        leaders=tuple(_leader_lines(directives, tasks, together, names)),
        units=tuple(_unit_lines(tasks, names)),
        handlers=tuple(_handler_lines(tasks, names)),
    )


@dataclass(frozen=True, slots=True)
class _Names:
    posts: dict[int, str]
    units: dict[int, str]

    def of(self, unit_id: int | None, post_id: int | None) -> str:
        return self.posts.get(post_id or 0) or self.units.get(unit_id or 0, "")


def _names(
    session: Session,
    directives: Sequence[Directive],
    tasks: Sequence[Task],
    together: Sequence[TaskParticipant],
) -> _Names:
    posts: set[int | None] = set()
    units: set[int | None] = set()
    for directive in directives:
        posts |= {directive.from_post_id, directive.to_post_id, directive.lead_post_id}
        units |= {directive.lead_unit_id, *(reader.unit_id for reader in directive.readers)}
        posts |= {reader.post_id for reader in directive.readers}
    for task in tasks:
        posts |= {task.lead_post_id, task.assigner_post_id}
        units.add(task.lead_unit_id)
    for participant in together:
        posts.add(participant.post_id)
        units.add(participant.unit_id)
    return _Names(
        post_label(session, [one for one in posts if one]),
        unit_label(session, [one for one in units if one]),
    )


def _leader_lines(
    directives: Sequence[Directive],
    tasks: Sequence[Task],
    together: Sequence[TaskParticipant],
    names: _Names,
) -> list[SlipLine]:
    by_directive = {task.directive_id: task for task in tasks if task.directive_id}
    lines: list[SlipLine] = []
    for one in directives:
        leader, at = names.posts.get(one.from_post_id, ""), one.created_at
        text = one.text or ("Lưu." if one.outcome is Outcome.FILE else "")
        lines.append(SlipLine(leader, "", text, one.due_at, at))
        if one.lead_unit_id or one.lead_post_id:
            lead = names.of(one.lead_unit_id, one.lead_post_id)
            lines.append(SlipLine(lead, "Chủ trì", "", one.due_at, at))
        task = by_directive.get(one.id)
        for other in together:
            if task is not None and other.task_id == task.id:
                role = "Phối hợp" if other.role.value == "coordinator" else "Để biết"
                who = names.of(other.unit_id, other.post_id)
                lines.append(SlipLine(who, role, "", other.due_at, at))
        for reader in one.readers if task is None else []:
            who = names.of(reader.unit_id, reader.post_id)
            lines.append(SlipLine(who, "Để biết", "", None, at))
    return lines


def _unit_lines(tasks: Sequence[Task], names: _Names) -> list[SlipLine]:
    """Which unit gave the letter to whom of its people."""
    return [
        SlipLine(
            names.units.get(task.lead_unit_id or 0, ""),
            "",
            f"Giao {names.posts.get(task.lead_post_id or 0, '')}",
            task.due_at,
            task.assigned_at,
        )
        for task in tasks
        if task.lead_unit_id and task.lead_post_id and task.assigned_at
    ]


def _handler_lines(tasks: Sequence[Task], names: _Names) -> list[SlipLine]:
    lines = []
    for task in tasks:
        if task.submitted_at:
            who = names.of(task.lead_unit_id, task.lead_post_id)
            lines.append(SlipLine(who, "", task.product, None, task.submitted_at))
    return lines
