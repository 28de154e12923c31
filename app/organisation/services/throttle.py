"""Slowing down those who guess: counted before the guess is checked, in rows of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import RuleViolated
from app.organisation.models import SignInThrottle

SWEEP_AFTER = timedelta(days=2)


class Throttled(RuleViolated):
    """Too many attempts; `wait` says for how long."""

    def __init__(self, wait: timedelta) -> None:
        minutes = max(1, -(-int(wait.total_seconds()) // 60))
        super().__init__(f"Đã thử sai nhiều lần. Hãy thử lại sau {minutes} phút.")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Rule:
    """After `free` attempts in vain a pause follows each one: `first`, doubling up to `longest`."""

    free: int
    first: timedelta
    longest: timedelta
    forget: timedelta


# A whole office signs in from one address at half past seven, so an address may try more.
LOGIN = Rule(5, timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=24))
ADDRESS = Rule(200, timedelta(minutes=1), timedelta(minutes=15), timedelta(minutes=15))
CODE = Rule(5, timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=24))


def spend(session: Session, key: str, rule: Rule) -> None:
    """Count one attempt under a key before it is checked, so that parallel ones count too.

    Raises:
        Throttled: a pause is in force; the attempt must not be checked.
    """
    at, row = now(), _locked(session, key)
    if row.blocked_until is not None and row.blocked_until > at:
        raise Throttled(row.blocked_until - at)
    if at - row.last_at > rule.forget:
        row.attempts = 0
    row.attempts, row.last_at = row.attempts + 1, at
    if row.attempts >= rule.free:
        doublings = min(row.attempts - rule.free, 16)
        row.blocked_until = at + min(rule.first * 2**doublings, rule.longest)


def forget(session: Session, key: str) -> None:
    """The right person came: all attempts under the key are forgotten."""
    session.flush()
    session.execute(sa.delete(SignInThrottle).where(SignInThrottle.key == key))


def refund(session: Session, key: str) -> None:
    """The attempt was right: take it off the count again, the others stay."""
    row = _locked(session, key)
    row.attempts = max(0, row.attempts - 1)
    row.blocked_until = None if row.attempts < ADDRESS.free else row.blocked_until


def sweep(session: Session, *, limit: int) -> int:
    """Drop a few rows that no rule remembers. Returns how many."""
    old = sa.select(SignInThrottle.key).where(SignInThrottle.last_at < now() - SWEEP_AFTER)
    keys = session.scalars(old.limit(limit)).all()
    session.execute(sa.delete(SignInThrottle).where(SignInThrottle.key.in_(keys)))
    return len(keys)


def _locked(session: Session, key: str) -> SignInThrottle:
    row = session.get(SignInThrottle, key, with_for_update=True, populate_existing=True)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            session.add(SignInThrottle(key=key, attempts=0, last_at=now()))
    except IntegrityError:
        pass  # another process was first; its row is there now
    return session.get_one(SignInThrottle, key, with_for_update=True, populate_existing=True)
