"""Issuing organ and its parent: the capitals of the left column above the number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.fields.head import Head
from ocr.fields.lexicon import ORGAN_PHRASES, ORGAN_STARTS
from ocr.fields.number import find_number
from ocr.fields.snap import best_match, snap
from ocr.geometry import Frame, union
from ocr.lines import Line, fold, is_upper
from ocr.types import Field

CENTRE_TOLERANCE = 0.11
RULES = " _-–—~=.|'\"`"
"""Signs as which rules and specks beside a name are read."""
ORGANS_OF_ONE_WORD = ("UBND", "HDND")


def organ_fields(head: Head, organs: Sequence[str]) -> dict[str, Field | None]:
    """`issuing_organ` and `parent_organ`.

    `organs`: full names that the office knows; the nearest one replaces what was read.
    """
    lines = organ_lines(head)
    if not lines:
        return {"issuing_organ": None, "parent_organ": None}
    start = issuer_start([line.text.strip(RULES) for line in lines])
    return {
        "issuing_organ": _field(head, lines[start:], organs),
        "parent_organ": _field(head, lines[:start], organs) if start else None,
    }


def organ_lines(head: Head) -> list[Line]:
    """Lines in capitals of the left column, above the number and about one middle."""
    number = find_number(head)
    bottom = number.line.box[1] if number else 0.2
    top = head.nation.box[1] - 1.6 * head.nation.height if head.nation else 0.0
    lines = [
        line
        for line in head.left
        if top <= line.middle < bottom and is_upper(line.text) and _words(line) >= 1
    ]
    if number and len(lines) > 1:
        middle = (number.line.box[0] + number.line.box[2]) / 2
        near = [x for x in lines if abs((x.box[0] + x.box[2]) / 2 - middle) < CENTRE_TOLERANCE]
        lines = near or lines
    return lines


def _words(line: Line) -> int:
    return sum(len(w.text) > 1 and any(c.isalpha() for c in w.text) for w in line.words)


def issuer_start(texts: Sequence[str]) -> int:
    """Index of the line with which the issuing organ begins: the last one that begins a name."""
    for index in range(len(texts) - 1, 0, -1):
        if begins_organ(texts[index]) and not _goes_on(texts[index - 1], texts[index]):
            return index
    return 0


def begins_organ(text: str) -> bool:
    key = re.sub(r"^[\W_]+|[\W_]+$", "", fold(text))
    if key == "MOI TRUONG" or (" " not in key and key not in ORGANS_OF_ONE_WORD):
        return False  # the last word of a name that was broken: "MÔI" / "TRƯỜNG"
    return any(key == start or key.startswith(start + " ") for start in ORGAN_STARTS)


def _goes_on(before: str, text: str) -> bool:
    """Whether a line is the rest of the name before it ("BAN CHỈ ĐẠO" / "ĐỔI MỚI …")."""
    last = fold(before).split()[-1:] or [""]
    return last[0] in ("VA", "CUA", "CAC", "VE") or before.rstrip().endswith(",")


def _field(head: Head, lines: Sequence[Line], organs: Sequence[str]) -> Field:
    raw = " ".join(line.text for line in lines)
    text = " ".join(re.sub(r"[|_=~`^<>{}\[\]—]+", " ", raw).split()).strip(" .,;:-*'\"")
    text = re.sub(r"^U\w?BN[DĐ]\b", "UBND", text)
    confidence = min(line.confidence for line in lines)
    snapped, known = snap(text, ORGAN_PHRASES)
    confidence = min(0.98, confidence + 0.1 * known) if known > 0.6 else min(0.85, confidence)
    match = best_match(snapped, organs)
    if match is not None:
        snapped, confidence = match, max(confidence, 0.95)
    box = union([line.box for line in lines])
    shown = Frame.of(head.page).to_shown(box) if box else None
    return Field(snapped, confidence, 1, shown, raw)
