"""Cells 9a and 9b: “Kính gửi” and “Nơi nhận”."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.outgoing.checking.paper import Paper
from app.outgoing.checking.passages import Passage
from app.outgoing.checking.registry import checks
from app.outgoing.checking.rules.tools import TOP, plain, replacing, style_faults
from app.outgoing.checking.types import Fault, Rule, Spot
from ocr.lines import fold

DASH = re.compile(r"^\s*-\s*")
ANY_DASH = re.compile(r"^\s*[-–—+•*~]\s*")
FILED = re.compile(r"^[-–—+•*~\s]*L[ưƯ]u\b", re.IGNORECASE)
GOOD_FILED = re.compile(r"^-\s*Lưu: (VT|VP|VTLT|HC|BC|BKH|VT-LT)\b")


@checks("recipients.to_missing")
def to_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.kind in rule.limits["types"] and paper.number and not paper.to_lines:
        spot = paper.subject[-1].spot if paper.subject else paper.number.spot
        yield Fault(spot, values={"kind": paper.kind})


@checks("recipients.to_unwanted")
def to_unwanted(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.kind in rule.limits["types"] and paper.title is not None and paper.to_lines:
        yield Fault(paper.to_lines[0].spot, paper.to_lines[0].text, values={"kind": paper.kind})


@checks("recipients.to_colon")
def to_colon(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.to_lines:
        line = paper.to_lines[0]
        match = re.match(r"(?i)^kính\s+gửi\s*(:?)", line.text)
        if match and match[0] != "Kính gửi:":
            yield Fault(line.spot, match[0], "Kính gửi:", replacing(line, match[0], "Kính gửi:"))


@checks("recipients.to_style")
def to_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    yield from style_faults(paper.to_lines[:1], rule)


def _addressees(paper: Paper) -> list[Passage]:
    """The lines under “Kính gửi:” that begin an entry of the list."""
    return [line for line in paper.to_lines[1:] if ANY_DASH.match(line.text)]


@checks("recipients.to_dashes")
def to_dashes(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Two addressees and more stand each on a line with a dash."""
    if not paper.to_lines:
        return
    first, rest = paper.to_lines[0], paper.to_lines[1:]
    after = re.sub(r"(?i)^kính\s+gửi\s*:?\s*", "", first.text)
    several = ";" in first.text[:-1] or (after.endswith(";") and rest)
    listed = not after and len(rest) > 1 and sum(x.text.endswith(";") for x in rest) > 0
    if several and not ANY_DASH.match(after):
        yield Fault(first.spot, first.text)
    elif listed and not any(ANY_DASH.match(line.text) for line in rest):
        yield Fault(rest[0].spot, rest[0].text, f"- {rest[0].text}")


