"""Pages of documents going out."""

from app.outgoing.views import (
    acts,
    detail,
    drafting,
    issuing,
    lists,
    printing,
    scans,
    signing,
    templates,
    writing,
)
from app.outgoing.views.blueprint import bp

__all__ = [
    "acts",
    "bp",
    "detail",
    "drafting",
    "issuing",
    "lists",
    "printing",
    "scans",
    "signing",
    "templates",
    "writing",
]
