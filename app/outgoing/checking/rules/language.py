"""Spelling, capitals, signs, spaces, coding of letters: annex II and the care of an office."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from statistics import median

from app.outgoing.checking.paper import Paper
from app.outgoing.checking.passages import Passage
from app.outgoing.checking.registry import checks
from app.outgoing.checking.rules.tools import TOP
from app.outgoing.checking.types import Fault, Repair, Rule, Spot

OLD_TONE = re.compile(r"\b[^\W\d_]*(?:o[àáảãạ]|o[èéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])\b")
NEW_TONE = re.compile(r"\b[^\W\d_]*(?:[òóỏõọ]a|[òóỏõọ]e|(?<!q)[ùúủũụ]y)\b")
TO_OTHER = {
    old: new
    for letters in (("oà", "òa"), ("oá", "óa"), ("oả", "ỏa"), ("oã", "õa"), ("oạ", "ọa"),
                    ("oè", "òe"), ("oé", "óe"), ("oẻ", "ỏe"), ("oẽ", "õe"), ("oẹ", "ọe"),
                    ("uỳ", "ùy"), ("uý", "úy"), ("uỷ", "ủy"), ("uỹ", "ũy"), ("uỵ", "ụy"))
    for old, new in (letters, letters[::-1])
}  # fmt: skip


@lru_cache(maxsize=8)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    ordered = sorted(words, key=len, reverse=True)
    return re.compile(r"(?<!\w)(" + "|".join(map(re.escape, ordered)) + r")(?!\w)", re.IGNORECASE)


@checks("language.spelling")
def spelling(paper: Paper, rule: Rule) -> Iterator[Fault]:
    words: dict[str, str] = rule.limits["words"]
    pattern = _any_of(tuple(words))
    for part in paper.prose:
        for match, spot in part.find(pattern):
            right = like(match[0], words[match[0].lower()])
            yield Fault(spot, match[0], right, Repair("replace", match[0], right))


def like(old: str, new: str) -> str:
    """The new words with the capital of the old ones."""
    if old.isupper():
        return new.upper()
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


@checks("language.orthography")
def orthography(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“ngh” only before e, ê, i; “ng” never before them."""
    for part in paper.prose:
        for pattern, right in rule.limits["patterns"].items():
            for match, spot in part.find(pattern):
                new = right + match[0][len(match[1]) :]
                yield Fault(spot, match[0], new, Repair("replace", match[0], new))


