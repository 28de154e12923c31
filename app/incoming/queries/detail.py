"""Everything the page of one letter shows, by a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.files.models import FileRole, StoredFile
from app.files.queries import get_file, with_derivatives
from app.incoming.models import (
    IncomingDocument,
    IntakeItem,
    LetterFile,
    LetterFileRole,
    Proposal,
)
from app.incoming.queries.ledger import IN_READING, Progress, progress
from app.incoming.queries.letters import KIND, get_letter_by_token
from app.incoming.queries.text import ProposedForm, proposed_form
from app.organisation.models import IssuingBody
from app.organisation.queries import every_issuing_body, post_label
from app.registers.queries import type_labels
from app.security import Actor
from app.tasks.custody import CustodyLine, Stay, line_and_chain
from app.tasks.models import Directive, Task
from app.tasks.queries import directives_of


@dataclass(frozen=True, slots=True)
class FileView:
    """One file of a letter: what arrived, what is stored, the searchable copy, the reading."""

    placed: LetterFile
    intake: IntakeItem
    file: StoredFile | None
    searchable: StoredFile | None
    stamped: StoredFile | None
    progress: Progress | None

    @property
    def main(self) -> bool:
        return self.placed.role is LetterFileRole.MAIN


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter with all that its page shows."""

    letter: IncomingDocument
    type_label: str
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
    directives = directives_of(session, KIND, [letter.id])[::-1]
    tasks = session.scalars(
        sa.select(Task).filter_by(kind=KIND, thing_id=letter.id).order_by(Task.id)
    ).all()
    proposals = session.scalars(
        sa.select(Proposal).filter_by(letter_id=letter.id).order_by(Proposal.id)
    ).all()
    named = _posts(letter, directives, tasks, proposals)
    line, stays = line_and_chain(session, KIND, letter.id, posts=named)
    return LetterView(
        letter=letter,
        type_label=type_labels(session).get(letter.document_type or "", ""),
        issuing_body=every_issuing_body(session).get(letter.issuing_body_id or 0),
        files=files,
        proposed=proposed_form(session, letter),
        custody=line,
        chain=tuple(stays),
        directives=tuple(directives),
        tasks=tuple(tasks),
        proposals=tuple(proposals),
        labels=post_label(session, named),
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
    """The files of a letter, main first, replaced scans last: three queries."""
    rows = sa.select(LetterFile, IntakeItem).join(
        IntakeItem, IntakeItem.id == LetterFile.intake_id
    ).where(LetterFile.letter_id == letter_id)  # fmt: skip
    placed = session.execute(rows.order_by(LetterFile.position, LetterFile.id)).tuples().all()
    stored = with_derivatives(session, [row.file_id for row, _item in placed if row.file_id])
    originals = {file.id: file for file in stored}
    copies = {(file.derived_from_id, file.role): file for file in stored}  # the newest of a role
    going = progress(session, [item.id for _row, item in placed if item.state in IN_READING])
    order = {LetterFileRole.MAIN: 0, LetterFileRole.ATTACHMENT: 1, LetterFileRole.REPLACED: 2}
    return tuple(
        FileView(
            placed=row,
            intake=item,
            file=originals.get(row.file_id or 0),
            searchable=copies.get((row.file_id or 0, FileRole.SEARCHABLE)),
            stamped=copies.get((row.file_id or 0, FileRole.STAMPED)),
            progress=going.get(item.id),
        )
        for row, item in sorted(placed, key=lambda pair: order[pair[0].role])
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
