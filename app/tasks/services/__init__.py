"""Acts on directives and tasks. Other rooms import these names from here."""

from app.tasks.services.directives import (
    DirectiveOrder,
    close_expired_informs,
    give_directive,
    mark_opened,
    recall_directive,
    request_return,
)
from app.tasks.services.extensions import decide_extension, request_extension
from app.tasks.services.forgetting import PURGED, forget_thing
from app.tasks.services.handling import (
    accept_completion,
    assign_specialist,
    cancel_task,
    give_opinion,
    reject_completion,
    report_progress,
    return_task,
    send_again,
    submit_completion,
    urge,
    urge_coordinators,
)
from app.tasks.services.making import TaskOrder, create_task, split_task, waive_children
from app.tasks.services.nudging import nudge
from app.tasks.services.recurring import (
    RuleOrder,
    create_due_occurrences,
    make_rule,
    stop_rule,
)
from app.tasks.services.reminders import Swept, remind
from app.tasks.services.results import ResultFile

__all__ = [
    "PURGED",
    "DirectiveOrder",
    "ResultFile",
    "RuleOrder",
    "Swept",
    "TaskOrder",
    "accept_completion",
    "assign_specialist",
    "cancel_task",
    "close_expired_informs",
    "create_due_occurrences",
    "create_task",
    "decide_extension",
    "forget_thing",
    "give_directive",
    "give_opinion",
    "make_rule",
    "mark_opened",
    "nudge",
    "recall_directive",
    "reject_completion",
    "remind",
    "report_progress",
    "request_extension",
    "request_return",
    "return_task",
    "send_again",
    "split_task",
    "stop_rule",
    "submit_completion",
    "urge",
    "urge_coordinators",
    "waive_children",
]
