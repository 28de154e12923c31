"""Lines of syslog (RFC 5424 and RFC 3164) and of the Common Event Format inside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.clock import VIETNAM, now
from app.feeds.reading.records import Reading

NO_SYSLOG = "Không phải là một dòng syslog."
NO_CEF = "Không phải là một cảnh báo CEF."
PRIORITY = re.compile(r"<(\d{1,3})>")
NEW = re.compile(
    r"1 (?P<at>\S+) (?P<host>\S+) (?P<app>\S+) (?P<process>\S+) (?P<message_id>\S+) "
    r"(?P<rest>.*)",
    re.DOTALL,
)
OLD = re.compile(
    r"(?P<at>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (?P<host>\S+) "
    r"(?:(?P<app>[^\s:\[]{1,48})(?:\[(?P<process>[^\]]*)\])?: ?)?(?P<message>.*)",
    re.DOTALL,
)
PARAMETER = re.compile(r'([^\s="\]]+)="((?:[^"\\\]]|\\.)*)"')
CEF_HEAD = re.compile(r"CEF:\s*(\d+)\|" + r"((?:[^|\\]|\\.)*)\|" * 6 + r"(.*)", re.DOTALL)
CEF_PAIR = re.compile(r"(?:^|\s)([\w.\[\]]+)=")
CEF_NAMES = ("vendor", "product", "version", "signature", "name", "severity")
CEF_WORDS = {"unknown": 5, "low": 2, "medium": 5, "high": 7, "very-high": 9}
LONGEST_AHEAD = timedelta(days=1)


def read_syslog(content: bytes, settings: Mapping[str, Any]) -> Reading:
    """Each line with facility, severity (0 worst to 7), at, host, app, process and message."""
    records, faults = list[dict[str, Any]](), list[tuple[int, str]]()
    for no, line in enumerate(_lines(content)):
        record = parse_syslog(line, _zone(settings))
        if record is None:
            faults.append((no, NO_SYSLOG))
        else:
            records.append(record)
    return Reading(tuple(records), tuple(faults))


def read_cef(content: bytes, settings: Mapping[str, Any]) -> Reading:
    """Each alert with its head, its extension's keys, and the moment and host that sent it."""
    records, faults = list[dict[str, Any]](), list[tuple[int, str]]()
    for no, line in enumerate(_lines(content)):
        record = parse_cef(line, _zone(settings))
        if record is None:
            faults.append((no, NO_CEF))
        else:
            records.append(record)
    return Reading(tuple(records), tuple(faults))


def parse_syslog(line: str, zone: ZoneInfo) -> dict[str, Any] | None:
    """One line; None when it has no priority. Old lines name no year and no zone."""
    head = PRIORITY.match(line)
    if head is None or int(head[1]) > 191:
        return None
    facility, severity = divmod(int(head[1]), 8)
    found: dict[str, Any] = {"facility": facility, "severity": severity}
    rest = line[head.end() :]
    new = NEW.match(rest)
    if new is not None:
        named = {k: v for k, v in new.groupdict().items() if v != "-" and k != "rest"}
        data, message = _structured(new["rest"])
        return found | named | {"data": data, "message": message.lstrip("\ufeff")}
    old = OLD.match(rest)
    if old is None:
        return found | {"message": rest.strip()}
    named = {k: v for k, v in old.groupdict().items() if v}
    moment = _old_moment(old["at"], zone)
    return found | named | ({"at": moment.isoformat()} if moment else {})


def parse_cef(line: str, zone: ZoneInfo) -> dict[str, Any] | None:
    """One alert, with or without a syslog head before it. Severity is 0 to 10, 10 the worst."""
    start = line.find("CEF:")
    found = CEF_HEAD.match(line[start:]) if start >= 0 else None
    if found is None:
        return None
    before = parse_syslog(line[:start].strip() + " -", zone) or {}
    head = {
        name: _unescaped(value) for name, value in zip(CEF_NAMES, found.groups()[1:7], strict=True)
    }
    severity = head["severity"].strip()
    kept = {key: before[key] for key in ("at", "host") if key in before}
    return (
        kept
        | extension(found[8])
        | head
        | {"severity": int(severity) if severity.isdigit() else CEF_WORDS.get(severity.lower(), 5)}
    )


def extension(text: str) -> dict[str, str]:
    """`key=value key=value`, where values hold blanks and escaped signs."""
    marks = [mark for mark in CEF_PAIR.finditer(text) if not _is_escaped(text, mark.end() - 1)]
    found = {}
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = following.start() if following is not None else len(text)
        found[mark[1]] = _unescaped(text[mark.end() : end].strip())
    return found


def _is_escaped(text: str, at: int) -> bool:
    before = text[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\n"}.get(m[1], m[1]), text, flags=re.DOTALL)


def _structured(rest: str) -> tuple[dict[str, dict[str, str]], str]:
    """`[id key="value"][…] message`, or `- message`."""
    data = dict[str, dict[str, str]]()
    if rest.startswith("-"):
        return data, rest[1:].strip()
    while rest.startswith("["):
        element = re.match(r'\[(\S+?)((?: [^\s="\]]+="(?:[^"\\\]]|\\.)*")*)\]', rest)
        if element is None:
            break
        data[element[1]] = {
            key: re.sub(r"\\(.)", r"\1", value) for key, value in PARAMETER.findall(element[2])
        }
        rest = rest[element.end() :]
    return data, rest.strip()


def _old_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """The year is this one, or the last when that would lie in the future."""
    at = now().astimezone(zone)
    for year in (at.year, at.year - 1):
        try:
            moment = datetime.strptime(f"{year} {text}", "%Y %b %d %H:%M:%S").replace(tzinfo=zone)
        except ValueError:
            continue
        if moment - at < LONGEST_AHEAD:
            return moment.astimezone(UTC)
    return None


def _zone(settings: Mapping[str, Any]) -> ZoneInfo:
    name = settings.get("zone")
    return ZoneInfo(name) if name else VIETNAM


def _lines(content: bytes) -> list[str]:
    text = content.decode("utf-8", "replace").replace("\x00", "")
    return [line for line in re.split(r"\r?\n", text) if line.strip()]
