"""Slowing down those who guess codes: by the address they come from, and by what they try.

An attempt is counted and committed before it is checked, so parallel ones count as well.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from app.db import transaction
from app.organisation.services import throttle
from app.organisation.services.throttle import Rule

# The counter's own kiosk and a whole quarter behind one address look up too; what one code may be
# tried is far less, and a check value has 32^8 possibilities.
BY_ADDRESS = Rule(60, timedelta(minutes=1), timedelta(minutes=15), timedelta(minutes=15))
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
    """One try; `right()` takes it off the count."""

    def __init__(self) -> None:
        self.was_right = False

    def right(self) -> None:
        """The value was the right one."""
        self.was_right = True


@contextmanager
def attempt(address: str | None, thing: str) -> Iterator[Attempt]:
    """Count a try against the address and the thing, and forget it if it was right.

    Raises:
        Throttled: too many were wrong; nothing is checked.
    """
    by_address, by_thing = f"citizen:{source(address)}", f"citizen-try:{thing}"[:120]
    with transaction("portal.attempt") as session:
        throttle.spend(session, by_address, BY_ADDRESS)
        throttle.spend(session, by_thing, BY_THING)
    one = Attempt()
    yield one
    if one.was_right:
        with transaction("portal.right") as session:
            throttle.refund(session, by_address)
            throttle.forget(session, by_thing)
