"""Cells 3 and 4: number and symbol, place and date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from app.outgoing.checking.paper import Paper
from app.outgoing.checking.passages import Passage
from app.outgoing.checking.registry import checks
from app.outgoing.checking.rules.tools import TOP, replacing, same, style_faults
from app.outgoing.checking.types import Fault, Rule
from ocr.fields.lexicon import CODE_OF_TYPE, OTHER_CODES, TYPE_OF_CODE
from ocr.lines import fold

NUMBER = re.compile(
    r"^(?P<so>S\S*?)\s*(?P<colon>[:.;]?)\s*(?P<digits>[\d\s.…_]*[a-zđ]?)\s*"
    r"(?P<sep>[/⁄–-])\s*(?:(?P<year>(?:19|20)\d{2})\s*/\s*)?(?P<symbol>[^\W\d_].*)$",
    re.IGNORECASE,
)
DATE = re.compile(
    r"^(?P<place>.*?)(?P<comma>\s*[,.;:]?)\s*(?P<ngay>[Nn][gG][àA-ZaÀ][yY])\s*(?P<day>[\d\s.…_]*?)\s*"
    r"[Tt]háng\s*(?P<month>[\d\s.…_]*?)\s*[Nn]ăm\s*(?P<year>[\d\s.…_]*)"
)
SLASHED = re.compile(
    r"^(?P<place>\D{2,40}?),?\s*(?:ngày\s*)?(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>20\d\d)$"
)
LEGAL_NORMS = ("Nghị định", "Thông tư", "Thông tư liên tịch", "Nghị quyết", "Quyết định", "Luật")
"""Types that may be legal norms, whose number has the year."""


def number_parts(paper: Paper) -> re.Match[str] | None:
    return NUMBER.match(paper.number.text) if paper.number else None


def digits_of(match: re.Match[str], name: str) -> str:
    """The digits of a part; "" while the place is blank."""
    return re.sub(r"[^\da-zđ]", "", match[name])


def date_parts(paper: Paper) -> re.Match[str] | None:
    return DATE.match(paper.date.text) if paper.date else None


@lru_cache(maxsize=64)
def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def issued_on(paper: Paper) -> date | None:
    """The date of the paper, if it is written in full and there is such a day."""
    match = date_parts(paper)
    if match is None:
        return None
    return _day(*(digits_of(match, name) for name in ("day", "month", "year")))


@checks("number.missing")
def number_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.number is None:
        spot = paper.organ_lines[-1].spot if paper.organ_lines else TOP
        yield Fault(spot, right=f"Số: …/{paper.expected.notation or '…'}")


@checks("number.colon")
def number_colon(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = number_parts(paper)
    if match and paper.number and match["colon"] != ":":
        word = match["so"] + match["colon"]
        yield Fault(paper.number.spot, word, "Số:", replacing(paper.number, word, "Số:"))


@checks("number.capitals")
def number_capitals(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = number_parts(paper)
    if match and paper.number and match["so"] != "Số" and fold(match["so"]) == "SO":
        yield Fault(
            paper.number.spot, match["so"], "Số", replacing(paper.number, match["so"], "Số")
        )


@checks("number.leading_zero")
def number_leading_zero(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = number_parts(paper)
    if (
        match
        and paper.number
        and re.fullmatch(r"[1-9][a-zđ]?", digits := digits_of(match, "digits"))
    ):
        symbol = match["sep"] + match["symbol"].split()[0]
        repair = replacing(paper.number, digits + symbol, f"0{digits}{symbol}")
        yield Fault(paper.number.spot, digits, f"0{digits}", repair)


@checks("number.slash")
def number_slash(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = number_parts(paper)
    of_state = paper.nation is not None and fold(paper.nation.text).startswith("CONG")
    if match and paper.number and of_state and match["sep"] not in "/⁄":
        right = f"{digits_of(match, 'digits')}/{match['symbol'].replace('/', '-')}"
        yield Fault(paper.number.spot, paper.number.text, right)


@checks("number.spaces")
def number_spaces(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = number_parts(paper)
    if match is None or paper.number is None:
        return
    symbol = match["symbol"].strip()
    right = re.sub(r"\s*[-–—]\s*", "-", symbol)
    if re.search(r"\s[-–—]|[-–—]\s|[–—]", symbol):
        yield Fault(paper.number.spot, symbol, right, replacing(paper.number, symbol, right))


@checks("number.type_code")
def number_type_code(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """The first part of the symbol against the type that the title names."""
    code = re.split(r"[-/]", paper.notation)[0]
    wanted = CODE_OF_TYPE.get(paper.kind or "")
    if not paper.number or not code or paper.title is None or wanted is None or code == wanted:
        return
    right = wanted + paper.notation[len(code) :]
    repair = replacing(paper.number, f"/{code}", f"/{wanted}")
    yield Fault(paper.number.spot, code, wanted, repair, {"kind": paper.kind, "symbol": right})


@checks("number.letter_code")
def number_letter_code(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """A công văn has no abbreviation of its type: its symbol begins with the organ."""
    parts = paper.notation.split("-")
    if paper.is_letter and paper.number and len(parts) > 1 and parts[0] in rule.limits["codes"]:
        right = "-".join(parts[1:])
        repair = replacing(paper.number, f"/{parts[0]}-", "/")
        yield Fault(paper.number.spot, paper.notation, right, repair)


@checks("number.unknown_code")
def number_unknown_code(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """An abbreviation that differs from a known one only by marks or capitals: QD, TTR, Qđ."""
    code = re.split(r"[-/]", paper.notation)[0]
    known = TYPE_OF_CODE | OTHER_CODES
    if paper.number is None or paper.title is not None or not code or code in known:
        return
    meant = [abbreviation for abbreviation in TYPE_OF_CODE if fold(abbreviation) == fold(code)]
    if len(meant) == 1 and not paper.is_letter:
        repair = replacing(paper.number, f"/{code}", f"/{meant[0]}")
        yield Fault(paper.number.spot, code, meant[0], repair)


@checks("number.organ_code")
def number_organ_code(paper: Paper, rule: Rule) -> Iterator[Fault]:
    """Organs that are often abbreviated without their marks: HDND, UBNN, HĐNN."""
    for part in re.split(r"[-/.]", paper.notation):
        right = rule.limits["codes"].get(part)
        if right and paper.number:
            yield Fault(paper.number.spot, part, right, replacing(paper.number, part, right))


@checks("number.year")
def number_year(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.number and paper.number_has_year and paper.kind not in LEGAL_NORMS:
        yield Fault(paper.number.spot, paper.number.text, values={"kind": paper.kind})


@checks("number.unexpected")
def number_unexpected(paper: Paper, rule: Rule) -> Iterator[Fault]:
    wanted = paper.expected.notation
    if wanted and paper.number and paper.notation and paper.notation != wanted:
        repair = replacing(paper.number, paper.notation, wanted)
        yield Fault(paper.number.spot, paper.notation, wanted, repair)


@checks("number.differs")
def number_differs(paper: Paper, rule: Rule) -> Iterator[Fault]:
    wanted, match = paper.expected.number, number_parts(paper)
    if wanted and match and paper.number:
        found = digits_of(match, "digits")
        if found.lstrip("0") != wanted.lstrip("0"):
            yield Fault(paper.number.spot, found or "(để trống)", wanted)


@checks("number.style")
def number_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    yield from style_faults([paper.number] if paper.number else [], rule)


@checks("date.missing")
def date_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    if paper.date is None and _slashed(paper) is None:
        yield Fault(paper.motto.spot if paper.motto else TOP)


def _slashed(paper: Paper) -> tuple[re.Match[str], Passage] | None:
    """“Ninh Bình, 05/01/2026” in the place of the date."""
    for line in paper.lines[1][:14]:
        match = SLASHED.match(line.text)
        if match and line.centre > 0.5:
            return match, line
    return None


@checks("date.form")
def date_form(paper: Paper, rule: Rule) -> Iterator[Fault]:
    found = _slashed(paper) if paper.date is None else None
    if found:
        match, line = found
        month = int(match["m"])
        shown = f"{month:02}" if month < 3 else str(month)
        right = f"{match['place']}, ngày {int(match['d']):02} tháng {shown} năm {match['y']}"
        yield Fault(line.spot, line.text, right, replacing(line, line.text, right))


@checks("date.place_missing")
def date_place_missing(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = date_parts(paper)
    if match and paper.date and not re.search(r"[^\W\d_]", match["place"]):
        yield Fault(paper.date.spot, paper.date.text)


@checks("date.comma")
def date_comma(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = date_parts(paper)
    if match and paper.date and match["comma"] != "," and re.search(r"[^\W\d_]", match["place"]):
        old = f"{match['place'].strip()}{match['comma'].strip()} {match['ngay']}"
        right = f"{match['place'].strip()}, ngày"
        yield Fault(paper.date.spot, old, right, replacing(paper.date, old, right))


@checks("date.day_zero")
def date_day_zero(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = date_parts(paper)
    if match and paper.date and len(day := digits_of(match, "day")) == 1:
        repair = replacing(paper.date, f"ngày {day} tháng", f"ngày 0{day} tháng")
        yield Fault(paper.date.spot, day, f"0{day}", repair)


@checks("date.month_zero")
def date_month_zero(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = date_parts(paper)
    if match and paper.date and (month := digits_of(match, "month")) in ("1", "2"):
        repair = replacing(paper.date, f"tháng {month} năm", f"tháng 0{month} năm")
        yield Fault(paper.date.spot, month, f"0{month}", repair)


@checks("date.month_extra_zero")
def date_month_extra_zero(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = date_parts(paper)
    if match and paper.date and re.fullmatch("0[3-9]", month := digits_of(match, "month")):
        repair = replacing(paper.date, f"tháng {month} năm", f"tháng {month[1]} năm")
        yield Fault(paper.date.spot, month, month[1], repair)


@checks("date.impossible")
def date_impossible(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = date_parts(paper)
    if match and paper.date and issued_on(paper) is None:
        parts = [digits_of(match, name) for name in ("day", "month", "year")]
        if all(parts):
            yield Fault(paper.date.spot, "/".join(parts))


@checks("date.future")
def date_future(paper: Paper, rule: Rule) -> Iterator[Fault]:
    day = issued_on(paper)
    if paper.date and day and day > paper.on:
        yield Fault(paper.date.spot, f"{day:%d/%m/%Y}", f"{paper.on:%d/%m/%Y}")


@checks("date.weekend")
def date_weekend(paper: Paper, rule: Rule) -> Iterator[Fault]:
    day = issued_on(paper)
    if paper.date and day and day.weekday() >= 5:
        name = "Thứ Bảy" if day.weekday() == 5 else "Chủ nhật"
        yield Fault(paper.date.spot, f"{day:%d/%m/%Y}", values={"weekday": name})


@checks("date.differs")
def date_differs(paper: Paper, rule: Rule) -> Iterator[Fault]:
    day, wanted = issued_on(paper), paper.expected.issued_on
    if paper.date and day and wanted and day != wanted:
        yield Fault(paper.date.spot, f"{day:%d/%m/%Y}", f"{wanted:%d/%m/%Y}")


@checks("date.place_differs")
def date_place_differs(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match, wanted = date_parts(paper), paper.expected.place
    if match and paper.date and wanted and match["place"].strip():
        place = match["place"].strip(" ,")
        if not same(place, wanted):
            yield Fault(paper.date.spot, place, wanted, replacing(paper.date, place, wanted))


@checks("date.place_capitals")
def date_place_capitals(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = date_parts(paper)
    if match is None or paper.date is None:
        return
    place = match["place"].strip(" ,.")
    words = re.findall(r"[^\W\d_]+", place)
    right = " ".join(word.capitalize() for word in place.split())
    with_kind = re.match(r"(?i)(thành phố|thị xã|xã|phường|đặc khu) ", place)
    shouted = place.isupper() and len(place) > 4
    if words and not with_kind and (shouted or any(w.islower() for w in words)):
        yield Fault(paper.date.spot, place, right, replacing(paper.date, place, right))


@checks("date.place_abbreviated")
def date_place_abbreviated(paper: Paper, rule: Rule) -> Iterator[Fault]:
    match = date_parts(paper)
    if match and paper.date:
        place = match["place"].strip(" ,")
        short = re.search(r"(?i)\b(TP|TX|TT|P|Q|H|X)\s?\.\s?|\bTP\s?HCM\b|^[A-ZĐ]{2,5}$", place)
        if short:
            yield Fault(paper.date.spot, place, values={"text": short[0]})


@checks("date.style")
def date_style(paper: Paper, rule: Rule) -> Iterator[Fault]:
    yield from style_faults([paper.date] if paper.date else [], rule)
