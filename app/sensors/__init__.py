"""Sensors: things, streams, readings, rules and the alarms they raise."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Make the room known."""
