"""Lines put right by what an office writes: specks, bullets, posts, capitals inside a sentence.

Pen, seal and dust beside a line are read as signs; a bullet is read as a tilde; “vị” in small
print has the shape of “VỊ”. Each step takes and gives the words of one line and changes only what
cannot stand there; what it is not sure of stays as it was read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from ocr.engine import OcrWord, mean_confidence
from ocr.fields.lexicon import POSTS
from ocr.lines import fold, is_upper
from ocr.repair import makes_word

SPECKS = frozenset("_~`^|°»«‹›\\¬§„¦¢")
"""Signs that no office letter uses: alone at the end of a line they are dirt."""
FAINT = 65.0
"""Confidence in percent under which a lone sign at the end of a line is dirt."""
DOUBTED = 90.0
"""Confidence in percent under which a word may be another one of the same shape."""
NOISE = 75.0
"""Confidence in percent under which a sign or letter between the words of a post is dirt."""
SURE = 85.0
"""Confidence in percent from which a word is taken for what stands in its place."""
LEAD = 5.0
"""Mean confidence in percent by which a line must be better than the one it displaces."""
GHOST_SHARE = 0.4
"""Share of a word's height that a word of another line covers, if it is its ghost."""
KEPT_ALONE = frozenset({"./.", "...", "…", "(", ")", "“", "”", '"', "+", "*"})
SAME_SHAPE = {"Mi": "vị", "Vi": "vị", "VỊ": "vị", "Ví": "vị"}
"""Capitals that small letters with marks are read as in print of 200 dpi (seen on scans)."""
ARCHIVE = frozenset({"VI", "V1", "VF", "VL", "YT", "WT"})
SHORT_PURPOSE = re.compile(r"^[a-zđ]/[a-zđA-Z]\b")
_AUTHORITY = frozenset("KT TM TL TUQ Q".split())
_POSTS: dict[str, list[str]] = {}
for _post in POSTS:
    _POSTS.setdefault(fold(_post), []).append(_post.upper())

Line = list[OcrWord]


def repair_lines(words: Sequence[OcrWord]) -> list[OcrWord]:
    """The words of a page, each line put right, in their order."""
    return [word for _, line in groupby(words, lambda w: w.line) for word in _repaired(list(line))]