@checks("language.capitals")
def capitals(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“Ủy Ban Nhân Dân”, “Bộ Trưởng”: capitals that annex II does not give."""
    words: dict[str, str] = rule.limits["words"]
    pattern = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, words)) + r")(?!\w)")
    for part in paper.prose:
        for match, spot in part.find(pattern):
            right = words[match[0]]
            yield Fault(spot, match[0], right, Repair("replace", match[0], right))


@checks("language.article_capital")
def article_capital(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“điều 5 Nghị định số …”: the article of a named document has a capital."""
    pattern = (
        r"(?<!\w)điều (\d{1,3}) (Nghị định|Luật|Bộ luật|Thông tư|Quyết định|Quy chế|Nghị quyết)"
    )
    for part in paper.prose:
        for match, spot in part.find(pattern):
            right = "Đ" + match[0][1:]
            yield Fault(
                spot, f"điều {match[1]}", f"Điều {match[1]}", Repair("replace", match[0], right)
            )


@checks("language.tones")
def tones(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“hoà” and “hòa” in one paper: one way of setting the marks throughout."""
    old: Counter[str] = Counter()
    new: Counter[str] = Counter()
    places: dict[str, Spot] = {}
    for part in paper.prose:
        for pattern, counts in ((OLD_TONE, old), (NEW_TONE, new)):
            for match, spot in part.find(pattern):
                if match[0].islower():
                    counts[match[0]] += 1
                    places.setdefault(match[0], spot)
    if not old or not new:
        return
    fewer = old if sum(old.values()) <= sum(new.values()) else new
    for word in fewer:
        right = _other_tone(word)
        yield Fault(places[word], word, right, Repair("replace", word, right, within=word))


def _other_tone(word: str) -> str:
    return word[:-2] + TO_OTHER.get(word[-2:], word[-2:])


@checks("language.double_space")
def double_space(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """In the words of the DOCX; without it, a gap twice as wide as the others of its line."""
    if paper.docx is not None:
        for text in paper.docx.texts:
            match = re.search(r"\S+ {2,}\S+", text)
            if match and not re.search(r"_{2}|\.{3}", match[0]):
                yield Fault(
                    _place(paper, match[0]), match[0], " ".join(match[0].split()), Repair("spaces")
                )
                return
        return
    for line in (line for part in paper.body for line in part.lines):
        width = paper.pages[line.page - 1].width
        pairs = list(pairwise(line.words))
        gaps = [(word.box[0] - before.box[2]) * width for before, word in pairs]
        if len(gaps) < rule.limits["gaps"]:
            continue
        usual = median(gaps)
        for (before, word), gap in list(zip(pairs, gaps, strict=True))[2:]:
            wide = 1.8 * usual < gap < 2.7 * usual and gap - usual > 0.2 * word.size
            if wide and usual < 0.6 * word.size:
                found = f"{before.text}  {word.text}"
                right = f"{before.text} {word.text}"
                yield Fault(Spot(line.page, word.box), found, right, Repair("spaces"))
                return


def _place(paper: Paper, words: str) -> Spot:
    """Where words of the DOCX stand in the PDF."""
    wanted = " ".join(words.split())
    for part in paper.prose:
        at = part.text.find(wanted)
        if at >= 0:
            return part.at(at, at + len(wanted))
    return TOP


@checks("language.space_before_sign")
def space_before_sign(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for part in paper.prose:
        for match, spot in part.find(r"[^\W\d_]+ [,;:](?= |$)|[^\W\d_]{2,} \.(?= [A-ZÀ-Ỹ]|$)"):
            if _typed(part, match):
                right = match[0].replace(" ", "")
                yield Fault(spot, match[0], right, Repair("replace", match[0], right))


def _typed(part: Passage, match: re.Match[str]) -> bool:
    """Whether the space before the sign was typed: not a gap that the page only shows."""
    for (start, _), word in zip(part.spans, part.words, strict=True):
        if start == match.end() - 1:
            return word.gap > 0
    return False


@checks("language.space_after_sign")
def space_after_sign(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“xã,phường”: nothing between a sign and the next word. Not in addresses of the web."""
    for part in paper.prose:
        for match, spot in part.find(r"(?<![\w.@/])[^\W\d_]{2,}[,;:](?=[^\W\d_]{2,})[^\W\d_]+"):
            right = re.sub(r"([,;:])", r"\1 ", match[0])
            yield Fault(spot, match[0], right, Repair("replace", match[0], right))


@checks("language.repeated")
def repeated(paper: Paper, rule: Rule) -> Iterator[Fault]:
    words = "|".join(rule.limits["words"])
    for part in paper.prose:
        for match, spot in part.find(rf"(?i)(?<!\w)({words}) \1(?!\w)"):
            yield Fault(spot, match[0], match[1], Repair("replace", match[0], match[1]))


@checks("language.decomposed")
def decomposed(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Letters coded with loose marks (NFD), in the DOCX or in the PDF's text."""
    for text in paper.docx.texts if paper.docx else ():
        if unicodedata.normalize("NFC", text) != text:
            yield Fault(TOP, unicodedata.normalize("NFC", text)[:40], repair=Repair("compose"))
            return
    for part in paper.body:
        for word in part.words:
            if word.raw and any(unicodedata.combining(c) for c in word.raw):
                yield Fault(Spot(part.page, word.box), word.text, repair=Repair("compose"))
                return


@checks("language.money")
def money(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“1.500.000đ”, “1,500,000 đồng”, “vnđ”."""
    for part in paper.prose:
        for match, spot in part.find(r"(?i)(?<![\w.,])(\d[\d.,]*)\s?(đ|vnđ|vnd)(?!\w)"):
            amount = re.sub(r",(?=\d{3}(?!\d))", ".", match[1])
            right = f"{amount} đồng"
            yield Fault(spot, match[0], right, Repair("replace", match[0], right))


@checks("language.thousands")
def thousands(paper: Paper, rule: Rule) -> Iterator[Fault]:
    for part in paper.prose:
        for match, spot in part.find(
            r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?= (?:đồng|người|hộ|triệu|m2|ha))"
        ):
            right = match[0].replace(",", ".")
            yield Fault(spot, match[0], right, Repair("replace", match[0], right))


@checks("language.date_zero")
def date_zero(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """“ngày 5 tháng 1 năm 2026”, “ngày 5/1/2026” in the text."""
    for part in [*paper.body, *([paper.subject_text] if paper.subject_text else [])]:
        for match, spot in part.find(r"ngày (\d{1,2}) tháng (\d{1,2})(?= năm \d{4})"):
            right = f"ngày {int(match[1]):02} tháng {_month(match[2])}"
            if len(match[1]) == 1 or match[2] in ("1", "2"):
                yield Fault(spot, match[0], right, Repair("replace", match[0], right))
        for match, spot in part.find(r"ngày (\d{1,2})/(\d{1,2})(?=/\d{4})"):
            right = f"ngày {int(match[1]):02}/{_month(match[2])}"
            if len(match[1]) == 1 or match[2] in ("1", "2"):
                yield Fault(spot, match[0], right, Repair("replace", match[0], right))


def _month(text: str) -> str:
    return f"{int(text):02}" if int(text) < 3 else text


@checks("language.impossible_date")
def impossible_date(paper: Paper, rule: Rule) -> Iterator[Fault]:
    pattern = r"(?<![\d/])(\d{1,2})(?:/| tháng )(\d{1,2})(?:/| năm )((?:19|20)\d\d)(?![\d/])"
    for part in paper.body:
        for match, spot in part.find(pattern):
            day, month = int(match[1]), int(match[2])
            days = 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
            if not 1 <= month <= 12 or not 1 <= day <= days:
                yield Fault(spot, match[0])


@checks("language.brackets")
def brackets(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """A bracket or a quotation that is opened in a paragraph and never closed."""
    for part in paper.body:
        text = re.sub(r"^\w{1,2}\)", "", part.text)
        for opening, closing in ("()", "“”", "[]"):
            if text.count(opening) > text.count(closing) and part.text.endswith((".", ";")):
                at = part.text.rfind(opening)
                yield Fault(part.at(at, at + 12), part.text[at : at + 24], closing)
                return
