"""Cell 7: authority, post and name of the signer (Điều 13)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.outgoing.checking import signing_block
from app.outgoing.checking.paper import Paper
from app.outgoing.checking.passages import whole
from app.outgoing.checking.registry import checks
from app.outgoing.checking.rules.tools import TOP, plain, replacing, same, style_faults
from app.outgoing.checking.types import Fault, Rule, Spot
from ocr.lines import fold

COLLECTIVE = ("UY BAN", "UBND", "HOI DONG", "HDND", "BAN CHI DAO")
FORMS = {"TM": "TM.", "KT": "KT.", "TL": "TL.", "TUQ": "TUQ.", "Q": "Q."}


def _authorities(paper: Paper) -> list[tuple[str, str, Spot]]:
    """(kind, whose, place) of each authority line."""
    return [
        (re.sub(r"[^A-Z]", "", match["auth"]), match["of"].strip(), line.spot)
        for match, line in paper.block.authority
    ]


def _deputy(post: str) -> bool:
    return fold(post).startswith(("PHO ", "THU TRUONG"))


@checks("signature.missing")
def signature_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.has_text and not paper.block.lines:
        yield Fault(Spot(paper.last_page))


@checks("signature.authority_form")
def authority_form(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“TM.”, “KT.”, “TL.”, “TUQ.”, “Q.”, a full stop and one space."""
    for match, line in paper.block.authority:
        right = FORMS[re.sub(r"[^A-Z]", "", match["auth"])]
        written = f"{match['auth']}{match['sign'].strip()}"
        if written != right:
            yield Fault(line.spot, written, right, replacing(line, written, right))