def without_ghosts(words: Sequence[OcrWord]) -> list[OcrWord]:
    """Words without those read a second time, badly, in a line that a stamp tore from another.

    A word goes if a well read word of a clearly better line stands in its place.
    """
    lines: dict[tuple[int, int, int], list[OcrWord]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    means = {line: mean_confidence(members) for line, members in lines.items()}
    sure = [w for w in words if w.confidence >= SURE]
    return [
        w
        for w in words
        if means[w.line] >= SURE
        or not any(means[s.line] > means[w.line] + LEAD and _covers(s, w) for s in sure)
    ]


def _covers(sure: OcrWord, word: OcrWord) -> bool:
    """Whether a word of another line stands over the middle of a word, at a half of its height."""
    middle = (word.x0 + word.x1) / 2
    shared = min(sure.y1, word.y1) - max(sure.y0, word.y0)
    beside = sure.line != word.line and sure.x0 <= middle <= sure.x1
    return beside and shared >= GHOST_SHARE * (sure.y1 - sure.y0)


def _repaired(line: Line) -> Line:
    steps: Sequence[Callable[[Line], Line]] = (
        bullet,
        without_specks,
        post,
        archived,
        in_brackets,
        recased,
    )
    for step in steps:
        line = step(line)
    return line


def bullet(line: Line) -> Line:
    """ "~ Như trên;" → "- Như trên;": a tilde begins no line."""
    if len(line) < 2 or not _is_sign(line[0].text) or not line[1].text[0].isalnum():
        return line
    first = line[0].text
    if "~" in first or ("-" in first and set(first) <= SPECKS | {"-", "."} and len(first) > 1):
        return [replace(line[0], text="-"), *line[1:]]
    return line


def without_specks(line: Line) -> Line:
    """A line without the signs at its ends that are dirt."""
    start, end = 0, len(line)
    while start < end and _is_speck(line[start], at_start=True):
        start += 1
    while end > start and _is_speck(line[end - 1], at_start=False):
        end -= 1
    return line[start:end]


def post(line: Line) -> Line:
    """ "PHO ^ GIAM Á ĐỌC" → "PHÓ GIÁM ĐỐC": a line of capitals that is a post, under a seal."""
    at = next((i for i, w in enumerate(line) if w.text.strip(".") not in _AUTHORITY), len(line))
    rest = line[at:]
    core = [w for w in rest if not (_is_noise(w) and w.confidence < NOISE)]
    if not core or not is_upper(" ".join(w.text for w in core)):
        return line
    read = " ".join(w.text for w in core)
    meant = _nearest(read, _POSTS.get(fold(read), []))
    if meant is None:
        return line
    texts = (read if _letters(read) == _letters(meant) else meant).split()
    said = [replace(w, text=text) for w, text in zip(core, texts, strict=True)]
    return line[:at] + said


def archived(line: Line) -> Line:
    """ "Lưu: VI, TH." → "Lưu: VT, TH.": the first copy stays with the clerks (văn thư)."""
    out = list(line)
    for index in range(len(line) - 1):
        after = line[index + 1].text
        if fold(line[index].text).endswith("LUU:") and after.rstrip(",.;") in ARCHIVE:
            out[index + 1] = replace(line[index + 1], text="VT" + after[len(after.rstrip(",.;")) :])
    return out


def in_brackets(line: Line) -> Line:
    """ "(đế b/c)" → "(để b/c)": before báo cáo, phối hợp, thực hiện in short."""
    out = list(line)
    for index, word in enumerate(line):
        if word.text in ("(đế", "(đề", "(đê") and SHORT_PURPOSE.match(_text(line, index + 1)):
            out[index] = replace(word, text="(để")
    return out


def recased(line: Line) -> Line:
    """ "đơn VỊ nghiêm túc" → "đơn vị nghiêm túc": between small letters no word is in capitals.

    An abbreviation bears no tone mark, so capitals with one are small letters of the same shape.
    """
    out = list(line)
    for index, word in enumerate(line):
        before, after = (_text(line, index - 1), _text(line, index + 1))
        if not before.islower() or not (after.islower() or not after) or before[-1:] in ".!?:":
            continue
        core = word.text.rstrip(",.;:")
        tail = word.text[len(core) :]
        if core.isupper() and 2 <= len(core) <= 3 and _has_tone(core) and core.isalpha():
            out[index] = replace(word, text=core.lower() + tail)
        elif core in SAME_SHAPE and word.confidence < DOUBTED:
            meant = SAME_SHAPE[core]
            if makes_word(before, meant) or makes_word(meant, after.strip(",.;:")):
                out[index] = replace(word, text=meant + tail)
    return out


def _text(line: Line, index: int) -> str:
    return line[index].text if 0 <= index < len(line) else ""


def _is_sign(text: str) -> bool:
    return not any(c.isalnum() for c in text)


def _is_speck(word: OcrWord, *, at_start: bool) -> bool:
    text = word.text
    if not _is_sign(text) or text in KEPT_ALONE:
        return False
    if set(text) <= SPECKS:
        return True
    if at_start and text == "-":
        return False  # a bullet
    return word.confidence < FAINT


def _is_noise(word: OcrWord) -> bool:
    return sum(c.isalnum() for c in word.text) <= 1


def _nearest(read: str, posts: Sequence[str]) -> str | None:
    """The post that shares most letters with what was read; none if two share as many."""
    ranked = sorted(posts, key=lambda p: -_shared(read, p))
    if not ranked or (len(ranked) > 1 and _shared(read, ranked[0]) == _shared(read, ranked[1])):
        return None
    return ranked[0]


def _shared(read: str, meant: str) -> int:
    return sum(a == b for a, b in zip(read, meant, strict=False))


def _letters(text: str) -> list[str]:
    """Letters and marks without their order: the same for “UỶ” and “ỦY”."""
    return sorted(unicodedata.normalize("NFD", text))


def _has_tone(text: str) -> bool:
    return any(unicodedata.combining(c) for c in unicodedata.normalize("NFD", text))
