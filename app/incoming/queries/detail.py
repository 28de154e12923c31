"""Everything the page of one letter shows, by a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.files.models import FileRole, StoredFile
from app.files.queries import derivatives, get_file
from app.incoming.models import (
    IncomingDocument,
    IntakeItem,
    LetterFile,
    LetterFileRole,
    Proposal,
)
from app.incoming.queries.ledger import Progress, items_of, progress
from app.incoming.queries.letters import KIND, get_letter_by_token
from app.incoming.queries.text import ProposedForm, proposed_form
from app.organisation.models import IssuingBody, Organ
from app.organisation.queries import post_label
from app.registers.queries import type_labels
from app.security import Actor
from app.tasks.custody import CustodyLine, Stay, chain, current
from app.tasks.models import Directive, Task


@dataclass(frozen=True, slots=True)
class FileView:
    """One file of a letter: what arrived, what is stored, the searchable copy, the reading."""

    placed: LetterFile
    intake: IntakeItem
    file: StoredFile | None
    searchable: StoredFile | None
    progress: Progress | None

    @property
    def main(self) -> bool:
        return self.placed.role is LetterFileRole.MAIN


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter with all that its page shows."""

    letter: IncomingDocument
    type_label: str
    organ: Organ | None
    issuing_body: IssuingBody | None
    files: tuple[FileView, ...]
    proposed: ProposedForm
    custody: CustodyLine | None
    chain: tuple[Stay, ...]
    directives: tuple[Directive, ...]
    tasks: tuple[Task, ...]
    proposals: tuple[Proposal, ...]
    labels: dict[int, str]  # posts by id

    @property
    def main(self) -> FileView | None:
        return next((file for file in self.files if file.main), None)


def load_letter(session: Session, actor: Actor, token: str) -> LetterView:
    """The page of a letter. Raises NotFound."""
    letter = get_letter_by_token(session, actor, token)
    files = files_of(session, letter.id)
    directives = session.scalars(
        sa.select(Directive).filter_by(kind=KIND, thing_id=letter.id).order_by(Directive.id)
    ).all()
    tasks = session.scalars(
        sa.select(Task).filter_by(kind=KIND, thing_id=letter.id).order_by(Task.id)
    ).all()
    proposals = session.scalars(
        sa.select(Proposal).filter_by(letter_id=letter.id).order_by(Proposal.id)
    ).all()
    return LetterView(
        letter=letter,
        type_label=type_labels(session).get(letter.document_type or "", ""),
        organ=session.get(Organ, letter.organ_id) if letter.organ_id else None,
        issuing_body=(
            session.get(IssuingBody, letter.issuing_body_id) if letter.issuing_body_id else None
        ),
        files=files,
        proposed=proposed_form(session, letter),
        custody=current(session, KIND, [letter.id]).get(letter.id),
        chain=tuple(chain(session, KIND, letter.id)),
        directives=tuple(directives),
        tasks=tuple(tasks),
        proposals=tuple(proposals),
        labels=post_label(session, _posts(letter, directives, tasks, proposals)),
    )


def _posts(
    letter: IncomingDocument,
    directives: Sequence[Directive],
    tasks: Sequence[Task],
    proposals: Sequence[Proposal],
) -> set[int]:
    named: set[int | None] = {letter.submitted_to_post_id}
    for directive in directives:
        named |= {directive.from_post_id, directive.to_post_id, directive.lead_post_id}
    for task in tasks:
        named |= {task.assigner_post_id, task.lead_post_id}
    for proposal in proposals:
        named |= {proposal.by_post_id, proposal.to_post_id, proposal.lead_post_id}
    return {post_id for post_id in named if post_id}


def files_of(session: Session, letter_id: int) -> tuple[FileView, ...]:
    """The files of a letter, main first, replaced scans last: five queries."""
    placed = session.scalars(
        sa.select(LetterFile)
        .where(LetterFile.letter_id == letter_id)
        .order_by(LetterFile.position, LetterFile.id)
    ).all()
    items = {item.id: item for item in items_of(session, [letter_id])[letter_id]}
    ids = [row.file_id for row in placed if row.file_id]
    stored = {
        file.id: file
        for file in session.scalars(sa.select(StoredFile).where(StoredFile.id.in_(ids)))
    }
    copies = derivatives(session, ids, FileRole.SEARCHABLE)
    going = progress(session, list(items))
    order = {LetterFileRole.MAIN: 0, LetterFileRole.ATTACHMENT: 1, LetterFileRole.REPLACED: 2}
    return tuple(
        FileView(
            placed=row,
            intake=items[row.intake_id],
            file=stored.get(row.file_id or 0),
            searchable=copies.get(row.file_id or 0),
            progress=going.get(row.intake_id),
        )
        for row in sorted(placed, key=lambda row: order[row.role])
    )


def file_for(session: Session, actor: Actor, token: str) -> tuple[IncomingDocument, StoredFile]:
    """A file of a letter (or a derivative of one) that the actor may see, by its token.

    Raises NotFound. The entry point records the reading.
    """
    file = get_file(session, token)
    original = file.derived_from_id or file.id
    letter_id = session.scalar(
        sa.select(LetterFile.letter_id).where(LetterFile.file_id == original)
    )
    if letter_id is None:
        raise NotFound(f"file {token} belongs to no letter")
    letter = session.get_one(IncomingDocument, letter_id)
    return get_letter_by_token(session, actor, letter.token), file
