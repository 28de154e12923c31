"""Documents of XML: RSS and Atom feeds, and alerts of the Common Alerting Protocol 1.2."""

from __future__ import annotations

from calendar import timegm
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser
from lxml import etree

from app.errors import InvalidInput
from app.feeds.reading.records import Reading

CAP = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
SIMPLE = ("identifier", "sender", "sent", "status", "msgType", "scope", "references", "note")
INFO = (
    "language", "category", "event", "urgency", "severity", "certainty", "effective", "onset",
    "expires", "senderName", "headline", "description", "instruction", "web", "contact",
)  # fmt: skip
NO_CAP = "Không phải là bản tin CAP."
LONGEST_TEXT = 20_000


def read_feed(content: bytes, _settings: Mapping[str, Any]) -> Reading:
    """Entries with id, title, link, summary, author, tags, at and, where given, the place."""
    parsed = feedparser.parse(content)
    if not parsed.get("version"):
        raise InvalidInput("Không phải là nguồn RSS hoặc Atom.")
    return Reading(tuple(_entry(entry) for entry in parsed.entries))


def _entry(entry: Any) -> dict[str, Any]:
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    record = {
        "id": entry.get("id") or entry.get("link") or "",
        "title": entry.get("title", ""),
        "link": entry.get("link", ""),
        "summary": str(entry.get("summary", ""))[:LONGEST_TEXT],
        "author": entry.get("author", ""),
        "tags": [str(tag.get("term") or "") for tag in entry.get("tags", [])],
    }
    if moment is not None:
        record["at"] = datetime.fromtimestamp(timegm(moment), UTC).isoformat()
    where = entry.get("where")
    if where and where.get("type") == "Point":
        record["longitude"], record["latitude"] = where["coordinates"][:2]
    return record


def read_cap(content: bytes, _settings: Mapping[str, Any]) -> Reading:
    """Alerts of a document, wherever in it they stand; Vietnamese information comes first.

    A record has the alert's own elements, those of its first information, `areas` (description,
    polygon, circle, geocodes), `latitude` and `longitude`, and `infos` with all languages.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise InvalidInput(NO_CAP) from None
    alerts = [one for space in CAP for one in root.iter(f"{{{space}}}alert")]
    if not alerts:
        raise InvalidInput(NO_CAP)
    records, faults = list[dict[str, Any]](), list[tuple[int, str]]()
    for no, alert in enumerate(alerts):
        record = _alert(alert)
        if record["identifier"]:
            records.append(record)
        else:
            faults.append((no, "Bản tin CAP không có mã (identifier)."))
    return Reading(tuple(records), tuple(faults))


def _alert(alert: Any) -> dict[str, Any]:
    record: dict[str, Any] = {name: _text(alert, name) for name in SIMPLE}
    infos = [_info(info) for info in _children(alert, "info")]
    infos.sort(key=lambda info: not str(info["language"]).lower().startswith("vi"))
    record |= infos[0] if infos else dict.fromkeys(INFO, "") | {"areas": []}
    record |= {"id": record["identifier"], "at": record["sent"], "infos": infos}
    places = [area["place"] for area in record["areas"] if area["place"] is not None]
    if places:
        record["latitude"], record["longitude"] = places[0]
    return record


def _info(info: Any) -> dict[str, Any]:
    record: dict[str, Any] = {name: _text(info, name) for name in INFO}
    record["areas"] = [_area(area) for area in _children(info, "area")]
    return record


def _area(area: Any) -> dict[str, Any]:
    polygons = [_points(text) for text in _texts(area, "polygon")]
    circles = [text.split()[0] for text in _texts(area, "circle") if text.split()]
    points = [point for polygon in polygons for point in polygon]
    points = points or [point for circle in circles for point in _points(circle)]
    place = None
    if points:
        place = (
            round(sum(lat for lat, _lng in points) / len(points), 6),
            round(sum(lng for _lat, lng in points) / len(points), 6),
        )
    codes = {_text(code, "valueName"): _text(code, "value") for code in _children(area, "geocode")}
    return {
        "description": _text(area, "areaDesc"),
        "polygons": [[list(point) for point in polygon] for polygon in polygons],
        "circles": list(_texts(area, "circle")),
        "geocodes": codes,
        "place": place,
    }


def _points(text: str) -> list[tuple[float, float]]:
    """`lat,lng lat,lng …`; what is none is left out."""
    found = []
    for pair in text.split():
        latitude, _comma, longitude = pair.partition(",")
        try:
            found.append((float(latitude), float(longitude)))
        except ValueError:
            continue
    return found


def _children(parent: Any, name: str) -> Iterator[Any]:
    for space in CAP:
        yield from parent.findall(f"{{{space}}}{name}")


def _texts(parent: Any, name: str) -> Iterator[str]:
    for child in _children(parent, name):
        yield " ".join((child.text or "").split())[:LONGEST_TEXT]


def _text(parent: Any, name: str) -> str:
    return next(_texts(parent, name), "")
