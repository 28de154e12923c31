"""Pages of documents going out."""

from app.outgoing.views import (
    acts,
    copies,
    detail,
    drafting,
    issuing,
    lists,
    ordering,
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
    "copies",
    "detail",
    "drafting",
    "issuing",
    "lists",
    "ordering",
    "printing",
    "scans",
    "signing",
    "templates",
    "writing",
]
