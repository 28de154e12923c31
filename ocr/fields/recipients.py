"""Addressees ("Kính gửi") and the distribution list ("Nơi nhận")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.fields.head import TO_LINE, Head
from ocr.geometry import Frame, union
from ocr.lines import Line, fold
from ocr.types import Field, PageText

ITEM = re.compile(r"^\s*[-–—+•*~]\s*")
AFTER_TO = re.compile(r"^\W*K\w{2,4}\s+g\w{2}\s*[:;.]?\s*", re.IGNORECASE)
RECEIVED_BY = re.compile(r"N[O0Q]I NH[A4]N\s*[:;.,]?")
FILED = re.compile(r"^\W*L[UỦ]U\s*[:;.]")
LISTED = re.compile(r"^\s*[-–—+•*~]|^Như |^N\w{2,3} (?:trên|Điều)")
LINE_GAP = 0.8
MAX_ITEMS = 60


def addressees(head: Head) -> Field | None:
    """The organs after “Kính gửi:”: one beside it, or a list of lines with dashes under it."""
    start = next((i for i, x in enumerate(head.body) if TO_LINE.match(fold(x.text))), None)
    if start is None:
        return None
    first = head.body[start]
    rest = AFTER_TO.sub("", first.text).strip()
    taken = [first]
    entries = [rest] if rest else []
    for line in head.body[start + 1 : start + 1 + MAX_ITEMS]:
        gap = line.box[1] - taken[-1].box[3]
        dashed = bool(ITEM.match(line.text))
        if line is not first and abs(line.middle - taken[-1].middle) < 0.4 * line.height:
            entries = [*entries[:-1], f"{entries[-1]} {line.text}"] if entries else [line.text]
            taken.append(line)
            continue
        if dashed and (not rest or gap < LINE_GAP * line.height):
            entries.append(line.text)
        elif not dashed and (not entries or _goes_on(entries[-1], line, taken[-1], gap, first)):
            entries = [*entries[:-1], f"{entries[-1]} {line.text}"] if entries else [line.text]
        else:
            break
        taken.append(line)
    names = [name for entry in entries if (name := clean_item(entry))]
    if not names:
        return None
    box = union([line.box for line in taken])
    confidence = min(0.95, sum(x.confidence for x in taken) / len(taken))
    shown = Frame.of(head.page).to_shown(box) if box else None
    return Field(names, confidence, 1, shown, "\n".join(x.text for x in taken))


def _goes_on(entry: str, line: Line, before: Line, gap: float, first: Line) -> bool:
    """Whether a line without a dash is the rest of the entry above it."""
    if entry.rstrip().endswith((".", ";")) or gap > LINE_GAP * line.height:
        return False
    if ITEM.match(entry):
        return line.box[0] > 0.25
    return line.box[0] > first.box[0] + 0.02


def clean_item(text: str) -> str:
    """An entry of a list without its dash and its closing sign."""
    text = ITEM.sub("", " ".join(text.split()))
    return re.sub(r"\s+([,;:.)])", r"\1", text).strip(" ;.,:_|")


def find_distribution(
    pages: Sequence[PageText], lines: dict[int, list[Line]]
) -> tuple[int, int] | None:
    """(page number, index of the line) of the last “Nơi nhận:”."""
    for page in reversed(pages):
        for index in range(len(lines[page.number]) - 1, -1, -1):
            line = lines[page.number][index]
            if RECEIVED_BY.match(fold(line.text).lstrip(" .-_'\"|")) and line.box[0] < 0.45:
                return page.number, index
    return _by_its_end(pages, lines)


def _by_its_end(pages: Sequence[PageText], lines: dict[int, list[Line]]) -> tuple[int, int] | None:
    """Where a seal covers “Nơi nhận:”: the line before the dashes that end with “Lưu: …”."""
    for page in reversed(pages):
        rows = lines[page.number]
        for end in range(len(rows) - 1, -1, -1):
            if not FILED.match(fold(rows[end].text)) or rows[end].box[0] > 0.3:
                continue
            start = end
            for index in range(end - 1, -1, -1):
                if rows[index].box[0] > 0.3:
                    continue
                if rows[start].box[1] - rows[index].box[3] > 1.5 * rows[end].height:
                    break
                if not LISTED.match(rows[index].text):
                    return page.number, index
                start = index
            return page.number, start
    return None


def distribution(page: PageText, lines: Sequence[Line], index: int) -> Field | None:
    """The entries under “Nơi nhận:” in the left column."""
    first = lines[index]
    right_edge = 0.53
    taken, entries = [first], list[str]()
    for line in lines[index + 1 :]:
        if line.box[0] > right_edge or line.box[1] < first.box[3] - first.height:
            continue
        gap = line.box[1] - taken[-1].box[3]
        if gap > 2.0 * line.height or len(entries) >= MAX_ITEMS:
            break
        if sum(c.isalnum() for c in line.text) < 2:
            continue
        if ITEM.match(line.text) or not entries:
            entries.append(line.text)
        elif abs(line.box[0] - first.box[0]) < 0.12:
            entries[-1] += " " + line.text
        else:
            continue
        taken.append(line)
        if re.search(r"\bLUU\b", fold(entries[-1])) and entries[-1].rstrip().endswith("."):
            break
    names = [name for entry in entries if (name := clean_item(entry))]
    if not names:
        return None
    box = union([line.box for line in taken])
    confidence = min(0.95, sum(x.confidence for x in taken) / len(taken))
    shown = Frame.of(page).to_shown(box) if box else None
    return Field(names, confidence, page.number, shown, "\n".join(x.text for x in taken))
