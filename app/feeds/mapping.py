"""Foreign records become our fields by a mapping that is data: JMESPath and simple conversions.

A mapping: `{"id": E, "at": E, "fields": {"value": E, …}}`, where E is a JMESPath expression or
`{"from": expression, "as": …, "times": number, "table": {…}, "otherwise": …}` or
`{"constant": …}`. An empty mapping takes the record's own keys. JMESPath (https://jmespath.org) has
a grammar of its own and cannot reach anything but the record.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jmespath
from jmespath.exceptions import JMESPathError

from app.clock import VIETNAM
from app.feeds.processors import FieldInfo

MILLISECONDS_FROM = 1e11
"""Larger numbers are milliseconds since 1970: as seconds they would lie beyond the year 5000."""
KEYS = {"from", "as", "times", "table", "otherwise", "constant", "zone"}
WAYS = ("text", "number", "whole")
MOMENT_WAYS = ("iso", "unix", "unix_ms")
BAD_MOMENT = "Không đọc được thời điểm."


@dataclass(frozen=True, slots=True)
class Mapped:
    """A record in our words. With `faults` (sentences) it cannot be taken."""

    external_id: str
    at: datetime | None
    fields: dict[str, Any]
    faults: tuple[str, ...] = ()


Step = Callable[[Mapping[str, Any]], Any]


class Unfit(ValueError):
    """A value that a conversion does not fit."""


class Translator:
    """A mapping made ready for many records of one target.

    Raises ValueError for a mapping in which `check` finds something.
    """

    def __init__(
        self, mapping: Mapping[str, Any], fields: Sequence[FieldInfo], *, needs_id: bool = True
    ) -> None:
        self._fields, self._needs_id = fields, needs_id
        self._id = _step(mapping["id"]) if "id" in mapping else _key("id")
        self._at = _moment_step(mapping["at"]) if "at" in mapping else _own_moment
        given = mapping.get("fields") or {}
        self._steps = [
            (field, _step(given[field.name]) if field.name in given else _key(field.name))
            for field in fields
        ]

    def apply(self, record: Mapping[str, Any]) -> Mapped:
        """One record. Never raises for what it holds."""
        faults, fields = list[str](), dict[str, Any]()
        for field, step in self._steps:
            try:
                value = step(record)
            except (Unfit, JMESPathError):
                faults.append(f"Không đọc được “{field.label}”.")
                continue
            if value is not None and value != "":
                fields[field.name] = value
            elif field.is_required:
                faults.append(f"Thiếu “{field.label}”.")
        at = None
        try:
            at = self._at(record)
        except (Unfit, JMESPathError):
            faults.append(BAD_MOMENT)
        return Mapped(self._name(record), at, fields, tuple(faults))

    def _name(self, record: Mapping[str, Any]) -> str:
        if not self._needs_id:
            return ""
        try:
            found = self._id(record)
        except (Unfit, JMESPathError):
            found = None
        if isinstance(found, str | int | float) and str(found).strip():
            return str(found).strip()[:200]
        return content_id(record)


def content_id(record: Mapping[str, Any]) -> str:
    """The name of a record that has none: the same for the same content."""
    text = json.dumps(record, ensure_ascii=True, sort_keys=True, default=str)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def check(mapping: Mapping[str, Any], fields: Sequence[FieldInfo]) -> list[str]:
    """What is wrong with a mapping, a Vietnamese sentence each; empty when it can be used."""
    found = [f"Không có mục “{name}”." for name in mapping if name not in ("id", "at", "fields")]
    for name, rule in _rules(mapping):
        found += _check_rule(name, rule)
    given = mapping.get("fields") or {}
    if not isinstance(given, dict):
        return [*found, "“fields” phải là một đối tượng."]
    known = {field.name for field in fields}
    found += [f"Không có trường “{name}”." for name in given if name not in known]
    if given:
        missing = [f for f in fields if f.is_required and f.name not in given]
        found += [f"Chưa nói lấy “{field.label}” ({field.name}) từ đâu." for field in missing]
    return found


def check_settings(settings: Mapping[str, Any]) -> list[str]:
    """What is wrong with the other settings of a source, a Vietnamese sentence each."""
    cursor = settings.get("cursor")
    found = []
    if cursor is not None and not isinstance(cursor, dict):
        found.append("“cursor” phải là một đối tượng.")
    expressions = {"items": settings.get("items")}
    if isinstance(cursor, dict):
        expressions["cursor.from"] = cursor.get("from")
    for name, text in expressions.items():
        if text is not None and not _compiles(text):
            found.append(f"“{name}” không phải biểu thức JMESPath.")
    delimiter = settings.get("delimiter")
    if delimiter is not None and not (isinstance(delimiter, str) and len(delimiter) == 1):
        found.append("“delimiter” phải là một ký tự.")
    zone = settings.get("zone")
    if zone is not None and not _is_zone(zone):
        found.append("“zone” không phải tên múi giờ, ví dụ Asia/Ho_Chi_Minh.")
    return found


def _compiles(text: Any) -> bool:
    try:
        jmespath.compile(text)
    except (JMESPathError, TypeError, ValueError, AttributeError):
        return False
    return isinstance(text, str)


def _is_zone(name: Any) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, TypeError, ValueError, OSError):
        return False
    return True


def _rules(mapping: Mapping[str, Any]) -> list[tuple[str, Any]]:
    fields = mapping.get("fields")
    named = [(name, mapping[name]) for name in ("id", "at") if name in mapping]
    return named + (list(fields.items()) if isinstance(fields, dict) else [])


def _check_rule(name: str, rule: Any) -> list[str]:
    if isinstance(rule, dict):
        unknown = [f"“{name}”: không có “{key}”." for key in rule if key not in KEYS]
        if unknown:
            return unknown
    try:
        (_moment_step if name == "at" else _step)(rule)
    except JMESPathError:  # its own words are English
        return [f"“{name}” sai: không phải biểu thức JMESPath."]
    except ZoneInfoNotFoundError:
        return [f"“{name}” sai: không có múi giờ này."]
    except ValueError as error:
        return [f"“{name}” sai: {error}."]
    return []


def _key(name: str) -> Step:
    return lambda record: record.get(name)


def _step(rule: Any) -> Step:
    """How one field is made of a record. Raises ValueError or JMESPathError."""
    if isinstance(rule, str):
        return _expression(rule)
    if not isinstance(rule, dict):
        raise ValueError("cần một biểu thức hoặc một đối tượng")
    if "constant" in rule:
        constant = rule["constant"]
        return lambda _record: constant
    if not isinstance(rule.get("from"), str):
        raise ValueError("thiếu “from”")
    return _converted(_expression(rule["from"]), rule)


def _expression(text: str) -> Step:
    if text.isidentifier():
        return _key(text)  # the usual case, twenty times faster
    found: Step = jmespath.compile(text).search
    return found


def _converted(get: Step, rule: Mapping[str, Any]) -> Step:
    way, times, table = rule.get("as"), rule.get("times"), rule.get("table")
    if way is not None and way not in WAYS:
        raise ValueError("“as” là " + ", ".join(WAYS))
    if times is not None and (isinstance(times, bool) or not isinstance(times, int | float)):
        raise ValueError("“times” phải là số")
    if table is not None and not isinstance(table, dict):
        raise ValueError("“table” phải là một đối tượng")
    otherwise = rule.get("otherwise")

    def step(record: Mapping[str, Any]) -> Any:
        value = get(record)
        if value is None:
            return otherwise
        if table is not None:
            return table.get(_as_key(value), otherwise)
        if way == "text":
            return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if way is None and times is None:
            return value
        number = number_of(value) * (times if times is not None else 1)
        if not math.isfinite(number):
            raise Unfit
        return round(number) if way == "whole" else number

    return step


def _as_key(value: Any) -> str:
    """A value as tables name it: as JSON writes it, text without its quotes."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def number_of(value: Any) -> float:
    """A number as machines and people write it: 3.05, “3,05”. Raises Unfit."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unfit
    try:
        number = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        raise Unfit from None
    if not math.isfinite(number):
        raise Unfit
    return number


def _own_moment(record: Mapping[str, Any]) -> datetime | None:
    for name in ("at", "time", "timestamp"):
        if record.get(name) not in (None, ""):
            return moment_of(record[name], VIETNAM)
    return None


def _moment_step(rule: Any) -> Step:
    """As `_step`, for the moment: `as` is iso, unix, unix_ms or a pattern as of strptime."""
    if isinstance(rule, str):
        rule = {"from": rule}
    if not isinstance(rule, dict) or not isinstance(rule.get("from"), str):
        raise ValueError("thiếu “from”")
    get, way = _expression(rule["from"]), rule.get("as")
    zone = ZoneInfo(rule["zone"]) if rule.get("zone") else VIETNAM
    if way is not None and way not in MOMENT_WAYS and "%" not in str(way):
        raise ValueError("“as” của thời điểm là iso, unix, unix_ms hoặc mẫu như %d/%m/%Y %H:%M")

    def step(record: Mapping[str, Any]) -> datetime | None:
        value = get(record)
        if value in (None, ""):
            return None
        if way in (None, "iso"):
            return moment_of(value, zone)
        if way in ("unix", "unix_ms"):
            return _since_1970(number_of(value) / (1000 if way == "unix_ms" else 1))
        try:
            read = datetime.strptime(str(value), str(way))  # noqa: DTZ007 (the zone comes next)
            return _aware(read, zone)
        except ValueError:
            raise Unfit from None

    return step


def moment_of(value: Any, zone: ZoneInfo) -> datetime:
    """A moment as ISO 8601 or as seconds or milliseconds since 1970, in UTC. Raises Unfit."""
    if isinstance(value, str) and not value.strip().replace(".", "", 1).isdigit():
        try:
            return _aware(datetime.fromisoformat(value.strip()), zone)
        except ValueError:
            raise Unfit from None
    number = number_of(value)
    return _since_1970(number / 1000 if abs(number) > MILLISECONDS_FROM else number)


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise Unfit from None


def _since_1970(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise Unfit from None