@checks("signature.deputy_alone")
def deputy_alone(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """A deputy signs for the head: KT. (or by TUQ., TL. of somebody)."""
    kinds = {kind for kind, _, _ in _authorities(paper)}
    if not _deputy(paper.block.post) or kinds & {"KT", "TUQ"} or _signs_down(paper):
        return
    if paper.block.post_line:
        yield Fault(paper.block.post_line.spot, paper.block.post, _head_of(paper.block.post))


def _signs_down(paper: Paper) -> bool:
    """“TL. CHỦ TỊCH” over “CHỦ TỊCH” or “PHÓ CHỦ TỊCH”: a fault of its own."""
    authorities = _authorities(paper)
    own = plain(paper.block.post).removeprefix("PHO ")
    return bool(authorities and authorities[-1][0] == "TL" and own == plain(authorities[-1][1]))


def _head_of(post: str) -> str:
    head = re.sub(r"(?i)^phó\s+", "", post)
    return f"KT. {'BỘ TRƯỞNG' if fold(post).startswith('THU TRUONG') else head}"


@checks("signature.kt_without_deputy")
def kt_without_deputy(paper: Paper, rule: Rule) -> Iterator[Fault]:
    authorities = _authorities(paper)
    post, line = paper.block.post, paper.block.post_line
    also = tuple(map(plain, rule.limits["also"]))
    if not authorities or authorities[-1][0] != "KT" or not post or line is None:
        return
    if not _deputy(post) and not plain(post).startswith(also):
        yield Fault(line.spot, post, f"PHÓ {authorities[-1][1]}")


@checks("signature.kt_other_post")
def kt_other_post(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """KT. GIÁM ĐỐC over PHÓ CHỦ TỊCH: the deputy of another post."""
    authorities, post = _authorities(paper), paper.block.post
    if not authorities or authorities[-1][0] != "KT" or not fold(post).startswith("PHO "):
        return
    head, own = plain(authorities[-1][1]), plain(post).removeprefix("PHO ")
    if head.startswith(COLLECTIVE):
        return
    if not own.startswith(head[:9]) and not head.startswith(own[:9]):
        line = paper.block.post_line
        yield Fault(line.spot if line else TOP, post, f"PHÓ {authorities[-1][1]}")


@checks("signature.tm_single")
def tm_single(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """TM. stands for a collective body, not for a person's post."""
    for kind, whose, spot in _authorities(paper):
        if kind == "TM" and plain(whose).startswith(tuple(map(plain, rule.limits["posts"]))):
            yield Fault(spot, f"TM. {whose}")


@checks("signature.single_of_collective")
def single_of_collective(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """KT., TL., TUQ. and Q. stand before a post, never before a collective body."""
    for kind, whose, spot in _authorities(paper):
        bodies = tuple(map(plain, rule.limits["bodies"]))
        if kind in ("KT", "Q") and plain(whose).startswith(bodies):
            yield Fault(spot, f"{kind}. {whose}", f"TM. {whose}")


@checks("signature.tl_same_level")
def tl_same_level(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """TL. CHỦ TỊCH over PHÓ CHỦ TỊCH: who signs by order is the head of a unit."""
    if _signs_down(paper):
        line = paper.block.post_line
        right = f"KT. {_authorities(paper)[-1][1]}"
        yield Fault(line.spot if line else TOP, paper.block.post, right)


@checks("signature.enacting_differs")
def enacting_differs(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“CHỦ TỊCH ỦY BAN …” decides, but “TM. ỦY BAN …” signs; or the other way round."""
    bodies = tuple(map(plain, rule.limits["bodies"]))
    if paper.enacting is None or not paper.block.lines:
        return
    before = [p for p in paper.body[: paper.body.index(paper.enacting)] if p.upper]
    if not before:
        return
    decides, collective = plain(before[0].text), "TM" in [k for k, _, _ in _authorities(paper)]
    if decides.startswith(bodies) and not collective:
        yield Fault(paper.block.lines[0].spot, paper.block.lines[0].text, f"TM. {before[0].text}")
    if decides.startswith(("CHU TICH ", "GIAM DOC ")) and collective:
        yield Fault(paper.block.lines[0].spot, paper.block.lines[0].text, "không ghi TM.")


@checks("signature.authority_differs")
def authority_differs(paper: Paper, rule: Rule) -> Iterator[Fault]:
    wanted = paper.expected.authority_lines
    if wanted is None or not paper.block.lines:
        return
    text = " ".join(line.text for _, line in paper.block.authority)
    found = [f"{kind}. {whose}" for kind, whose, _ in _authorities(paper)]
    if [plain(x) for x in found] != [plain(x) for x in wanted]:
        if plain(" ".join(line.text for line in paper.block.lines)).startswith(
            plain(" ".join(wanted)) or "\0"
        ):
            return  # an authority over two lines
        right = " / ".join(wanted) or "không ghi quyền hạn (ký trực tiếp)"
        yield Fault(paper.block.lines[0].spot, text or "(không ghi)", right)


@checks("signature.post_differs")
def post_differs(paper: Paper, rule: Rule) -> Iterator[Fault]:
    wanted, line = paper.expected.position, paper.block.post_line
    if wanted and line and not plain(paper.block.post).endswith(plain(wanted)):
        repair = replacing(line, paper.block.post, wanted.upper())
        yield Fault(line.spot, paper.block.post, wanted.upper(), repair)


@checks("signature.name_differs")
def name_differs(paper: Paper, rule: Rule) -> Iterator[Fault]:
    wanted, line = paper.expected.signer_name, paper.block.name
    if wanted and line:
        name = signing_block.DEGREES.sub("", line.text)
        if not same(name, wanted):
            yield Fault(line.spot, line.text, wanted, replacing(line, line.text, wanted))


@checks("signature.post_capitals")
def post_capitals(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for line in paper.block.lines:
        letters = [c for c in line.text if c.isalpha()]
        if sum(c.islower() for c in letters) > 0.2 * len(letters):
            right = line.text.upper()
            yield Fault(line.spot, line.text, right, replacing(line, line.text, right))
            return


@checks("signature.post_style")
def post_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    yield from style_faults(paper.block.lines, rule)


@checks("signature.name_missing")
def name_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.block.lines and paper.block.name is None:
        page = paper.pages[paper.block.page - 1]
        under = [b for b in page.images if b[1] > paper.block.lines[-1].box[1] - 0.05]
        if not under:  # a picture may hold the name
            yield Fault(paper.block.lines[-1].spot, paper.block.lines[-1].text)


@checks("signature.name_titles")
def name_titles(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Not for schools, hospitals, institutes and the armed forces: their sector decides."""
    line = paper.block.name
    exempt = any(plain(word) in plain(paper.issuer_name) for word in rule.limits["exempt"])
    if line is None or exempt:
        return
    bare = signing_block.DEGREES.sub("", line.text)
    if bare != line.text:
        titles = line.text[: len(line.text) - len(bare)].strip()
        yield Fault(line.spot, titles, bare, replacing(line, line.text, bare))


@checks("signature.name_capitals")
def name_capitals(paper: Paper, rule: Rule) -> Iterator[Fault]:
    line = paper.block.name
    if line and line.text.isupper():
        right = " ".join(word.capitalize() for word in line.text.split())
        yield Fault(line.spot, line.text, right, replacing(line, line.text, right))


@checks("signature.name_style")
def name_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    yield from style_faults([paper.block.name] if paper.block.name else [], rule)


@checks("signature.alone")
def signature_alone(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """The signature stands on a page without a line of the text."""
    page = paper.block.page
    if page > 1 and not any(line.page == page for line in paper.body_lines):
        block = whole(paper.block.lines)
        yield Fault(block.spot if block else Spot(page))
