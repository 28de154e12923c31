"""JSON, JSON lines, GeoJSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from app.errors import InvalidInput
from app.feeds.reading.records import Reading, decoded

NO_RECORD = "Không phải là một đối tượng JSON."
DELIMITERS = ",;\t|"


def read_json(content: bytes, settings: Mapping[str, Any]) -> Reading:
    """An object, a list of objects, or a document with the list at `settings["items"]`."""
    document = _loads(decoded(content))
    path = settings.get("items")
    if path:
        try:
            document = jmespath.search(str(path), document)
        except JMESPathError:
            raise InvalidInput("Không tìm được danh sách theo “items” của nguồn.") from None
    found = document if isinstance(document, list) else [document]
    return _objects(found)


def read_ndjson(content: bytes, _settings: Mapping[str, Any]) -> Reading:
    """One object a line; a line that is none costs only itself."""
    records, faults = list[dict[str, Any]](), list[tuple[int, str]]()
    for no, line in enumerate(decoded(content).splitlines()):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if isinstance(value, dict):
            records.append(value)
        else:
            faults.append((no, NO_RECORD))
    return Reading(tuple(records), tuple(faults))


def read_geojson(content: bytes, _settings: Mapping[str, Any]) -> Reading:
    """Features as their properties with `id`, `latitude`, `longitude` and `geometry` (RFC 7946).

    The place of a line or an area is the middle of its corners.
    """
    document = _loads(decoded(content))
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        features = document.get("features")
    else:
        features = [document]
    if not isinstance(features, list):
        raise InvalidInput("GeoJSON không có danh sách “features”.")
    records, faults = list[dict[str, Any]](), list[tuple[int, str]]()
    for no, feature in enumerate(features):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            faults.append((no, "Không phải là một “Feature” của GeoJSON."))
            continue
        properties = feature.get("properties")
        record = dict(properties) if isinstance(properties, dict) else {}
        if feature.get("id") is not None:
            record["id"] = feature["id"]
        geometry = feature.get("geometry")
        place = middle(geometry) if isinstance(geometry, dict) else None
        if place is not None:
            record["longitude"], record["latitude"] = place
        records.append(record | {"geometry": geometry})
    return Reading(tuple(records), tuple(faults))


def middle(geometry: Mapping[str, Any]) -> tuple[float, float] | None:
    """Longitude and latitude in the middle of a geometry's corners; None without any."""
    corners = list(_corners(geometry.get("coordinates")))
    for part in geometry.get("geometries") or ():
        if isinstance(part, dict):
            corners.extend(_corners(part.get("coordinates")))
    if not corners:
        return None
    return (
        round(sum(x for x, _y in corners) / len(corners), 7),
        round(sum(y for _x, y in corners) / len(corners), 7),
    )


def _corners(value: Any) -> Iterator[tuple[float, float]]:
    if not isinstance(value, list):
        return
    numbers = [one for one in value[:2] if isinstance(one, int | float)]
    if len(numbers) == 2:
        yield float(numbers[0]), float(numbers[1])
        return
    for part in value:
        yield from _corners(part)


def read_csv(content: bytes, settings: Mapping[str, Any]) -> Reading:
    """Rows under a line of names. With `decimal_comma`, “3,05” is written “3.05”."""
    text = decoded(content).strip()
    delimiter = settings.get("delimiter") or max(DELIMITERS, key=text.split("\n", 1)[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=str(delimiter)[:1]))
    except csv.Error:
        raise InvalidInput("Không đọc được bảng CSV.") from None
    names = [name.strip() for name in rows[0]]
    if len({name for name in names if name}) < len(names):
        raise InvalidInput("Dòng đầu của CSV phải có tên cột, không trùng nhau.")
    with_comma = bool(settings.get("decimal_comma"))
    records, faults = list[dict[str, Any]](), list[tuple[int, str]]()
    for no, row in enumerate(rows[1:]):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            faults.append((no, f"Dòng có {len(row)} cột, cần {len(names)} cột."))
            continue
        cells = [_cell(cell, with_comma) for cell in row]
        records.append(dict(zip(names, cells, strict=True)))
    return Reading(tuple(records), tuple(faults))


def _cell(text: str, with_comma: bool) -> str:
    text = text.strip()
    if with_comma and text.replace(",", "", 1).lstrip("+-").isdigit():
        return text.replace(",", ".")
    return text


def _objects(found: list[Any]) -> Reading:
    records, faults = list[dict[str, Any]](), list[tuple[int, str]]()
    for no, value in enumerate(found):
        if isinstance(value, dict):
            records.append(value)
        else:
            faults.append((no, NO_RECORD))
    return Reading(tuple(records), tuple(faults))


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise InvalidInput("Dữ liệu không phải JSON hợp lệ.") from None
