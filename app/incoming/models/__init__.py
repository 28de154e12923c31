"""Tables of arriving documents: the ledger, the reading, the letters."""

from app.incoming.models.ledger import (
    OPEN_INTAKE,
    HeldReason,
    IntakeItem,
    IntakeSource,
    IntakeState,
)
from app.incoming.models.letter import (
    CLOSED,
    URGENCY_LABELS,
    DueSource,
    IncomingDocument,
    IncomingStatus,
    LetterFile,
    LetterFileRole,
    Proposal,
    RoutingRule,
    Urgency,
)
from app.incoming.models.reading import (
    JobKind,
    JobState,
    PageText,
    ReadingJob,
    ReadingResult,
    ReadingReview,
    WordCorrection,
)
from app.incoming.models.secret_heads import SecretHead

__all__ = [
    "CLOSED",
    "OPEN_INTAKE",
    "URGENCY_LABELS",
    "DueSource",
    "HeldReason",
    "IncomingDocument",
    "IncomingStatus",
    "IntakeItem",
    "IntakeSource",
    "IntakeState",
    "JobKind",
    "JobState",
    "LetterFile",
    "LetterFileRole",
    "PageText",
    "Proposal",
    "ReadingJob",
    "ReadingResult",
    "ReadingReview",
    "RoutingRule",
    "SecretHead",
    "Urgency",
    "WordCorrection",
]
