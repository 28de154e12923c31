"""Cells 1 and 2: the country's title and motto, the names of the organs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from app.outgoing.checking.paper import Paper
from app.outgoing.checking.passages import Passage, whole
from app.outgoing.checking.registry import checks
from app.outgoing.checking.rules.tools import TOP, replacing, rule_under, same, style_faults
from app.outgoing.checking.types import Fault, Rule

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
NATION_OLD_TONE = "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
DASHES = re.compile(r"\s*[-–—−]\s*")


@checks("head.nation_missing")
def nation_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.nation is None:
        yield Fault(TOP, right=NATION)


@checks("head.nation_wording")
def nation_wording(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Something printed over the line (a number, a stamp) does not count as its wording."""
    line = paper.nation
    if line is None or line.text in (NATION, NATION_OLD_TONE):
        return
    near = [w for w in paper.texts[0].words if abs((w.box[1] + w.box[3]) / 2 - line.middle) < 0.006]
    words = [w.text for w in sorted(near, key=lambda w: w.box[0]) if w.text in NATION.split()]
    if " ".join(words[-8:]) != NATION:
        yield Fault(line.spot, line.text, NATION, replacing(line, line.text, NATION))


@checks("head.nation_place")
def nation_place(paper: Paper, rule: Rule) -> Iterator[Fault]:
    line = paper.nation
    if line and line.centre < 0.55:
        yield Fault(line.spot, line.text)


@checks("head.nation_style")
def nation_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    yield from style_faults([paper.nation] if paper.nation else [], rule)


@checks("head.motto_missing")
def motto_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.motto is None:
        yield Fault(paper.nation.spot if paper.nation else TOP, right=MOTTO)


@checks("head.motto_order")
def motto_order(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.nation and paper.motto and paper.motto.middle < paper.nation.middle:
        yield Fault(paper.motto.spot, paper.motto.text)


def _motto_without_dashes(text: str) -> str:
    return " ".join(DASHES.sub(" ", text).split())


@checks("head.motto_wording")
def motto_wording(paper: Paper, rule: Rule) -> Iterator[Fault]:
    line = paper.motto
    if line and _motto_without_dashes(line.text) != _motto_without_dashes(MOTTO):
        yield Fault(line.spot, line.text, MOTTO, replacing(line, line.text, MOTTO))


@checks("head.motto_dashes")
def motto_dashes(paper: Paper, rule: Rule) -> Iterator[Fault]:
    line = paper.motto
    if line is None or _motto_without_dashes(line.text) != _motto_without_dashes(MOTTO):
        return
    if line.text != MOTTO:
        yield Fault(line.spot, line.text, MOTTO, replacing(line, line.text, MOTTO))


@checks("head.motto_style")
def motto_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    yield from style_faults([paper.motto] if paper.motto else [], rule)


@checks("head.motto_rule_missing")
def motto_rule_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.motto and rule_under(paper, paper.motto) is None:
        yield Fault(paper.motto.spot, paper.motto.text)


@checks("head.motto_rule_length")
def motto_rule_length(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.motto is not None:
        yield from _rule_length(paper, paper.motto, rule)


def _rule_length(paper: Paper, line: Passage, rule: Rule) -> Iterator[Fault]:
    share = rule_under(paper, line)
    low, high = rule.limits["share"]
    if share is not None and share > 0 and not low <= share <= high:
        percent = f"{round(share * 100)}%"
        yield Fault(line.spot, percent, values={"text": line.text, "percent": percent})


@checks("head.organ_missing")
def organ_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if not paper.organ_lines and paper.number is not None:
        yield Fault(paper.number.spot)


@checks("head.organ_capitals")
def organ_capitals(paper: Paper, rule: Rule) -> Iterator[Fault]:
    line = _small_organ(paper)
    if line:
        right = unicodedata.normalize("NFC", line.text.upper())
        yield Fault(line.spot, line.text, right, replacing(line, line.text, right))


def _small_organ(paper: Paper) -> Passage | None:
    """A line over the number that is words, but not in capitals."""
    if paper.number is None or paper.nation is None:
        return None
    for line in (line for line in paper.lines[1] if line.centre < paper.nation.box[0]):
        above = paper.nation.box[1] - line.height < line.middle < paper.number.box[1]
        letters = [c for c in line.text if c.isalpha()]
        small = sum(c.islower() for c in letters)
        if above and line.centre < 0.45 and len(letters) > 4 and small > 0.15 * len(letters):
            return line
    return None


@checks("head.organ_style")
def organ_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    yield from style_faults(paper.issuer, rule)


@checks("head.superior_style")
def superior_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    yield from style_faults(paper.superior, rule)


@checks("head.organ_rule_missing")
def organ_rule_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if not paper.issuer or _small_organ(paper):
        return
    if rule_under(paper, paper.issuer[-1]) is None:
        yield Fault(paper.issuer[-1].spot, paper.issuer[-1].text)


@checks("head.organ_rule_length")
def organ_rule_length(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Against the last line of the name or its longest: both are read into the decree."""
    if not paper.issuer:
        return
    last = paper.issuer[-1]
    share = rule_under(paper, last)
    width = last.box[2] - last.box[0]
    longest = max(line.box[2] - line.box[0] for line in paper.issuer)
    low, high = rule.limits["share"]
    if share is None or share < 0 or low <= share * width / longest <= high:
        return
    yield from _rule_length(paper, last, rule)


@checks("head.organ_unexpected")
def organ_unexpected(paper: Paper, rule: Rule) -> Iterator[Fault]:
    wanted, block = paper.expected.organ, whole(paper.organ_lines)
    if wanted is None or block is None:
        return
    both = f"{paper.expected.superior_organ or ''} {wanted}"
    if not any(
        same(name, text) for name in (wanted, both) for text in (paper.issuer_name, block.text)
    ):
        yield Fault(block.spot, block.text, wanted.upper())


@checks("head.abbreviated_organ")
def abbreviated_organ(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """The issuing organ in full; only its superior may be abbreviated."""
    for line in paper.issuer:
        for match, spot in line.find(r"\b(" + "|".join(rule.limits["words"]) + r")\b"):
            right = rule.limits["words"][match[1]]
            yield Fault(spot, match[1], right, replacing(line, match[1], right))
