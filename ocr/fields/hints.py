"""What the text asks for and cites: due dates, an invitation's time and place, other documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from ocr.fields.lexicon import ALL_CODES
from ocr.types import Field, PageText

_DAY = (
    r"(?:(?P<d{n}>\d{{1,2}})\s*[/.-]\s*(?P<m{n}>\d{{1,2}})\s*[/.-]\s*(?P<y{n}>\d{{4}})"
    r"|(?P<dd{n}>\d{{1,2}})\s+tháng\s+(?P<mm{n}>\d{{1,2}})\s+năm\s+(?P<yy{n}>\d{{4}}))"
)
DUE = re.compile(
    r"(?:trước|chậm nhất|muộn nhất|hạn chót|thời hạn|hoàn thành|gửi về|xong)"
    r"[^.;\n]{0,40}?ngày\s+" + _DAY.format(n=1),
    re.IGNORECASE,
)
WITHIN = re.compile(
    r"trong\s+(?:thời\s+hạn|vòng)\s+(?:là\s+)?(?P<n>\d{1,3})\s*(?:\([^)]{1,20}\)\s*)?"
    r"ngày(?:\s+làm\s+việc)?",
    re.IGNORECASE,
)
REFERENCE = re.compile(
    r"(?<![\w/])(?P<number>\d{1,6}[a-zđ]?\s?/\s?(?:(?:19|20)\d{2}\s?/\s?)?[A-ZĐ][\wĐđ.]*"
    r"(?:\s?[-–/]\s?[A-ZĐ][\wĐđ.&]*){0,4}|\d{1,6}\s?[-–]\s?[A-ZĐ]{2,5}\s?/\s?[A-ZĐ]{2,8})"
)
_TIME = re.compile(
    r"(?P<h>\d{1,2})\s*(?:giờ|h|g|:)\s*(?P<min>\d{2})?\s*(?:phút)?"
    r"(?P<between>[^\d]{0,40}?)(?:ngày\s+)?" + _DAY.format(n=2),
    re.IGNORECASE,
)
LABEL = (
    r"(?:^|\n)\W{{0,4}}(?:\d+[.)]\s*)?{words}\s*:\s*"
    r"(?P<text>[^\n]+(?:\n(?!\W{{0,4}}(?:\d+[.)]\s*)?[^\n:]{{2,30}}:)[^\n]+)?)"
)
PLACE = re.compile(LABEL.format(words=r"(?:Địa điểm|Tại)"), re.IGNORECASE)
PARTICIPANTS = re.compile(
    LABEL.format(words=r"(?:Thành phần(?: tham dự| dự họp| mời)?)"), re.IGNORECASE
)
LONGEST_TEXT = 300


def _plain_text(pages: Sequence[PageText]) -> list[tuple[int, str]]:
    return [(page.number, page.text) for page in pages]


def due_date(pages: Sequence[PageText], issued: str | None) -> Field | None:
    """The nearest day by which the text asks for something, as ISO; else "trong thời hạn …".

    Days before the document's own date are history, not a term.
    """
    found: list[tuple[str, int, str]] = []
    for number, text in _plain_text(pages):
        flat = " ".join(text.split())
        for match in DUE.finditer(flat):
            day = _iso(match, 1)
            if day and (issued is None or day >= issued):
                found.append((day, number, match.group(0)))
    if found:
        day, number, source = min(found)
        return Field(day, 0.75 if len({f[0] for f in found}) == 1 else 0.6, number, None, source)
    for number, text in _plain_text(pages):
        within = WITHIN.search(" ".join(text.split()))
        if within:
            return Field(within.group(0), 0.5, number, None, within.group(0))
    return None


def _iso(match: re.Match[str], n: int) -> str | None:
    parts = [match[f"{a}{n}"] or match[f"{a}{a}{n}"] for a in ("y", "m", "d")]
    try:
        return date(*(int(p) for p in parts)).isoformat()
    except (ValueError, TypeError):
        return None


def invitation(pages: Sequence[PageText], kind: str | None) -> Field | None:
    """Start, place and participants of a giấy mời."""
    if kind != "Giấy mời" or not pages:
        return None
    text = "\n".join(page.text for page in pages[:2])
    start = _start(" ".join(text.split()))
    place, people = PLACE.search(text), PARTICIPANTS.search(text)
    if not (start or place):
        return None
    value = {
        "start": start,
        "place": _label_text(place),
        "participants": _label_text(people),
    }
    return Field(value, 0.7 if start and place else 0.5, pages[0].number, None, "")


def _start(text: str) -> str | None:
    for match in _TIME.finditer(text):
        day = _iso(match, 2)
        hour, minute = int(match["h"]), int(match["min"] or 0)
        if day and hour < 24 and minute < 60:
            moment = datetime.fromisoformat(day).replace(hour=hour, minute=minute)
            return moment.isoformat(timespec="minutes")
    return None


def _label_text(match: re.Match[str] | None) -> str | None:
    """The text after a label; its second line only if the first one did not end."""
    if match is None:
        return None
    first, _, second = match["text"].partition("\n")
    text = first if first.rstrip().endswith((".", ";")) else f"{first} {second}"
    return " ".join(text.split())[:LONGEST_TEXT].rstrip(" .;")


def references(pages: Sequence[PageText], own: str | None) -> Field | None:
    """Numbers of other documents that the text cites, each once, in order; never its own."""
    numbers: dict[str, int] = {}
    for number, text in _plain_text(pages):
        for match in REFERENCE.finditer(" ".join(text.split())):
            cited = re.sub(r"\s+", "", match["number"]).replace("–", "-").rstrip(".")
            if _is_number(cited) and cited != own:
                numbers.setdefault(cited, number)
    if not numbers:
        return None
    return Field(list(numbers), 0.8, next(iter(numbers.values())), None, "")


def _is_number(text: str) -> bool:
    """Whether a string has a type code, or an organ's code with a hyphen, after its number."""
    tail = re.sub(r"^\d+[a-zđ]?[/-](?:(?:19|20)\d{2}/)?", "", text)
    first = re.split(r"[-/]", tail)[0]
    return first in ALL_CODES or first.startswith("QH") or ("-" in tail and first.isupper())
