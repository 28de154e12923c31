"""Calls upwards that must hold in the same commit: a lower room calls, upper rooms subscribe.

What may be late is an outbox event instead. A hook's subscribers do no I/O of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")


class Hook(Generic[T]):
    """A named list of functions, called with the session and the happening, in order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._subscribers: list[Callable[[Session, T], None]] = []

    def subscribe(self, function: Callable[[Session, T], None]) -> None:
        """Add `function` once; a second `create_app` in one process adds nothing."""
        if function not in self._subscribers:
            self._subscribers.append(function)

    def unsubscribe(self, function: Callable[[Session, T], None]) -> None:
        """Take `function` out again; unknown ones are no error."""
        if function in self._subscribers:
            self._subscribers.remove(function)

    def __call__(self, session: Session, happening: T) -> None:
        for function in self._subscribers:
            function(session, happening)
