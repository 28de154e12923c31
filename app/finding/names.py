"""Names of things in the index."""

from __future__ import annotations

Thing = tuple[str, int]


def record_id(thing: Thing) -> str:
    """The id under which a thing stands in the index: `incoming:17`."""
    return f"{thing[0]}:{thing[1]}"


def thing_of(record: str) -> Thing:
    """The thing of an index id. Raises ValueError for an id that is not ours."""
    kind, _, number = record.partition(":")
    return kind, int(number)
