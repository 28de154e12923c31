"""Which acts on a task somebody may do now: what a page offers. The services ask again."""

from __future__ import annotations

import enum

from app.clock import now
from app.security import Actor
from app.tasks import permissions, standing
from app.tasks.models import (
    RUNNING,
    Directive,
    ExtensionRequest,
    Participation,
    Task,
    TaskParticipant,
    TaskStatus,
)


class Act(enum.Enum):
    """An act; the value is the last part of its address."""

    ASSIGN = "phan-cong"
    REPORT = "bao-cao"
    SUBMIT = "hoan-thanh"
    ACCEPT = "duyet"
    REJECT = "lam-lai"
    RETURN = "tra-lai"
    SEND_AGAIN = "giao-lai"
    EXTEND = "xin-gia-han"
    DECIDE = "tra-loi-gia-han"
    SPLIT = "tach-viec"
    WAIVE = "bo-qua-viec-tach"
    OPINION = "y-kien"
    URGE = "don-doc"
    URGE_HELPERS = "don-doc-phoi-hop"
    RECALL = "thu-hoi"
    ASK_BACK = "yeu-cau-tra-lai"
    CANCEL = "huy"


def acts_for(
    actor: Actor,
    task: Task,
    *,
    parts_open: bool = False,
    asked: ExtensionRequest | None = None,
    participant: TaskParticipant | None = None,
    directive: Directive | None = None,
) -> list[Act]:
    """The acts in the order of importance: the first is what the page puts forward.

    `parts_open`: parts are unfinished; `asked`: the extension that waits for an answer;
    `participant`: the actor's own part beside the lead; `directive`: what made the task.
    """
    if not task.is_open:
        return []
    found = _of_acceptor(actor, task, asked) + _of_assigner(actor, task, directive)
    found += _of_lead(actor, task, parts_open, asked)
    coordinates = participant is not None and participant.role is Participation.COORDINATOR
    if coordinates and actor.may(permissions.HANDLE):
        found.append(Act.OPINION)
    urges = standing.watches(actor, task) and not standing.waits_for(actor, task)
    if urges and task.status in RUNNING:
        found.append(Act.URGE)
    return sorted(found, key=list(Act).index)


def _of_lead(
    actor: Actor, task: Task, parts_open: bool, asked: ExtensionRequest | None
) -> list[Act]:
    """What whoever does the task, or heads its unit, may do while it lies there."""
    if not standing.leads(actor, task) or task.status not in RUNNING:
        return []
    found = []
    if actor.may(permissions.CREATE):
        found.append(Act.SPLIT)
        if standing.heads(actor, task):
            found.append(Act.ASSIGN)
    if actor.may(permissions.HANDLE):
        found += [Act.REPORT, Act.RETURN]
        blocked = parts_open and not task.children_waived
        found.append(Act.WAIVE if blocked else Act.SUBMIT)
        if asked is None and task.due_at is not None and now() <= task.due_at:
            found.append(Act.EXTEND)
    if actor.may(permissions.URGE) and standing.silent_coordinators(task):
        found.append(Act.URGE_HELPERS)
    return found


def _of_acceptor(actor: Actor, task: Task, asked: ExtensionRequest | None) -> list[Act]:
    """What whoever accepts the result may do."""
    if not standing.accepts(actor, task) or not actor.may(permissions.ACCEPT):
        return []
    found = []
    if task.status is TaskStatus.SUBMITTED:
        own_work = task.lead_post_id in actor.post_ids
        if not own_work or task.given_to_oneself:
            found.append(Act.ACCEPT)
        found.append(Act.REJECT)
    if asked is not None:
        found.append(Act.DECIDE)
    return found


def _of_assigner(actor: Actor, task: Task, directive: Directive | None) -> list[Act]:
    """What whoever gave the task may do."""
    if not standing.assigned(actor, task):
        return []
    found = []
    if actor.may(permissions.CREATE):
        found.append(Act.CANCEL)
        if task.status is TaskStatus.RETURNED:
            found.append(Act.SEND_AGAIN)
    if actor.may(permissions.DIRECT) and directive is not None and task.parent_id is None:
        found += _of_director(task, directive)
    return found


def _of_director(task: Task, directive: Directive) -> list[Act]:
    """Take a directive back while nobody has opened it; afterwards ask for it."""
    if directive.recalled_at is not None or task.status not in RUNNING:
        return []
    opened = task.opened_at or any(reader.opened_at for reader in directive.readers)
    return [Act.ASK_BACK if opened else Act.RECALL]
