"""Paper, margins, fonts, colours, page numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from app.outgoing.checking.paper import MARGIN_ZONE, Paper
from app.outgoing.checking.passages import Passage
from app.outgoing.checking.reading import COLOURED
from app.outgoing.checking.registry import checks
from app.outgoing.checking.rules.tools import TOP, style_faults
from app.outgoing.checking.types import Fault, Repair, Rule, Spot

MM = 25.4 / 72


@checks("page.no_text")
def no_text(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if not paper.has_text:
        yield Fault(TOP)


@checks("page.size")
def size(paper: Paper, rule: Rule) -> Iterator[Fault]:
    width, height = rule.limits["millimetres"]
    for page in paper.pages:
        sides = sorted((page.width * MM, page.height * MM))
        if abs(sides[0] - width) > 2 or abs(sides[1] - height) > 2:
            found = f"{sides[0]:.0f} × {sides[1]:.0f} mm"
            yield Fault(Spot(page.number), found, f"{width} × {height} mm", Repair("paper"))
            return


@checks("page.landscape")
def landscape(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.pages[0].width > paper.pages[0].height:
        yield Fault(TOP)


def _margin_faults(found: dict[str, float], rule: Rule) -> list[str]:
    names = {"top": "trên", "bottom": "dưới", "left": "trái", "right": "phải"}
    slack = rule.limits["slack"]
    wrong = []
    for side, value in found.items():
        low, high = rule.limits[side]
        if not low - slack <= value <= high + slack:
            shown = f"{value:.0f}" if abs(value - round(value)) < 0.06 else f"{value:.1f}"
            wrong.append(f"{names[side]} {shown.replace('.', ',')} mm (đúng: {low}-{high} mm)")
    return wrong


@checks("page.margins")
def margins(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """As the DOCX says; without it, as the text of the first page lies on the PDF."""
    found = _docx_margins(paper) if paper.docx else _seen_margins(paper)
    wrong = _margin_faults(found, rule)
    if wrong:
        yield Fault(TOP, "; ".join(wrong), repair=Repair("margins"))


def _docx_margins(paper: Paper) -> dict[str, float]:
    section = paper.docx.sections[0] if paper.docx and paper.docx.sections else None
    if section is None:
        return {}
    return {
        "top": section.top,
        "bottom": section.bottom,
        "left": section.left,
        "right": section.right,
    }


def _seen_margins(paper: Paper) -> dict[str, float]:
    """Left and right, where full paragraphs show them."""
    page = paper.pages[0]
    full = [p for p in paper.body if len(p.lines) > 1]
    if len([line for p in full for line in p.lines]) < 5:
        return {}
    left = [line.box[0] for p in full for line in p.lines[1:]]
    right = [line.box[2] for p in full for line in p.lines[:-1]]
    width = page.width * MM
    return {
        "left": _common(left) * width,
        "right": (1 - _common(right)) * width,
    }


def _common(edges: list[float]) -> float:
    """The edge that most lines share, to half a per cent of the page."""
    steps = Counter(round(edge * 400) for edge in edges)
    best = steps.most_common(1)[0][0]
    near = [edge for edge in edges if abs(edge * 400 - best) <= 1]
    return sum(near) / len(near)


@checks("page.font")
def font(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Letters of the paper proper; a name or number in a signature's appearance does not count."""
    allowed = set(rule.limits["families"])
    letters: Counter[str] = Counter()
    where: dict[str, Passage] = {}
    for number in range(1, paper.last_page + 1):
        for line in paper.lines.get(number, []):
            for word in line.words:
                letters[word.font] += sum(c.isalpha() for c in word.text)
                where.setdefault(word.font, line)
    total = sum(letters.values())
    for family, count in letters.most_common():
        if family and family not in allowed and count > rule.limits["share"] * total:
            yield Fault(where[family].spot, family, "Times New Roman", Repair("font"))
            return


@checks("page.font_declared")
def font_declared(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """The DOCX declares another family for a good part of its letters."""
    fonts = paper.docx.fonts if paper.docx else ()
    total = sum(count for _, count in fonts)
    for family, count in fonts:
        if family and family != "Times New Roman" and count > rule.limits["share"] * total:
            yield Fault(TOP, family, "Times New Roman", Repair("font"))
            return


@checks("page.legacy_font")
def legacy_font(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for number, lines in paper.lines.items():
        for line in lines:
            for word in line.words:
                if word.font.startswith((".vn", "vni")):
                    yield Fault(Spot(number, line.box), word.font, "Times New Roman (Unicode)")
                    return


@checks("page.colour")
def colour(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Coloured words in the running text (marks, seals and signatures are red or blue)."""
    for part in [*paper.body, *paper.subject, *paper.received_items]:
        coloured = [w for w in part.words if max(w.colour) - min(w.colour) > COLOURED]
        if coloured and not any("@" in w.text or "/" in w.text for w in coloured):
            yield Fault(Spot(part.page, coloured[0].box), " ".join(w.text for w in coloured[:6]))
            return


def _page_numbers(paper: Paper, page: int) -> list[Passage]:
    return [line for line in paper.lines.get(page, []) if paper.is_page_number(line)]


@checks("page.number_first")
def number_first(paper: Paper, rule: Rule) -> Iterator[Fault]:
    found = _page_numbers(paper, 1)
    if found:
        yield Fault(found[0].spot, found[0].text)


@checks("page.number_missing")
def number_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for number in range(2, paper.last_page + 1):
        if paper.lines.get(number) and not _page_numbers(paper, number):
            yield Fault(Spot(number), right=str(number))
            return


@checks("page.number_place")
def number_place(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for number in range(2, paper.last_page + 1):
        for line in _page_numbers(paper, number)[:1]:
            if line.box[1] > 1 - MARGIN_ZONE or not 0.42 < line.centre < 0.62:
                yield Fault(line.spot, line.text)
                return


@checks("page.number_wrong")
def number_wrong(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for number in range(2, paper.last_page + 1):
        found = _page_numbers(paper, number)
        texts = {line.text.strip(" -–—.()") for line in found}
        if found and str(number) not in texts:
            yield Fault(found[0].spot, found[0].text, str(number))
            return


@checks("page.number_form")
def number_form(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """The digits alone: no dashes, no brackets."""
    for number in range(2, paper.last_page + 1):
        for line in _page_numbers(paper, number)[:1]:
            if not line.text.strip().isdigit():
                yield Fault(line.spot, line.text, line.text.strip(" -–—.()"))
                return


@checks("page.number_style")
def number_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for number in range(2, paper.last_page + 1):
        found = list(style_faults(_page_numbers(paper, number)[:1], rule))
        if found:
            yield found[0]
            return


@checks("page.blank")
def blank(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for page in paper.pages[1:]:
        lines = [x for x in paper.lines[page.number] if not paper.is_page_number(x)]
        if not lines and not page.images:
            yield Fault(Spot(page.number))
            return
