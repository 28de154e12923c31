"""Cells 5a and 5b: the name of the type and the subject."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.outgoing.checking.paper import Paper
from app.outgoing.checking.passages import Passage
from app.outgoing.checking.registry import checks
from app.outgoing.checking.rules.tools import TOP, plain, replacing, rule_under, same, style_faults
from app.outgoing.checking.types import Fault, Rule
from ocr.fields.head import title_type
from ocr.fields.lexicon import TYPE_OF_CODE
from ocr.lines import fold


@checks("type.missing")
def type_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Neither a title nor “V/v”, and the symbol tells no type either (or tells one)."""
    told = TYPE_OF_CODE.get(re.split(r"[-/]", paper.notation)[0])
    if paper.title is None and _small_title(paper) is None and told and not paper.is_letter:
        yield Fault(paper.number.spot if paper.number else TOP, right=told.upper())


def _small_title(paper: Paper) -> Passage | None:
    """The name of a type on a line of its own in the middle, but not in capitals."""
    if paper.title is not None:
        return None
    for line in paper.lines[1]:
        centred = 0.4 < line.centre < 0.6 and line.box[0] > 0.25 and line.box[1] < 0.4
        if centred and not line.upper and title_type(line.text.upper()):
            return line
    return None


@checks("type.capitals")
def type_capitals(paper: Paper, rule: Rule) -> Iterator[Fault]:
    line = _small_title(paper)
    if line:
        right = line.text.upper()
        yield Fault(line.spot, line.text, right, replacing(line, line.text, right))


@checks("type.letter_title")
def type_letter_title(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for line in paper.lines[1]:
        if fold(line.text) == "CONG VAN" and line.upper and 0.35 < line.centre < 0.65:
            yield Fault(line.spot, line.text)


@checks("type.style")
def type_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    yield from style_faults([paper.title] if paper.title else [], rule)


@checks("type.differs")
def type_differs(paper: Paper, rule: Rule) -> Iterator[Fault]:
    wanted = paper.expected.type_name
    if wanted and paper.kind and paper.kind != wanted and paper.number:
        spot = (paper.title or paper.number).spot
        yield Fault(spot, paper.kind, wanted)


@checks("type.off_centre")
def type_off_centre(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.title is None or not paper.body_lines:
        return
    left = (
        min(line.box[0] for line in paper.body_lines if line.page == 1)
        if any(line.page == 1 for line in paper.body_lines)
        else 0.0
    )
    right = max((line.box[2] for line in paper.body_lines if line.page == 1), default=1.0)
    if right - left > 0.6 and abs(paper.title.centre - (left + right) / 2) > rule.limits["share"]:
        yield Fault(paper.title.spot, paper.title.text)


@checks("subject.missing")
def subject_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.title is not None and not paper.subject and paper.kind not in rule.limits["without"]:
        yield Fault(paper.title.spot, paper.title.text)


@checks("subject.vv_missing")
def subject_vv_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.is_letter and not paper.subject and paper.number and _about(paper) is None:
        yield Fault(paper.number.spot, paper.number.text)


def _about(paper: Paper) -> Passage | None:
    """“Về việc …” in the left column of a công văn."""
    for line in paper.lines[1]:
        at_left = line.centre < 0.47 and paper.number and line.middle > paper.number.middle
        if at_left and line.box[1] < 0.35 and re.match(r"VE VIEC|TRICH YEU", fold(line.text)):
            return line
    return None


@checks("subject.vv_form")
def subject_vv_form(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if not paper.is_letter:
        return
    line = paper.subject[0] if paper.subject else _about(paper)
    if line is None:
        return
    match = re.match(r"^(?i:v\s*/\s*v\s*[:.]?|về việc\s*:?)(?=\s|$)", line.text)
    if match and match[0] != "V/v":
        yield Fault(line.spot, match[0], "V/v", replacing(line, match[0], "V/v"))


@checks("subject.vv_in_titled")
def subject_vv_in_titled(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.title is not None and paper.subject and not paper.is_letter:
        line = paper.subject[0]
        match = re.match(r"^(?i:v\s*/\s*v)\b\s*[:.]?", line.text)
        if match:
            yield Fault(line.spot, match[0], "Về việc", replacing(line, match[0], "Về việc"))


@checks("subject.style")
def subject_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """A remark in brackets under the subject may be set otherwise."""
    if paper.title is not None:
        yield from style_faults([x for x in paper.subject if not x.text.startswith("(")], rule)


@checks("subject.vv_style")
def subject_vv_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.title is None and paper.is_letter:
        yield from style_faults(paper.subject, rule)


@checks("subject.capitals")
def subject_capitals(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """The subject is in small letters; the name of the type alone is in capitals."""
    text = paper.subject_text
    if text and text.upper and len(text.words) > 3:
        yield Fault(text.spot, text.text, text.text.capitalize())


@checks("subject.full_stop")
def subject_full_stop(paper: Paper, rule: Rule) -> Iterator[Fault]:
    text = paper.subject_text
    if text and re.search(r"[.;,:]$", text.text) and not text.text.endswith(("...", "v.v.")):
        last = paper.subject[-1]
        repair = replacing(last, last.text, last.text.rstrip(".;,: "))
        yield Fault(last.spot, text.text[-1], repair=repair, values={"text": last.text})


@checks("subject.length")
def subject_length(paper: Paper, rule: Rule) -> Iterator[Fault]:
    text = paper.subject_text
    if text and len(text.words) > rule.limits["words"]:
        yield Fault(text.spot, str(len(text.words)), str(rule.limits["words"]))


@checks("subject.rule_missing")
def subject_rule_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    last = paper.subject[-1] if paper.title is not None and paper.subject else None
    if last is not None and rule_under(paper, last) is None:
        yield Fault(last.spot, last.text)


@checks("subject.differs")
def subject_differs(paper: Paper, rule: Rule) -> Iterator[Fault]:
    wanted, text = paper.expected.subject, paper.subject_text
    if wanted and text and not same(_bare(text.text), _bare(wanted)):
        yield Fault(text.spot, text.text, wanted)


def _bare(text: str) -> str:
    return re.sub(r"^(V V|VE VIEC|VE) ", "", plain(text))
