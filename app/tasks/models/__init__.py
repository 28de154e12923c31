"""Tables of directives, tasks and custody."""

from app.tasks.models.custody import Custody, Station
from app.tasks.models.directives import Directive, DirectiveReader, Outcome
from app.tasks.models.tasks import (
    DONE,
    FLASH,
    OPEN,
    RUNNING,
    SOURCE_LABELS,
    STATUS_LABELS,
    URGENCY_LABELS,
    ExtensionRequest,
    ExtensionState,
    Participation,
    RecurringRule,
    RecurringUnit,
    Task,
    TaskParticipant,
    TaskProgress,
    TaskSource,
    TaskStatus,
)

__all__ = [
    "DONE",
    "FLASH",
    "OPEN",
    "RUNNING",
    "SOURCE_LABELS",
    "STATUS_LABELS",
    "URGENCY_LABELS",
    "Custody",
    "Directive",
    "DirectiveReader",
    "ExtensionRequest",
    "ExtensionState",
    "Outcome",
    "Participation",
    "RecurringRule",
    "RecurringUnit",
    "Station",
    "Task",
    "TaskParticipant",
    "TaskProgress",
    "TaskSource",
    "TaskStatus",
]
