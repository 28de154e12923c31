"""The checkers, one file a topic. Importing this package registers all of them."""

from app.outgoing.checking.rules import (
    body,
    head,
    kind_subject,
    language,
    marks,
    number_date,
    page,
    recipients,
    references,
    signature,
)

__all__ = [
    "body",
    "head",
    "kind_subject",
    "language",
    "marks",
    "number_date",
    "page",
    "recipients",
    "references",
    "signature",
]
