"""Slowing down those who guess codes: by the address they come from, and by what they try.

An attempt is counted and committed before it is checked, so parallel ones count as well. Wrong
tries of others never lock a dossier's code for its owner: only the address that guesses is halted.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from sqlalchemy.orm import Session

from app.db import transaction
from app.organisation.services import throttle
from app.organisation.services.throttle import Rule, Throttled

# The counter's own kiosk and a whole quarter behind one address look up too; what one code may be
# tried is far less, and a check value has 32^8 possibilities. While a code is being guessed, each
# wrong try of it costs its address several.
BY_ADDRESS = Rule(60, timedelta(minutes=1), timedelta(minutes=15), timedelta(minutes=15))
COST_OF_GUESSING = 6
BY_THING = Rule(10, timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=24))
NETWORK_OF_ONE = 64  # bits: an IPv6 subscriber has that many addresses


def source(address: str | None) -> str:
    """Who asks: the address, of IPv6 its network."""
    if not address:
        return "-"
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, NETWORK_OF_ONE), strict=False).network_address)
    return str(found)


class Attempt:
    """One try; `right()` takes it off the count. `paused`: the thing was tried in vain so often
    that a wrong value is answered with this."""

    def __init__(self, paused: Throttled | None = None) -> None:
        self.was_right, self.paused = False, paused

    def right(self) -> None:
        """The value was the right one."""
        self.was_right = True


@contextmanager
def attempt(address: str | None, thing: str) -> Iterator[Attempt]:
    """Count a try of a short code against the address and the thing, and forget it if it was right.

    Raises:
        Throttled: too many were wrong; nothing is checked.
    """
    by_address, by_thing = _keys(address, thing)
    with transaction("portal.attempt") as session:
        throttle.spend(session, by_address, BY_ADDRESS)
        throttle.spend(session, by_thing, BY_THING)
    one = Attempt()
    yield one
    if one.was_right:
        _forgive(by_address, by_thing)


@contextmanager
def look_up(address: str | None, code: str) -> Iterator[Attempt]:
    """The same for a dossier's code, which everybody may know: whatever others tried, the right
    check value is looked at.

    Raises:
        Throttled: this address tried too often (nothing is checked), or the code is being guessed
            and this value was wrong, too.
    """
    by_address, by_thing = _keys(address, code)
    with transaction("portal.look_up") as session:
        throttle.spend(session, by_address, BY_ADDRESS)
        one = Attempt(_pause_of(session, by_thing))
    yield one
    if one.was_right:
        _forgive(by_address, by_thing)
    elif one.paused is not None:
        with transaction("portal.guessing") as session, suppress(Throttled):
            for _more in range(COST_OF_GUESSING - 1):
                throttle.spend(session, by_address, BY_ADDRESS)
        raise one.paused


def _keys(address: str | None, thing: str) -> tuple[str, str]:
    return f"citizen:{source(address)}", f"citizen-try:{thing}"[:120]


def _pause_of(session: Session, key: str) -> Throttled | None:
    """Count a try; the pause that is in force, if any."""
    try:
        throttle.spend(session, key, BY_THING)
    except Throttled as pause:
        return pause
    return None


def _forgive(by_address: str, by_thing: str) -> None:
    with transaction("portal.right") as session:
        throttle.refund(session, by_address)
        throttle.forget(session, by_thing)
