"""Units and posts as the recipients of directives and tasks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.errors import InvalidInput
from app.security import post_term, unit_term


@dataclass(frozen=True, slots=True)
class Party:
    """A unit or a post: exactly one of the two."""

    unit_id: int | None = None
    post_id: int | None = None

    def __post_init__(self) -> None:
        if (self.unit_id is None) == (self.post_id is None):
            raise ValueError("a party is a unit or a post")

    @classmethod
    def parse(cls, text: str) -> Party:
        """From the value of a picker: `unit:12` or `post:31`. Raises InvalidInput."""
        kind, _, number = text.partition(":")
        if kind not in ("unit", "post") or not number.isdigit():
            raise InvalidInput("Người nhận không hợp lệ.")
        return cls(unit_id=int(number)) if kind == "unit" else cls(post_id=int(number))

    @property
    def term(self) -> str:
        """The access term that the party's people have; also the value of a picker."""
        if self.unit_id is not None:
            return unit_term(self.unit_id)
        return post_term(self.post_id or 0)


def parse_all(values: Iterable[str]) -> list[Party]:
    """Parties from a picker with many values, without repetitions."""
    return [Party.parse(value) for value in dict.fromkeys(values) if value]
