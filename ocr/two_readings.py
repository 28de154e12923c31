"""Two readings of one page made one: each line from the reading that reads more of it.

A poor page is read as it is and softened. Neither is better everywhere: the median takes a pen's
stroke off one line and a tone mark off another, and the engine drops different lines each time.
Digits are not mixed: whether a number is print or handwriting is judged on one reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocr.engine import OcrWord, mean_confidence

MORE = 60.0
"""Score by which a line of the other reading must lead: two letters of 80 % (measured)."""
COVERED = 0.3
"""Share of the smaller of two boxes from which the two are the same ink."""
SAME_BOX = 0.5
"""Share of their union that two boxes share if they are the same word."""
DOUBTED = 80.0
"""Confidence in percent under which the other reading of a word is asked for."""
LEAD = 10.0
"""Confidence in percent by which the other reading of a doubted word must be surer."""
OTHER_READING = 20_000
"""Added to the block of lines that are taken over, so that they are lines of their own."""
SURE_SIGN = 75.0
"""Confidence in percent from which a single sign or a number counts as a word."""


def better_of_both(first: Sequence[OcrWord], second: Sequence[OcrWord]) -> list[OcrWord]:
    """The reading of higher mean confidence, with what the other one has read better."""
    kept, other = sorted((first, second), key=mean_confidence, reverse=True)
    return surer_words(fuller_lines(list(kept), other), other)


def fuller_lines(words: list[OcrWord], other: Sequence[OcrWord]) -> list[OcrWord]:
    """The words, a line of the other reading in place of what it covers if it reads more."""
    lines: dict[tuple[int, int, int], list[OcrWord]] = {}
    for word in other:
        lines.setdefault(word.line, []).append(word)
    for line in lines.values():
        displaced = {w for w in _level_with(line, words) if any(covers(w, o) for o in line)}
        if any(map(_has_digit, line)) or any(map(_has_digit, wordy(list(displaced)))):
            continue
        if score(line) > score(list(displaced)) + MORE:
            block, paragraph, number = line[0].line
            key = (block + OTHER_READING, paragraph, number)
            words = [w for w in words if w not in displaced]
            real = [w for w in line if wordy([w]) or any(covers(w, d) for d in displaced)]
            words += [replace(w, line=key) for w in real]
    return words


def surer_words(words: Sequence[OcrWord], other: Sequence[OcrWord]) -> list[OcrWord]:
    """The words, those in doubt as the other reading has them if it is clearly surer of them."""
    return [_surer(w, other) if w.confidence < DOUBTED else w for w in words]


def _surer(word: OcrWord, other: Sequence[OcrWord]) -> OcrWord:
    same = [o for o in _level_with([word], other) if _same_box(word, o)]
    if len(same) != 1 or _has_digit(word) or _has_digit(same[0]):
        return word
    if same[0].confidence > word.confidence + LEAD:
        return replace(word, text=same[0].text, confidence=same[0].confidence)
    return word


def covers(one: OcrWord, other: OcrWord) -> bool:
    """Whether two words are read from the same ink."""
    return _shared(one, other) > COVERED * min(_area(one), _area(other))


def wordy(words: Sequence[OcrWord]) -> list[OcrWord]:
    """Words that are words: strokes of a pen are read as a sign or two of low confidence."""
    return [w for w in words if _is_wordy(w)]


def score(words: Sequence[OcrWord]) -> float:
    """Letters read with certainty: for each letter of a word its confidence over 50 %."""
    return sum(len(w.text) * (w.confidence - 50) for w in wordy(words))


def _is_wordy(word: OcrWord) -> bool:
    if sum(c.isalpha() for c in word.text) >= 2:
        return word.confidence >= 30
    is_plain = word.text.strip(".,;:/()").isalnum() or word.text in "-–+"
    return is_plain and word.confidence >= SURE_SIGN


def _has_digit(word: OcrWord) -> bool:
    return any(c.isdigit() for c in word.text)


def _level_with(line: Sequence[OcrWord], words: Sequence[OcrWord]) -> list[OcrWord]:
    """Words at the height of a line: few of a page, so that boxes are compared with few."""
    top, bottom = min(w.y0 for w in line), max(w.y1 for w in line)
    return [w for w in words if w.y0 < bottom and w.y1 > top]


def _same_box(one: OcrWord, other: OcrWord) -> bool:
    shared = _shared(one, other)
    return shared > SAME_BOX * (_area(one) + _area(other) - shared)


def _shared(one: OcrWord, other: OcrWord) -> float:
    """Area in square pixels that two boxes share."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    down = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across * down if across > 0 and down > 0 else 0.0


def _area(word: OcrWord) -> float:
    return (word.x1 - word.x0) * (word.y1 - word.y0)
