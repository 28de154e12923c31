"""Schedules: entries of leaders and units, weekly sheets, rooms and vehicles, calendar feeds."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Make kinds, acts and pages known."""
