"""Cell 6: bases, articles, clauses, points, the setting of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from app.outgoing.checking.paper import ENACTS, Paper
from app.outgoing.checking.passages import Paragraph
from app.outgoing.checking.registry import checks
from app.outgoing.checking.rules.tools import TOP, replacing, style_faults
from app.outgoing.checking.types import Fault, Rule
from ocr.lines import fold

CLAUSE = re.compile(r"^(\d{1,2})(?P<sign>[.)/:]|\s?-)\s+\S")
POINT = re.compile(r"^([a-zđ])(?P<sign>[.)/:])\s+\S")
LETTERS = "abcdđeghiklmnopqrstuvxy"
"""Order of points: the Vietnamese letters without those that carry a mark over a vowel."""


@checks("body.bases_missing")
def bases_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    wanted = paper.kind in rule.limits["types"] and paper.title is not None and paper.body
    if wanted and paper.title and not paper.bases:
        yield Fault(paper.title.spot, paper.title.text, values={"kind": paper.kind})


@checks("body.base_end")
def base_end(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Each base but the last ends with a semicolon."""
    for base in paper.bases[:-1]:
        if not base.text.endswith(";"):
            yield _ending(base, ";")
            return


@checks("body.last_base_end")
def last_base_end(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """The last base ends with a full stop, where an enacting line follows."""
    if paper.bases and paper.enacting is not None and not paper.bases[-1].text.endswith("."):
        yield _ending(paper.bases[-1], ".")


def _ending(base: Paragraph, sign: str) -> Fault:
    last = base.lines[-1]
    bare = last.text.rstrip(" ;,.:")
    right = f"{bare}{sign}"
    return Fault(last.spot, last.text[-24:], right[-24:], replacing(last, last.text, right))


@checks("body.base_italic")
def base_italic(paper: Paper, rule: Rule) -> Iterator[Fault]:
    yield from style_faults(paper.bases, rule)


@checks("body.base_reference")
def base_reference(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """A base with the number of a document and no date of it."""
    pattern = re.compile(
        r"^(?:Căn cứ|Thực hiện) (Nghị định|Thông tư|Quyết định|Nghị quyết|Tờ trình|Công văn"
        r"|Chỉ thị|Kế hoạch) số "
        r"\d\w*/[\w/\-–]+(?![\w/\-–]|,? ngày)(?=[\s,;.]*(?:của|về|quy|ban|$|;))"
    )
    for base in paper.bases:
        for match, spot in base.find(pattern):
            yield Fault(spot, match[0])
            return


@checks("body.base_without_number")
def base_without_number(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“Căn cứ Quyết định ngày …”: a document named by its date, without its number."""
    pattern = r"^Căn cứ (Nghị định|Thông tư|Quyết định|Công văn|Kế hoạch|Chỉ thị) ngày \d"
    for base in paper.bases:
        for match, spot in base.find(pattern):
            yield Fault(spot, match[0])


@checks("body.enacting_missing")
def enacting_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    wanted = rule.limits["types"].get(paper.kind or "")
    if wanted and paper.articles and paper.enacting is None:
        yield Fault(paper.articles[0][1].spot, paper.articles[0][1].text[:30], f"{wanted}:")


@checks("body.enacting_colon")
def enacting_colon(paper: Paper, rule: Rule) -> Iterator[Fault]:
    line = paper.enacting
    if line and ENACTS.match(fold(line.text)) and not line.text.endswith(":"):
        yield Fault(line.spot, line.text, f"{line.text}:")


@checks("body.article_form")
def article_form(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“Điều 1:” or “ĐIỀU 1.” for “Điều 1.”."""
    for part in paper.body:
        match = re.match(r"^(Điều|ĐIỀU)\s?(\d{1,3})\s?([.:)\-–/]?)(?=\s+[A-ZÀ-ỸĐ])", part.text)
        right = f"Điều {match[2]}." if match else ""
        if match and match[0] != right:
            yield Fault(
                part.at(0, len(match[0])), match[0], right, replacing(part, match[0], right)
            )
            return


@checks("body.article_order")
def article_order(paper: Paper, rule: Rule) -> Iterator[Fault]:
    numbers = [number for number, _ in paper.articles]
    if numbers and numbers[0] != 1:
        part = paper.articles[0][1]
        yield Fault(part.spot, f"Điều {numbers[0]}", "Điều 1")
        return
    for (before, _), (number, part) in pairwise(paper.articles):
        if number != before + 1:
            yield Fault(part.at(0, 8), f"Điều {number}", f"Điều {before + 1}")
            return


@checks("body.article_style")
def article_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“Điều 1.” itself is bold; what follows it may be or not."""
    for number, part in paper.articles:
        word = next((w for w in part.words if w.text.strip(".:") == str(number)), None)
        if word is not None and not word.bold:
            yield Fault(part.at(0, 8), f"Điều {number}", f"Điều {number} (đậm)")
            return


def _sections(paper: Paper) -> list[list[Paragraph]]:
    """Paragraphs from one article to the next (the whole body when there are no articles)."""
    starts = [paper.body.index(part) for _, part in paper.articles]
    if not starts:
        return []
    return [paper.body[a:b] for a, b in pairwise([*starts, len(paper.body)])]


@checks("body.clause_order")
def clause_order(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """A gap in the clauses of one article: 1., 2., 4."""
    for section in _sections(paper):
        found = [(int(m[1]), p) for p in section if (m := CLAUSE.match(p.text))]
        for (before, _), (number, part) in pairwise(found):
            if number == before + 2:
                yield Fault(part.at(0, 2), f"{number}.", f"{before + 1}.")
                return


@checks("body.clause_form")
def clause_form(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for section in _sections(paper):
        for part in section:
            match = CLAUSE.match(part.text)
            if match and match["sign"] != ".":
                old = match[1] + match["sign"]
                yield Fault(
                    part.at(0, 2), old, f"{match[1]}.", replacing(part, old, f"{match[1]}.")
                )
                return


@checks("body.point_form")
def point_form(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for section in _sections(paper):
        for part in section:
            match = POINT.match(part.text)
            if match and match["sign"] != ")":
                old = match[1] + match["sign"]
                yield Fault(
                    part.at(0, 2), old, f"{match[1]})", replacing(part, old, f"{match[1]})")
                )
                return


@checks("body.point_order")
def point_order(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Points go a, b, c, d, đ, e, g, h …"""
    for before, part in pairwise(paper.body):
        one, two = POINT.match(before.text), POINT.match(part.text)
        if not one or not two or one[1] not in LETTERS[:-1]:
            continue
        wanted = LETTERS[LETTERS.index(one[1]) + 1]
        if two[1] != wanted and two[1] != "a":
            old = two[1] + two["sign"]
            yield Fault(part.at(0, 2), old, f"{wanted})", replacing(part, old, f"{wanted})"))
            return


@checks("body.size")
def body_size(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Running text: paragraphs of two lines and more."""
    yield from style_faults([p for p in paper.body if len(p.lines) > 1], rule)


@checks("body.justified")
def body_justified(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """In paragraphs of three lines and more, all lines but the last reach the right edge."""
    edges = [
        (line.box[2], part)
        for part in paper.body
        if len(part.lines) > 2
        for line in part.lines[:-1]
        if line.page == part.page
    ]
    if len(edges) < rule.limits["lines"]:
        return
    right = max(edge for edge, _ in edges)
    ragged = [part for edge, part in edges if right - edge > rule.limits["slack"]]
    if len(ragged) > rule.limits["share"] * len(edges):
        yield Fault(ragged[0].spot)


@checks("body.indent")
def body_indent(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """The first line of a paragraph is set in by 1 or 1.27 cm."""
    low, high = rule.limits["millimetres"]
    width = paper.pages[0].width / 72 * 25.4
    depths = []
    for part in paper.body:
        if len(part.lines) > 1 and part.lines[1].page == part.page:
            rest = min(line.box[0] for line in part.lines[1:] if line.page == part.page)
            depths.append(((part.lines[0].box[0] - rest) * width, part))
    off = [part for depth, part in depths if not low <= depth <= high]
    if len(depths) >= 3 and len(off) > rule.limits["share"] * len(depths):
        depth = next(depth for depth, part in depths if part is off[0])
        yield Fault(
            off[0].lines[0].spot, f"{depth / 10:.1f} cm".replace(".", ","), "1 cm hoặc 1,27 cm"
        )


@checks("body.line_spacing")
def line_spacing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """From line to line of one paragraph at most 1.5 times a single line."""
    wide = 0
    for part in paper.body:
        for before, line in pairwise(part.lines):
            if before.page != line.page:
                continue
            pitch = (line.middle - before.middle) * paper.pages[line.page - 1].height
            wide += pitch > rule.limits["times"] * line.size * 1.15
            if wide >= 3:
                share = f"{pitch / (line.size * 1.15):.1f}".replace(".", ",")
                yield Fault(part.spot, share)
                return


@checks("body.placeholder")
def placeholder(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """What is left of a template."""
    pattern = re.compile("|".join(rule.limits["patterns"]))
    for part in paper.prose:
        for match, spot in part.find(pattern):
            yield Fault(spot, match[0])
            return


@checks("body.empty")
def body_empty(paper: Paper, rule: Rule) -> Iterator[Fault]:
    words = sum(len(part.words) for part in paper.body)
    if paper.has_text and paper.number and words < rule.limits["words"]:
        yield Fault(paper.title.spot if paper.title else TOP)
