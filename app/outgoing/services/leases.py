"""Leases of rows that a worker works on: taken, given back, and taken from the dead."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.clock import now

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 2
LOOKED_AT = 50


class LeaseLost(Exception):
    """Another worker has the row now, or the work was cancelled: stop and write nothing."""


class Leased(Protocol):
    """A row with a lease."""

    lease_token: Any
    leased_until: Any
    attempts: Any


RowT = TypeVar("RowT", bound=Leased)


def take(row: Leased, length: timedelta = LEASE) -> str:
    """Give the caller the row for a while. Returns the token that says so."""
    token = secrets.token_urlsafe(12)
    row.lease_token, row.leased_until = token, now() + length
    row.attempts += 1
    return token


def give_back(row: Leased) -> None:
    """Nobody holds the row any more."""
    row.lease_token, row.leased_until = None, None


def expired(
    session: Session,
    table: type[RowT],
    until: InstrumentedAttribute[datetime | None],
    *where: sa.ColumnElement[bool],
) -> Sequence[RowT]:
    """Rows whose holder let the lease run out, locked, the oldest lease first."""
    rows = sa.select(table).where(until <= now(), *where).order_by(until)
    return session.scalars(rows.limit(LOOKED_AT).with_for_update(skip_locked=True)).all()
