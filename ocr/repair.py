"""Tone marks put right by the neighbouring syllable: "thấm quyền" is read, "thẩm quyền" is meant.

Acute, grave, hook and tilde look alike on a poor scan; the dot below and no mark do not. A
syllable is changed only if with its neighbour it then makes a known word, as it stands it makes
none, and only one change does so. The list of words is `data/compounds.txt`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from ocr.engine import OcrWord

DATA = Path(__file__).parent / "data" / "compounds.txt"
ALIKE_TONES = frozenset("\u0300\u0301\u0309\u0303")  # grave, acute, hook, tilde
ALL_TONES = ALIKE_TONES | {"\u0323"}  # and the dot below
MAX_SYLLABLE = 7
EDGES = " .,;:!?()[]{}\"'“”‘’/-–…*_|"


def toneless(syllable: str) -> tuple[str, str]:
    """A syllable in small letters without the marks that look alike, and those marks."""
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", syllable.lower()):
        (tones if char in ALIKE_TONES else letters).append(char)
    return unicodedata.normalize("NFC", "".join(letters)), "".join(tones)


@lru_cache(maxsize=1)
def _known() -> tuple[frozenset[tuple[str, str]], dict[tuple[str, str], list[tuple[str, str]]]]:
    """Known words, and by their toneless syllables the words that look alike."""
    words: set[tuple[str, str]] = set()
    for line in DATA.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            for entry in unicodedata.normalize("NFC", line).split(","):
                syllables = entry.split()
                words.update(pairwise(syllables))
    alike: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for first, second in sorted(words):
        alike.setdefault((toneless(first)[0], toneless(second)[0]), []).append((first, second))
    return frozenset(words), alike


def repair_words(words: Sequence[OcrWord]) -> list[OcrWord]:
    """The same words with misread tone marks put right."""
    texts = repair_texts([word.text for word in words])
    return [
        word if word.text == text else replace(word, text=text)
        for word, text in zip(words, texts, strict=True)
    ]


def repair_texts(texts: Iterable[str]) -> list[str]:
    """Syllables of a running text, with punctuation as it stands, put right."""
    out = [one_tone(text) for text in texts]
    known, alike = _known()
    for index in range(len(out) - 1):
        left, right = _core(out[index]), _core(out[index + 1])
        if not left or not right or _parted(out[index], left, right):
            continue
        pair = (left.lower(), right.lower())
        if pair in known:
            continue
        found = alike.get((toneless(pair[0])[0], toneless(pair[1])[0]), [])
        near = [word for word in found if _one_tone_off(word, pair)]
        if len(near) != 1:
            continue
        if near[0][0] != pair[0]:
            if not _settled(out, index - 1, pair[0], known):
                out[index] = out[index].replace(left, _shaped(near[0][0], left))
        elif not _settled_right(out, index + 1, pair[1], known):
            out[index + 1] = out[index + 1].replace(right, _shaped(near[0][1], right))
    return out


def makes_word(first: str, second: str) -> bool:
    """Whether two syllables are a known word of two."""
    return (first.lower(), second.lower()) in _known()[0]


def one_tone(word: str) -> str:
    """A syllable bears one tone: of two that were read ("Hữú") the first is kept."""
    if word.isascii() or not word.isalpha() or len(word) > MAX_SYLLABLE:
        return word
    kept, tones = [], 0
    for char in unicodedata.normalize("NFD", word):
        if char in ALL_TONES:
            tones += 1
            if tones > 1:
                continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)) if tones > 1 else word


def _one_tone_off(word: tuple[str, str], pair: tuple[str, str]) -> bool:
    """Whether one syllable differs, and by a tone read for another, not by one left out."""
    wrong = [(a, b) for a, b in zip(word, pair, strict=True) if a != b]
    if len(wrong) != 1:
        return False
    meant, read = (toneless(syllable)[1] for syllable in wrong[0])
    return bool(meant and read) and meant != read  # the same mark on another letter is style


def _settled(
    texts: list[str], before: int, syllable: str, known: frozenset[tuple[str, str]]
) -> bool:
    """Whether the syllable makes a known word with the one before it, so it is right as it is."""
    return before >= 0 and (_core(texts[before]).lower(), syllable) in known


def _settled_right(
    texts: list[str], index: int, syllable: str, known: frozenset[tuple[str, str]]
) -> bool:
    after = index + 1
    return after < len(texts) and (syllable, _core(texts[after]).lower()) in known


def _core(text: str) -> str:
    """A word without its punctuation, or "" if it is no plain syllable."""
    core = text.strip(EDGES)
    return core if core.isalpha() and len(core) <= MAX_SYLLABLE else ""


def _parted(text: str, left: str, right: str) -> bool:
    """Whether a sign, or a capital that begins something new, parts a word from the next one."""
    return text[-1:] in ',.;:!?)”"' or (right[0].isupper() and not left[0].isupper())


def _shaped(syllable: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return syllable.upper()
    return syllable.capitalize() if like[:1].isupper() else syllable
