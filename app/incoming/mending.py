"""Words of a page and the text they make up: which is doubtful, and what a person put right.

Pure functions on the text of a page and its words ({text, box, confidence, was}, boxes as fractions
of the shown page). The text has the words in its lines, put right here and there; both are kept in
step, since the index takes the text and the viewer takes the words.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

DOUBTFUL_WORD = 70.0
"""Words under this confidence (0 to 100) are marked on the text."""
DOUBTFUL_PAGE = 85.0
"""Pages under this confidence (0 to 100) wait for a person in “Cần xem lại”."""
SAME_PLACE = 0.5
"""Share of the smaller of two boxes that must be common for one place on the page."""
FULL_LINE = 0.75
"""A line with this share of the longest one ran to the margin: its sentence goes on."""

Word = dict[str, Any]
Place = Sequence[float]
WORD = re.compile(r"\S+")
ENDS = (".", ";", ":", "!", "?", "./.")
NEW_ITEM = re.compile(r"([-–+•*]|\d{1,2}[.)]|[a-zđ][.)]|[IVX]+\.)\s")


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of the text. `word` is its place in the list of words; None if it has no box."""

    text: str
    start: int
    word: int | None
    doubtful: bool = False
    was: str = ""


@dataclass(frozen=True, slots=True)
class Mended:
    """A correction: where it stands, what was read there and what stands there now."""

    box: Place
    was: str
    text: str


def pieces(text: str, words: Sequence[Word]) -> list[Piece]:
    """The words of a text in its order, each with its box if a word with these letters is left."""
    waiting: defaultdict[str, deque[int]] = defaultdict(deque)
    for index, word in enumerate(words):
        waiting[word["text"]].append(index)
    found = []
    for match in WORD.finditer(text):
        queue = waiting.get(match.group())
        index_of = queue.popleft() if queue else None
        word = words[index_of] if index_of is not None else {}
        doubtful = word.get("confidence", 100.0) < DOUBTFUL_WORD
        found.append(
            Piece(match.group(), match.start(), index_of, doubtful, word.get("was", ""))
        )  # fmt: skip
    return found


def paragraphs(text: str, words: Sequence[Word]) -> list[list[Piece]]:
    """The text as it flows on a narrow screen: lines of one sentence joined, items apart."""
    every = deque(pieces(text, words))
    found: list[list[Piece]] = []
    full = FULL_LINE * max(len(line.strip()) for line in text.split("\n"))
    previous, end = "", 0
    for raw in text.split("\n"):
        line, end = raw.strip(), end + len(raw) + 1
        here = []
        while every and every[0].start < end:
            here.append(every.popleft())
        if here and previous and _goes_on(previous, line, full):
            found[-1].extend(here)
        elif here:
            found.append(here)
        previous = line
    return found


def _goes_on(previous: str, line: str, full: float) -> bool:
    if NEW_ITEM.match(line):
        return False
    return line[0].islower() or (len(previous) >= full and not previous.endswith(ENDS))


def replace_word(
    text: str, words: Sequence[Word], index: int, new: str
) -> tuple[str, list[Word]]:  # fmt: skip
    """Text and words with the word at `index` put right; several words share its box."""
    old = words[index]
    place = next((one for one in pieces(text, words) if one.word == index), None)
    if place is None:
        text = f"{text}\n{new}" if text else new  # the text had it otherwise: it must be found
    else:
        text = text[: place.start] + new + text[place.start + len(place.text) :]
    was = old.get("was") or old["text"]
    return text, [*words[:index], *_shared(old["box"], new, was), *words[index + 1 :]]


def _shared(box: Place, text: str, was: str) -> list[Word]:
    """The words of a correction, side by side in the box of the word they stand for."""
    left, top, right, bottom = box
    step, at, found = (right - left) / max(len(text), 1), 0, []
    for part in text.split():
        start = text.index(part, at)
        at = start + len(part)
        place = [round(left + step * start, 5), top, round(left + step * at, 5), bottom]
        found.append({"text": part, "box": place, "confidence": 100.0, "was": was})
    return found


def word_at(words: Sequence[Word], box: Place) -> int | None:
    """Which word stands where a box is; None when nothing was read there."""
    shares = [(_common(word["box"], box), -index) for index, word in enumerate(words)]
    share, index = max(shares, default=(0.0, 0))
    return -index if share >= SAME_PLACE else None


def _common(one: Place, other: Place) -> float:
    """Common area of two boxes as a share of the smaller one."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return width * height / smaller if width > 0 and height > 0 and smaller > 0 else 0.0


def mend(
    text: str, words: Sequence[Word], corrections: Iterable[Mended]
) -> tuple[str, list[Word]]:  # fmt: skip
    """A new reading with what people had put right, oldest first.

    What the new reading does not see at all is kept at the end of the page, so that it is found.
    """
    kept = list(words)
    for one in corrections:
        index = word_at(kept, one.box)
        if index is None:
            kept = [*kept, {"text": one.was, "box": list(one.box), "confidence": 0.0}]
            index = len(kept) - 1
        text, kept = replace_word(text, kept, index, one.text)
    return text, kept
