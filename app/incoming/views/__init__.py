"""Pages of arriving documents."""

from app.incoming.views import (
    directing,
    files,
    intake,
    letter,
    lists,
    printing,
    registering,
    reviewing,
    rules,
    secret_heads,
)
from app.incoming.views.blueprint import bp

__all__ = [
    "bp",
    "directing",
    "files",
    "intake",
    "letter",
    "lists",
    "printing",
    "registering",
    "reviewing",
    "rules",
    "secret_heads",
]
