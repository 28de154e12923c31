"""The QR code of the identity card, as a scanner types it, and the person it names.

`số|CMND cũ|họ tên|ddmmyyyy|giới tính|địa chỉ|ngày cấp`; newer cards have more fields behind, which
are not read. The raw string is kept nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from app.errors import InvalidInput
from app.organisation.dates import parse_date

LEAST_FIELDS = 7
CARD = re.compile(r"\d{12}\|")


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks for something: a citizen, or an organisation with its tax code as number."""

    full_name: str
    identity_number: str = ""
    old_identity_number: str = ""
    identity_issued_on: date | None = None
    born_on: date | None = None
    gender: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    is_organisation: bool = False


def looks_like_card(raw: str) -> bool:
    """Whether a string may be the code of a card: then it is not what somebody typed."""
    return CARD.match(raw.strip()) is not None and raw.count("|") >= LEAST_FIELDS - 1


def parse_card(raw: str) -> Person:
    """The person of a card. Raises InvalidInput for anything else."""
    fields = [" ".join(field.split()) for field in raw.strip().split("|")]
    if not looks_like_card(raw) or not fields[2]:
        raise InvalidInput("Mã này không phải mã QR của thẻ căn cước.", "card")
    number, old, name, born, gender, address, issued = fields[:LEAST_FIELDS]
    return Person(
        full_name=name,
        identity_number=number,
        old_identity_number=old if old.isdigit() else "",
        born_on=_day(born),
        gender=gender,
        address=address,
        identity_issued_on=_day(issued),
    )


def _day(text: str) -> date | None:
    """A day of the card; an empty or broken one is left out, the person is still right."""
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None
