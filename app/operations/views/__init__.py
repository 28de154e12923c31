"""Pages of operations."""

from app.operations.views import (
    acts,
    calls,
    desk,
    incident,
    photos,
    playbooks,
    replay,
    running,
    statistics,
)
from app.operations.views.blueprint import bp

__all__ = [
    "acts",
    "bp",
    "calls",
    "desk",
    "incident",
    "photos",
    "playbooks",
    "replay",
    "running",
    "statistics",
]
