"""What a letter does in the same commit when directives, tasks and book entries change."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import outbox
from app.clock import today
from app.incoming.models import CLOSED, DueSource, IncomingDocument, IncomingStatus
from app.incoming.queries.letters import KIND
from app.incoming.services import registration
from app.organisation.queries import get_unit, post_label
from app.registers.hooks import EntryVoided, entry_voided
from app.tasks import hooks as task_hooks
from app.tasks.hooks import (
    DirectiveGiven,
    DirectiveRead,
    DirectiveRecalled,
    TaskCompleted,
    TaskDueMoved,
    TaskReturned,
    TaskStarted,
)
from app.tasks.models import Directive, Outcome, Task

S = IncomingStatus
STATUS_OF = {
    Outcome.ASSIGN: S.ASSIGNED,
    Outcome.REDIRECT: S.SUBMITTED,
    Outcome.INFORM: S.FOR_INFORMATION,
    Outcome.FILE: S.FILED,
}


def subscribe() -> None:
    """Listen to the rooms below; safe to repeat."""
    task_hooks.directive_given.subscribe(on_directive_given)
    task_hooks.directive_recalled.subscribe(on_directive_recalled)
    task_hooks.directive_read.subscribe(on_directive_read)
    task_hooks.task_started.subscribe(on_task_started)
    task_hooks.task_completed.subscribe(on_task_completed)
    task_hooks.task_returned.subscribe(on_task_returned)
    task_hooks.task_due_moved.subscribe(on_task_due_moved)
    entry_voided.subscribe(on_entry_voided)


def _letter(session: Session, kind: str | None, thing_id: int | None) -> IncomingDocument | None:
    if kind != KIND or thing_id is None:
        return None
    return session.get_one(IncomingDocument, thing_id)


def on_directive_given(session: Session, happened: DirectiveGiven) -> None:
    """The letter follows the outcome. Without a number it obliges nobody: RuleViolated."""
    directive = happened.directive
    letter = _letter(session, directive.kind, directive.thing_id)
    if letter is None:
        return
    letter.must_be_registered()
    letter.become(STATUS_OF[directive.outcome])
    if directive.outcome is Outcome.REDIRECT:
        letter.submitted_to_post_id = directive.to_post_id
    if directive.due_at is not None:
        letter.due_at, letter.due_source = directive.due_at, DueSource.LEADER
    elif directive.outcome is Outcome.ASSIGN:
        letter.take_sender_due()  # an earlier directive's date went with it
    _note_receiver(session, letter, directive)
    outbox.changed(session, KIND, letter.id)


def _note_receiver(session: Session, letter: IncomingDocument, directive: Directive) -> None:
    """Columns 7 and 8 of the book: who got it, when."""
    if directive.lead_unit_id is not None:
        letter.handed_to = get_unit(session, directive.lead_unit_id).name[:300]
    elif directive.lead_post_id is not None:
        labels = post_label(session, [directive.lead_post_id])
        letter.handed_to = labels[directive.lead_post_id][:300]
    else:
        return
    letter.handed_on = today()


def on_directive_recalled(session: Session, happened: DirectiveRecalled) -> None:
    """The letter is back on the desk of the leader who recalled."""
    letter = _letter(session, happened.directive.kind, happened.directive.thing_id)
    if letter is None or letter.status in (S.SUBMITTED, S.REGISTERED):
        return
    if letter.status in CLOSED:
        letter.become(S.REOPENED)
    letter.become(S.SUBMITTED)
    letter.take_sender_due()
    letter.submitted_to_post_id = happened.directive.from_post_id
    outbox.changed(session, KIND, letter.id)


def on_directive_read(session: Session, happened: DirectiveRead) -> None:
    """All readers have opened it: a letter for information is done."""
    letter = _letter(session, happened.directive.kind, happened.directive.thing_id)
    if letter is not None and letter.status is S.FOR_INFORMATION:
        letter.become(S.DONE)
        outbox.changed(session, KIND, letter.id)


def on_task_started(session: Session, happened: TaskStarted) -> None:
    """Somebody works on it."""
    _follow(session, happened.task, {S.ASSIGNED, S.DIRECTED, S.REOPENED}, S.IN_PROGRESS)


def on_task_completed(session: Session, happened: TaskCompleted) -> None:
    """The last task was accepted: the letter is done in the same commit."""
    if happened.last:
        open_states = {S.ASSIGNED, S.IN_PROGRESS, S.DIRECTED, S.REOPENED, S.FOR_INFORMATION}
        _follow(session, happened.task, open_states, S.DONE)


def on_task_returned(session: Session, happened: TaskReturned) -> None:
    """The unit gave it back: it waits for another directive."""
    if happened.task.parent_id is None:
        _follow(session, happened.task, {S.ASSIGNED, S.IN_PROGRESS}, S.DIRECTED)


def on_task_due_moved(session: Session, happened: TaskDueMoved) -> None:
    """The calendar was corrected: the letter's date goes with that of its task."""
    letter = _letter(session, happened.task.kind, happened.task.thing_id)
    if letter is not None and letter.due_at == happened.from_due_at:
        letter.due_at = happened.to_due_at
        outbox.changed(session, KIND, letter.id)


def _follow(
    session: Session, task: Task, before: set[IncomingStatus], after: IncomingStatus
) -> None:
    letter = _letter(session, task.kind, task.thing_id)
    if letter is not None and letter.status in before:
        letter.become(after)
        outbox.changed(session, KIND, letter.id)


def on_entry_voided(session: Session, happened: EntryVoided) -> None:
    """A letter whose number is crossed out waits for registration again."""
    letter = _letter(session, happened.kind, happened.thing_id)
    if letter is not None and letter.register_entry_id == happened.entry_id:
        registration.take_number_back(session, letter)
