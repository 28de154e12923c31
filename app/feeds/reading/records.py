"""What readers give, and how it is made fit to be stored."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from app.errors import InvalidInput

EMPTY = "Dữ liệu rỗng."
DOUBTFUL = re.compile(rb"\x00|\\u0000|\\u[dD][89a-fA-F]|[eE]\+?\d{3}|NaN|Infinity")
"""What may become a value that no database takes: NUL, half a surrogate pair, no number."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Records in order; faults as (place, sentence), of parts that are no record."""

    records: tuple[dict[str, Any], ...]
    faults: tuple[tuple[int, str], ...] = ()


def decoded(content: bytes) -> str:
    """Text in UTF-8 or UTF-16 with its mark. Raises InvalidInput, for nothing but blanks too."""
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    try:
        text = content.decode(marks.get(content[:2], "utf-8-sig"))
    except UnicodeDecodeError:
        raise InvalidInput("Dữ liệu không phải văn bản mã UTF-8.") from None
    if not text.strip():
        raise InvalidInput(EMPTY)
    return text


def storable(found: Reading, content: bytes) -> Reading:
    """The same without what no database takes; almost always the very same object."""
    if not DOUBTFUL.search(content):
        return found
    return Reading(tuple(_clean(record) for record in found.records), found.faults)


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {_clean(key): _clean(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
