"""Vietnamese names: how they sort, how they compare without marks, how a post is called."""

from __future__ import annotations

import unicodedata

from search.analysis import folded_terms

_LETTERS = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng: the order of dictionaries
_LETTER_RANK = {letter: chr(33 + rank) for rank, letter in enumerate(_LETTERS)}

_SPELLED_OUT = {"ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan"}


def fold_name(text: str) -> str:
    """The form in which two spellings of one name are equal: no marks, no case, single spaces,
    UBND and HĐND spelled out."""
    # Twice: a foreign mark (Kÿ) hides from the rules of Vietnamese spelling until it is gone.
    terms = folded_terms(" ".join(folded_terms(text)))
    return " ".join(_SPELLED_OUT.get(term, term) for term in terms)


def _word_key(word: str) -> str:
    """Letters in the order of the Vietnamese alphabet first, tones only to break a tie."""
    letters, tones = [], []
    for character in unicodedata.normalize("NFC", word.lower()):
        parts = unicodedata.normalize("NFD", character)
        tone = next((mark for mark in parts if mark in _TONES), "")
        plain = unicodedata.normalize("NFC", parts.replace(tone, "") if tone else parts)
        letters.append(_LETTER_RANK.get(plain, "~"))
        tones.append(str(_TONES.index(tone) + 1) if tone else "0")
    return "".join(letters) + " " + "".join(tones)


def sort_key(full_name: str) -> str:
    """Sorts by given name, then family and middle names, as Vietnamese lists do."""
    words = full_name.split()
    return "  ".join(_word_key(word) for word in words[-1:] + words[:-1])


def post_name(title: str, unit_name: str, *, leads_organ: bool = False) -> str:
    """A post with its unit as one says it: “Trưởng phòng” of “Phòng Kinh tế” is one phrase.

    `leads_organ`: the unit is the organ's leadership, whose titles stand alone (“Chủ tịch”).
    """
    if leads_organ or unit_name.lower() in title.lower():
        return title
    first, _, rest = unit_name.partition(" ")
    if rest and title.lower().endswith(" " + first.lower()):
        return f"{title} {rest}"
    return f"{title} {unit_name}"
