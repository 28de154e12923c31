"""One rule for addresses of mail, wherever they enter."""

from __future__ import annotations

import re

LONGEST = 120  # characters, as wide as the columns that keep one
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def is_address(text: str) -> bool:
    """Whether `text` is a plain address that a mail server can be given: name@host.domain.

    Quoted names, comments, address literals and letters outside ASCII (RFC 5321, 6531) are
    refused: offices have none, and what a mail's header cannot hold must not enter.
    """
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    return (
        bool(at)
        and len(text) <= LONGEST
        and len(local) <= 64
        and _LOCAL.fullmatch(local) is not None
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
    )
