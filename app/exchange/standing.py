"""How far a document has come at one receiver, from all statuses ever heard.

A pure function of the set, so that repeated, late and swapped messages change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.exchange.edxml.types import (
    ACCEPTED,
    ARRIVED,
    ASSIGNED,
    DONE,
    HANDLED,
    RECALL_AGREED,
    RECALL_ASKED,
    RECALL_REFUSED,
    REJECTED,
)

PROGRESS = frozenset({ARRIVED, ACCEPTED, ASSIGNED, HANDLED, DONE})
KNOWN = PROGRESS | {REJECTED, RECALL_ASKED, RECALL_AGREED, RECALL_REFUSED}


@dataclass(frozen=True, slots=True)
class News:
    """A status and when it happened, as its message says."""

    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds now. `progress` survives a recall, so that a refused one (16) restores it."""

    progress: str | None = None
    recall: str | None = None

    @property
    def shown(self) -> str | None:
        """The one code to show: what is recalled is recalled, whatever it was before."""
        return self.recall if self.recall in (RECALL_ASKED, RECALL_AGREED) else self.progress


def standing(news: Iterable[News]) -> Standing:
    """The furthest step after the last rejection, or the rejection; 15 is final over 16.

    A receiver that has cancelled its copy (15) cannot un-cancel it, so 16 never undoes 15.
    """
    heard = [one for one in news if one.code in KNOWN]
    codes = {one.code for one in heard}
    rejected = max((one.at for one in heard if one.code == REJECTED), default=None)
    later = {
        one.code
        for one in heard
        if one.code in PROGRESS - {ARRIVED} and (rejected is None or one.at > rejected)
    }
    if rejected is None and ARRIVED in codes:
        later.add(ARRIVED)
    progress = max(later, default=None if rejected is None else REJECTED)
    recall = next(
        (one for one in (RECALL_AGREED, RECALL_REFUSED, RECALL_ASKED) if one in codes), None
    )
    return Standing(progress, recall)
