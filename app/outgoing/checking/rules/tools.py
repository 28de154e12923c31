"""What several checkers need: the look of a line, the rule under it, comparing names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from app.outgoing.checking.paper import Paper
from app.outgoing.checking.passages import Passage
from app.outgoing.checking.types import Fault, Repair, Rule, Spot
from ocr.lines import fold

TOP = Spot(1, None)
SIZE_SLACK = 0.3
"""Points: Word writes 13 as 12.96 and 13.5 as 13.56."""


def style_faults(lines: Iterable[Passage], rule: Rule) -> Iterator[Fault]:
    """One fault for the first line that is not set as `rule.limits` asks.

    Limits: `sizes` [least, most] in points, `bold`, `italic` true or false; what is not given is
    not checked.
    """
    for line in lines:
        wrong = _wrong_look(line, rule)
        if wrong:
            yield Fault(line.spot, look(line), asked_look(rule), values={"text": line.text})
            return


def _wrong_look(line: Passage, rule: Rule) -> bool:
    low, high = rule.limits.get("sizes", (0, 1000))
    off_size = not low - SIZE_SLACK <= line.size <= high + SIZE_SLACK
    off_bold = "bold" in rule.limits and line.bold != rule.limits["bold"]
    off_italic = "italic" in rule.limits and line.italic != rule.limits["italic"]
    return off_size or off_bold or off_italic


def look(line: Passage) -> str:
    """ "cỡ 12, đứng, đậm"."""
    size = f"{line.size:.1f}".removesuffix(".0").replace(".", ",")
    if abs(line.size - round(line.size)) < 0.1:
        size = str(round(line.size))
    return f"cỡ {size}, {'nghiêng' if line.italic else 'đứng'}, {_weight(line.bold)}"


def _weight(bold: bool) -> str:
    return "đậm" if bold else "không đậm"


def asked_look(rule: Rule) -> str:
    """What a rule asks for, in the words of `look`."""
    parts = []
    if "sizes" in rule.limits:
        low, high = rule.limits["sizes"]
        parts.append(f"cỡ {low}" if low == high else f"cỡ {low}-{high}")
    if "italic" in rule.limits:
        parts.append("nghiêng" if rule.limits["italic"] else "đứng")
    if "bold" in rule.limits:
        parts.append(_weight(rule.limits["bold"]))
    return ", ".join(parts)


def rule_under(paper: Paper, line: Passage) -> float | None:
    """How long the rule under a line is, as a share of the line; None for none.

    A picture or the border of a box in its place counts as a rule of unknown length: -1.
    """
    x0, _, x1, y1 = line.box
    top, bottom = y1 - 0.35 * line.height, y1 + 1.3 * line.height
    width = max(x1 - x0, 1e-6)
    page = paper.pages[line.page - 1]
    here = [r for r in page.rules if top < r[1] < bottom and r[0] < x1 and r[2] > x0]
    if here:
        pieces = [r for r in here if abs(r[1] - here[0][1]) < 0.004]
        return (max(r[2] for r in pieces) - min(r[0] for r in pieces)) / width
    for other in paper.lines[line.page]:
        letters = set(other.text.replace(" ", ""))
        under = top < other.middle < bottom and other.box[0] < x1 and other.box[2] > x0
        if under and letters <= set("_-–—"):
            return (other.box[2] - other.box[0]) / width
    drawn = [f for f in page.frames if top < f[3] < bottom and f[0] < x1 and f[2] > x0]
    pictures = drawn + [
        b for b in page.images if b[1] < bottom and b[3] > top and b[0] < x1 and b[2] > x0
    ]
    return -1.0 if pictures else None


def same(left: str, right: str) -> bool:
    """Whether two names are the same but for capitals, marks' places and signs."""
    return plain(left) == plain(right)


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", fold(text)).split())


def replacing(line: Passage, old: str, new: str) -> Repair:
    """A repair of words in the paragraph that holds this line."""
    return Repair("replace", old=old, new=new, within=old if len(old) > 12 else _within(line, old))


def _within(line: Passage, old: str) -> str:
    """A few words about `old`, as they stand side by side in the line."""
    at = line.text.find(old)
    if at < 0:
        return ""
    start = line.text.rfind(" ", 0, max(0, at - 1)) + 1
    end = line.text.find(" ", at + len(old) + 1)
    return line.text[start : end if end > 0 else None]


def first(lines: Sequence[Passage]) -> Passage | None:
    return lines[0] if lines else None
