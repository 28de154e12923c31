"""What an actor may do with a letter now: which buttons its page shows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.incoming import permissions
from app.incoming.models import CLOSED, IncomingStatus
from app.incoming.queries import LetterView
from app.incoming.services.directing import TO_BE_DIRECTED
from app.security import Actor
from app.tasks.models import OPEN, Directive, Task
from app.tasks.permissions import DIRECT

S = IncomingStatus


@dataclass(frozen=True, slots=True)
class Acts:
    """One flag a button; the services ask again."""

    submit: bool
    propose: bool
    direct: bool
    send_back: bool
    reopen: bool
    correct: bool
    recall: Directive | None
    my_tasks: tuple[Task, ...]


def acts_for(session: Session, actor: Actor, view: LetterView) -> Acts:
    """The acts on a registered letter."""
    letter = view.letter
    is_clerk = actor.may(permissions.REGISTER)
    at_me = letter.submitted_to_post_id in actor.post_ids
    waits = letter.status in TO_BE_DIRECTED
    open_lead = any(task.status in OPEN and not task.parent_id for task in view.tasks)
    return Acts(
        submit=is_clerk and letter.status in (S.REGISTERED, S.REOPENED, S.SUBMITTED),
        propose=actor.may(permissions.PROPOSE) and letter.status is S.SUBMITTED and at_me,
        direct=actor.may(DIRECT) and waits and not open_lead and (at_me or _leads(actor, view)),
        send_back=actor.may(permissions.CLOSE) and letter.status not in CLOSED and not open_lead,
        reopen=actor.may(permissions.CLOSE) and letter.status in CLOSED,
        correct=is_clerk,
        recall=_recallable(actor, view),
        my_tasks=tuple(task for task in view.tasks if _concerns(actor, task)),
    )


def _leads(actor: Actor, view: LetterView) -> bool:
    """The last directive passed the letter on to a post of the actor."""
    last = view.directives[-1] if view.directives else None
    return last is not None and last.to_post_id in actor.post_ids


def _recallable(actor: Actor, view: LetterView) -> Directive | None:
    last = view.directives[-1] if view.directives else None
    if last is None or last.recalled_at or last.from_post_id not in actor.post_ids:
        return None
    opened = any(task.opened_at for task in view.tasks if task.directive_id == last.id)
    return None if opened or view.letter.status in CLOSED else last


def _concerns(actor: Actor, task: Task) -> bool:
    unit = f"unit:{task.lead_unit_id}"
    posts = {task.lead_post_id, task.assigner_post_id}
    return bool(posts & actor.post_ids) or unit in actor.terms
