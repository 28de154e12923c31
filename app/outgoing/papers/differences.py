"""What changed between two versions, word by word, in a form that a page can show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "added", "removed"]
WORDS = re.compile(r"\s+|\w+|[^\w\s]")
ALIKE = 0.3  # paragraphs with less in common are shown as one removed, one added
MOST_LINES = 4000  # more are compared as whole lines only


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that both versions have, or only the new one, or only the old one."""

    kind: Kind
    text: str


Line = tuple[Piece, ...]


def between(old_text: str, new_text: str) -> list[Line]:
    """One entry for each paragraph of both texts in reading order, as pieces to show in a row."""
    old, new = _lines(old_text), _lines(new_text)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    made: list[Line] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            made += [(Piece("same", line),) for line in old[i:j]]
        else:
            by_words = len(old) + len(new) < MOST_LINES
            made += _changed(old[i:j], new[k:m], by_words=by_words)
    return made


def changed(lines: Sequence[Line]) -> bool:
    """Whether anything differs at all."""
    return any(piece.kind != "same" for line in lines for piece in line)


def _lines(text: str) -> list[str]:
    stripped = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in stripped if line]


def _changed(old: Sequence[str], new: Sequence[str], *, by_words: bool) -> Iterator[Line]:
    """Pair each old paragraph with the next new one that is like it; the rest came or went."""
    at = 0
    for line in old:
        pieces = next(
            (
                (index, found)
                for index in range(at, min(len(new), at + 8))
                if by_words and (found := _words(line, new[index]))
            ),
            None,
        )
        if pieces is None:
            yield (Piece("removed", line),)
            continue
        for skipped in new[at : pieces[0]]:
            yield (Piece("added", skipped),)
        yield pieces[1]
        at = pieces[0] + 1
    for line in new[at:]:
        yield (Piece("added", line),)


def _words(old: str, new: str) -> Line | None:
    """The pieces of one changed paragraph; None when the two have too little in common."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    blocks = matcher.get_matching_blocks()
    common = sum(len("".join(before[b.a : b.a + b.size]).strip()) for b in blocks)
    if common < ALIKE * max(len(old), len(new)):
        return None
    pieces: list[Piece] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(before[i:j])))
            continue
        if j > i:
            pieces.append(Piece("removed", "".join(before[i:j])))
        if m > k:
            pieces.append(Piece("added", "".join(after[k:m])))
    return tuple(pieces)
