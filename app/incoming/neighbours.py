"""What rooms above add to this one: files they open, values they know, parts of the letter's page.

They register in `create_app`; this room knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from sqlalchemy.orm import Session

from app.security import Actor


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a file that a room above understands. `letter_id` is the draft it became."""

    ok: bool
    sentence: str
    letter_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What the sender's own data say of a letter; None and "" where they say nothing.

    `source` names them on the page, as in “gói tin”. `organ` is the id of a known organ as text,
    or its name.
    """

    source: str
    code_number: str = ""
    code_notation: str = ""
    issued_date: date | None = None
    document_type: str = ""
    organ: str = ""
    subject_summary: str = ""
    urgency: int | None = None
    signer_name: str = ""
    signer_position: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the letter's page: the template shows `data` as `part`."""

    template: str
    data: object


Opener = Callable[[Actor, BinaryIO, str, int], Opened]
openers: dict[str, Opener] = {}  # by the ending of the file's name
announcers: dict[str, Callable[[Session, int], Announced | None]] = {}
parts: dict[str, Callable[[Session, Actor, int], Part | None]] = {}
answers: dict[str, Callable[[Session, Actor, int, object], Part | None]] = {}
"""Forms for letters that are answered rather than assigned, before the form of the directive. The
last argument is the form that was refused, as its room gave it to the page; None at first."""


def opener_of(file_name: str) -> Opener | None:
    """Who takes a file of this name instead of the reader."""
    return openers.get(file_name.rpartition(".")[2].lower())


def announced(session: Session, letter_id: int) -> Announced | None:
    """What its sender says of a letter, if anybody knows."""
    found = (announce(session, letter_id) for announce in announcers.values())
    return next((one for one in found if one is not None), None)


def parts_of(session: Session, actor: Actor, letter_id: int) -> list[Part]:
    """The parts that rooms above show on a letter's page."""
    found = (show(session, actor, letter_id) for show in parts.values())
    return [one for one in found if one is not None]


def answer_of(session: Session, actor: Actor, letter_id: int, given: object) -> Part | None:
    """The form that answers a letter, if a room above knows its kind."""
    found = (show(session, actor, letter_id, given) for show in answers.values())
    return next((one for one in found if one is not None), None)
