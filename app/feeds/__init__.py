"""What comes in from outside: the one door, and who takes what it brings."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """The boundary has no pages of its own."""
