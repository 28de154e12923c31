"""Bytes from outside become records: mappings of JSON values, one for each thing that is told.

`read` is pure and may run in the limited subprocess; XML and syndication feeds always do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.errors import InvalidInput
from app.feeds.reading.documents import read_cap, read_feed
from app.feeds.reading.logs import read_cef, read_syslog
from app.feeds.reading.records import EMPTY, Reading, storable
from app.feeds.reading.values import read_csv, read_geojson, read_json, read_ndjson
from app.feeds.words import Format

LARGEST_CONTENT = 8 * 1024 * 1024
MOST_RECORDS = 5000

Reader = Callable[[bytes, Mapping[str, Any]], Reading]
READERS: Mapping[Format, Reader] = {
    Format.JSON: read_json,
    Format.NDJSON: read_ndjson,
    Format.GEOJSON: read_geojson,
    Format.CSV: read_csv,
    Format.FEED: read_feed,
    Format.CAP: read_cap,
    Format.SYSLOG: read_syslog,
    Format.CEF: read_cef,
}


def read(form: Format, content: bytes, settings: Mapping[str, Any]) -> Reading:
    """The records in `content`, in its order, and the faults of parts that are none.

    `settings` are the source's: `items` (JMESPath to the list in a JSON document), `delimiter`
    and `decimal_comma` of CSV, `zone` of moments without one.

    Raises InvalidInput: it is too large, or not of this format at all.
    """
    if len(content) > LARGEST_CONTENT:
        raise InvalidInput("Dữ liệu lớn hơn 8 MB.")
    if not content.strip():
        raise InvalidInput(EMPTY)
    try:
        found = READERS[form](content, settings)
    except RecursionError:
        raise InvalidInput("Dữ liệu lồng nhau quá sâu.") from None
    if len(found.records) > MOST_RECORDS:
        raise InvalidInput(f"Dữ liệu có quá {MOST_RECORDS} mục.")
    return storable(found, content)


def read_file(form: str, path: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The same for the sandbox: a path and JSON values; a refusal is an answer, not an error."""
    try:
        found = read(Format(form), Path(path).read_bytes(), settings)
    except InvalidInput as error:
        return {"refused": error.user_message}
    return {"records": found.records, "faults": found.faults}


__all__ = ["Reading", "read", "read_file"]
