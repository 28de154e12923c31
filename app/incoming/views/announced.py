"""Two sources for one field: what the page says and what its sender announced."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.incoming.forms import RegisterForm
from app.incoming.models import URGENCY_LABELS
from app.incoming.neighbours import Announced
from app.incoming.queries import LetterView
from app.organisation import queries as organisation
from app.organisation.names import fold_name
from app.registers.queries import type_labels

NAMES = (
    "code_number", "code_notation", "issued_date", "document_type", "organ", "subject_summary",
    "urgency", "signer_name", "signer_position", "due_on",
)  # fmt: skip
READ_AS = {"organ": "organ_name"}
ABOUT = re.compile(r"^(v[ /]v|ve viec)\s+")  # how a summary may begin, folded


@dataclass(frozen=True, slots=True)
class Other:
    """What stands beside a field. `value` is what choosing it types; None: both say the same."""

    source: str
    text: str = ""
    value: str | None = None
    label: str = ""  # of the value, for a select that does not offer it


def apply(form: RegisterForm, said: Announced, found: dict[str, Other]) -> None:
    """Fill the form with what was announced. What the page says in other words stays as read."""
    for name in NAMES:
        value, other = getattr(said, name), found.get(name)
        if other is not None and (other.value is not None or form[name].data in (None, "", "0")):
            form[name].data = str(value) if name == "urgency" else value


def dispute(view: LetterView, found: dict[str, Other]) -> None:
    """Let the fields that differ be looked at first, as those are that were hard to read."""
    fields = view.proposed.fields
    for name, other in found.items():
        read = READ_AS.get(name, name)
        if other.value is not None and read in fields:
            fields[read] = replace(fields[read], disputed=True)


def others(
    session: Session, read: RegisterForm, view: LetterView, said: Announced
) -> dict[str, Other]:
    """By field: where the announced value came from, and the page's own where it differs.

    `read` is the form as the reading alone fills it. What nobody read differs from nothing.
    """
    found: dict[str, Other] = {}
    known = view.proposed.confidence is not None
    for name in NAMES:
        value, seen = getattr(said, name), read[name].data
        if value in (None, ""):
            continue
        differs = known and seen not in (None, "") and not same(session, name, value, seen)
        if not differs or (name == "urgency" and view.proposed.value("urgency") is None):
            found[name] = Other(said.source)
            continue
        text = label_of(session, name, seen)
        found[name] = Other(said.source, text, typed(seen), text)
    return found


def same(session: Session, name: str, one: Any, other: Any) -> bool:
    """Whether two values mean the same: case, marks and blanks are no difference."""
    if isinstance(one, date):
        return bool(one == other)
    if name == "organ":
        one, other = label_of(session, name, one), label_of(session, name, other)
    if name == "code_number":
        one, other = str(one).lstrip("0"), str(other).lstrip("0")
    return ABOUT.sub("", fold_name(str(one))) == ABOUT.sub("", fold_name(str(other)))


def label_of(session: Session, name: str, value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if name == "organ" and str(value).isdigit():
        return organisation.get_organ(session, int(value)).name
    if name == "document_type":
        return type_labels(session).get(str(value), str(value))
    if name == "urgency":
        return URGENCY_LABELS.get(int(value), str(value))
    return str(value)


def typed(value: Any) -> str:
    """A value as the form takes it."""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