@checks("recipients.to_signs")
def to_signs(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Entries end with “;”, the last one with “.”."""
    starts = _addressees(paper)
    if len(starts) < 2:
        return
    lines = paper.to_lines[1:]
    ends = [lines[lines.index(start) - 1] for start in starts[1:]]
    wrong = next((line for line in ends if not line.text.endswith(";")), None)
    if wrong is not None:
        right = wrong.text.rstrip(" .,;") + ";"
        yield Fault(wrong.spot, wrong.text, right, replacing(wrong, wrong.text, right))
    elif not lines[-1].text.endswith("."):
        right = lines[-1].text.rstrip(" .,;") + "."
        yield Fault(
            lines[-1].spot, lines[-1].text, right, replacing(lines[-1], lines[-1].text, right)
        )


@checks("recipients.missing")
def missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.has_text and not paper.received:
        yield Fault(Spot(paper.last_page), right="Nơi nhận:")


@checks("recipients.heading")
def heading(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.received and not FILED.match(paper.received[0].text):
        line = paper.received[0]
        match = re.match(r"(?i)^\W*nơi\s+nhận\s*[:;.]?", line.text)
        if match and match[0] != "Nơi nhận:":
            yield Fault(line.spot, match[0], "Nơi nhận:", replacing(line, match[0], "Nơi nhận:"))


@checks("recipients.heading_style")
def heading_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.received and fold(paper.received[0].text).startswith("NOI NHAN"):
        yield from style_faults(paper.received[:1], rule)


def _items(paper: Paper) -> list[Passage]:
    """The entries, without headings among them ("Gửi bản điện tử:")."""
    return [item for item in paper.received_items if not item.text.endswith(":")]


@checks("recipients.item_style")
def item_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    yield from style_faults(_items(paper), rule)


@checks("recipients.item_dash")
def item_dash(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for item in _items(paper):
        sign = ANY_DASH.match(item.text)
        if not DASH.match(item.text):
            bare = ANY_DASH.sub("", item.text)
            old = item.text[: len(sign[0]) + 12] if sign else bare[:16]
            right = f"- {ANY_DASH.sub('', old)}"
            yield Fault(item.spot, item.text[:40], right, replacing(item, old, right))
            return


@checks("recipients.item_end")
def item_end(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for item in _items(paper)[:-1]:
        if not item.text.endswith(";") and not FILED.match(item.text):
            right = item.text.rstrip(" ,.;") + ";"
            yield Fault(item.spot, item.text, right, replacing(item, item.text, right))
            return


@checks("recipients.keep_missing")
def keep_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.received_items and not any(FILED.match(x.text) for x in paper.received_items):
        yield Fault(paper.received_items[-1].spot, paper.received_items[-1].text, "- Lưu: VT, … .")


def _keep(paper: Paper) -> Passage | None:
    return next((item for item in paper.received_items if FILED.match(item.text)), None)


@checks("recipients.keep_form")
def keep_form(paper: Paper, rule: Rule) -> Iterator[Fault]:
    item = _keep(paper)
    if item and not re.match(r"^[-–—+•*~]?\s*Lưu: ?VT\b", item.text):
        rest = re.sub(r"(?i)^[-–—+•*~\s]*lưu\s*[:;.,]?\s*(vt\b)?[,;]?\s*", "", item.text)
        right = f"- Lưu: VT, {rest}" if rest.strip(" .") else "- Lưu: VT."
        yield Fault(item.spot, item.text, right, replacing(item, item.text, right))


@checks("recipients.keep_unit")
def keep_unit(paper: Paper, rule: Rule) -> Iterator[Fault]:
    item = _keep(paper)
    if item and re.fullmatch(r"^[-–—+•*~]?\s*Lưu: ?VT\s*[.;,]?", item.text):
        yield Fault(item.spot, item.text, "- Lưu: VT, <đơn vị soạn thảo>.")


@checks("recipients.keep_last")
def keep_last(paper: Paper, rule: Rule) -> Iterator[Fault]:
    item = _keep(paper)
    if item and paper.received_items[-1] is not item:
        after = paper.received_items[paper.received_items.index(item) + 1]
        if ANY_DASH.match(after.text):
            yield Fault(item.spot, item.text)


@checks("recipients.final_stop")
def final_stop(paper: Paper, rule: Rule) -> Iterator[Fault]:
    item = _keep(paper)
    if (
        item
        and item is paper.received_items[-1]
        and not re.search(r"\.\W*(\w{1,6}\W*)?$", item.text)
    ):
        right = item.text.rstrip(" ;,") + "."
        yield Fault(item.spot, item.text, right, replacing(item, item.text, right))


@checks("recipients.as_above")
def as_above(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“Như trên” refers to “Kính gửi”; a decision says “Như Điều …”."""
    for item in paper.received_items:
        if re.match(r"^\W*NHU TREN\b", fold(item.text)) and not paper.to_lines:
            last = paper.articles[-1][0] if paper.articles else None
            yield Fault(item.spot, item.text, f"- Như Điều {last};" if last else "")


@checks("recipients.article")
def article(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“Như Điều 5” where there is no Điều 5."""
    numbers = {number for number, _ in paper.articles}
    for item in paper.received_items:
        match = re.search(r"Như Điều (\d+)", item.text)
        if match and numbers and int(match[1]) not in numbers:
            right = f"Như Điều {max(numbers)}"
            yield Fault(item.spot, match[0], right, replacing(item, match[0], right))


@checks("recipients.twice")
def twice(paper: Paper, rule: Rule) -> Iterator[Fault]:
    seen: set[str] = set()
    for item in paper.received_items:
        key = plain(item.text)
        if key and key in seen:
            yield Fault(item.spot, item.text)
        seen.add(key)


@checks("recipients.abolished")
def abolished(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Organs that do not exist any more, as addressees (the day of the paper counts)."""
    for part in [*paper.to_lines, *paper.received_items]:
        for words, right in rule.limits["organs"].items():
            for match, spot in part.find(words):
                yield Fault(spot, match[0], right)
                return


@checks("recipients.differ")
def differ(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """An addressee that the system knows does not stand in “Kính gửi”."""
    text = plain(" ".join(line.text for line in paper.to_lines))
    for name in paper.expected.addressees:
        if paper.to_lines and plain(name) not in text:
            yield Fault(paper.to_lines[0].spot if paper.to_lines else TOP, "", name)
