"""Reads of operations."""

from app.operations.queries.incidents import (
    KIND,
    Story,
    get_incident,
    incident_by_token,
    merged_into,
    roots_of,
    story_of,
    visible_incidents,
)

__all__ = [
    "KIND",
    "Story",
    "get_incident",
    "incident_by_token",
    "merged_into",
    "roots_of",
    "story_of",
    "visible_incidents",
]
