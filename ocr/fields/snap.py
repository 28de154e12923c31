"""Snapping of misread words to known names, whatever their marks: "CÀN THƠ" to "CẦN THƠ"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from ocr.lines import fold, is_upper, one_wrong

FUZZY_FROM = 11
"""Only phrases of so many letters may be off by a letter: short ones look like each other."""


@lru_cache(maxsize=8)
def _table(phrases: tuple[str, ...]) -> dict[str, str]:
    return {fold(phrase): phrase for phrase in reversed(phrases)}


def snap(text: str, phrases: Sequence[str]) -> tuple[str, float]:
    """`text` with known phrases put right, and the share of its words that are known.

    Longest phrases first. Capitals stay capitals; marks and one wrong letter are put right. What
    is already a correct spelling of the same phrase (Uỷ, Hoà: the other place of the mark) is
    brought to the one spelling of the list.
    """
    words = text.split()
    table = _table(tuple(phrases))
    longest = max((len(key.split()) for key in table), default=0)
    out: list[str] = []
    known, index = 0, 0
    while index < len(words):
        for length in range(min(longest, len(words) - index), 0, -1):
            piece = " ".join(words[index : index + length])
            # One word at the end is a name ("NHO QUAN"), not the word of a list ("quận").
            alone = length == 1 and index == len(words) - 1 and index > 0
            found = None if alone else _lookup(piece, table)
            if found is not None:
                out.append(found)
                known += length
                index += length
                break
        else:
            out.append(words[index])
            index += 1
    return " ".join(out), known / max(1, len(words))


def _lookup(piece: str, table: dict[str, str]) -> str | None:
    core = piece.strip(".,;:")
    key = fold(core)
    phrase = table.get(key)
    if phrase is None and len(key) >= FUZZY_FROM:
        near = [p for k, p in table.items() if k[:1] == key[:1] and one_wrong(k, key)]
        phrase = near[0] if len(near) == 1 else None
    if phrase is None:
        return None
    shaped = phrase.upper() if is_upper(core) else _cased_as(core, phrase)
    return piece.replace(core, shaped) if core else None


def _cased_as(core: str, phrase: str) -> str:
    """The phrase with the capitals that were read, if its letters stand one to one."""
    if len(core) != len(phrase):
        return phrase
    return "".join(
        p.upper() if c.isupper() else p.lower() for c, p in zip(core, phrase, strict=True)
    )


def best_match(text: str, names: Iterable[str]) -> str | None:
    """The name of a list that `text` is, read with at most one wrong letter in eight."""
    key = fold(text).replace(" ", "")
    best, distance = None, 1 + len(key) // 8
    for name in names:
        other = fold(name).replace(" ", "")
        if other == key:
            return name
        if abs(len(other) - len(key)) < distance:
            steps = edit_distance(key, other, distance)
            if steps < distance:
                best, distance = name, steps
    return best


def edit_distance(a: str, b: str, limit: int) -> int:
    """Levenshtein distance of two strings; `limit` is given back for all that is not less."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)
