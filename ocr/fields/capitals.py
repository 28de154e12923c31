"""A name that is printed in capitals, in the letters in which one writes it in a sentence."""

from __future__ import annotations

from ocr.fields.lexicon import ORGAN_PHRASES, ORGAN_STARTS
from ocr.lines import fold, is_upper

_PHRASES = {phrase.upper(): phrase for phrase in ORGAN_PHRASES}
_LONGEST = max(len(phrase.split()) for phrase in _PHRASES)
_SMALL = frozenset("VÀ CÁC CỦA VỀ CHO VỚI TẠI TRÊN".split())
_ABBREVIATIONS = frozenset("UBND HĐND TNHH MTV MTTQ TW BHXH HTX".split())
_GENERIC = frozenset(start for start in ORGAN_STARTS if " " in start)


def usual_case(name: str) -> str:
    """“SỞ KHOA HỌC VÀ CÔNG NGHỆ” → “Sở Khoa học và Công nghệ”; other spellings stay as they are.

    Known phrases get the letters of Decree 30/2020, annex II; a word that is in none of them is
    taken for a proper name. The first letter is always a capital.
    """
    if not is_upper(name):
        return name
    words, said, at = name.split(), [], 0
    while at < len(words):
        text, taken = _known(words, at) or (_alone(words[at]), 1)
        said.append(text)
        at += taken
    joined = " ".join(said)
    return joined[:1].upper() + joined[1:]


def _known(words: list[str], at: int) -> tuple[str, int] | None:
    """The longest known phrase that begins at a word, and how many words it has."""
    for length in range(min(_LONGEST, len(words) - at), 0, -1):
        phrase = " ".join(words[at : at + length])
        if phrase in _PHRASES:
            return _PHRASES[phrase], length
        if length > 1 and fold(phrase) in _GENERIC:
            return phrase.capitalize(), length
    return None


def _alone(word: str) -> str:
    if word in _SMALL:
        return word.lower()
    if word.strip(",.;()") in _ABBREVIATIONS:
        return word
    return "-".join(part.capitalize() for part in word.split("-"))
