"""Pages of procedures and dossiers; each module adds its routes to the blueprint."""

from app.procedures.views import (
    acts,
    catalogue,
    counter,
    detail,
    fast,
    importing,
    linking,
    lists,
    printing,
    reports,
    scans,
    versions,
)
from app.procedures.views.blueprint import bp

__all__ = [
    "acts",
    "bp",
    "catalogue",
    "counter",
    "detail",
    "fast",
    "importing",
    "linking",
    "lists",
    "printing",
    "reports",
    "scans",
    "versions",
]
