"""What rooms above must do in the same commit as an act on directives and tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.hooks import Hook
from app.security import Actor
from app.tasks.models import Directive, Task


@dataclass(frozen=True, slots=True)
class DirectiveGiven:
    """A directive was given; for REDIRECT the thing now waits for another leader."""

    actor: Actor
    directive: Directive


@dataclass(frozen=True, slots=True)
class DirectiveRecalled:
    """A directive was taken back before anybody opened it."""

    actor: Actor
    directive: Directive


@dataclass(frozen=True, slots=True)
class DirectiveRead:
    """All readers of an INFORM directive have opened it, or its time ran out."""

    actor: Actor
    directive: Directive


@dataclass(frozen=True, slots=True)
class TaskStarted:
    """Somebody began to work on the task."""

    actor: Actor
    task: Task


@dataclass(frozen=True, slots=True)
class TaskCompleted:
    """The result was accepted. `last` says that no open task of the same cause is left."""

    actor: Actor
    task: Task
    last: bool


@dataclass(frozen=True, slots=True)
class TaskReturned:
    """The lead gave the task back with a reason, or the assigner called it off: what caused a
    whole task waits for another directive."""

    actor: Actor
    task: Task


@dataclass(frozen=True, slots=True)
class TaskDueMoved:
    """A corrected calendar moved the date of a task whose limit is counted."""

    task: Task
    from_due_at: datetime | None
    to_due_at: datetime | None


directive_given: Hook[DirectiveGiven] = Hook("directive_given")
directive_recalled: Hook[DirectiveRecalled] = Hook("directive_recalled")
directive_read: Hook[DirectiveRead] = Hook("directive_read")
task_started: Hook[TaskStarted] = Hook("task_started")
task_completed: Hook[TaskCompleted] = Hook("task_completed")
task_returned: Hook[TaskReturned] = Hook("task_returned")
task_due_moved: Hook[TaskDueMoved] = Hook("task_due_moved")
