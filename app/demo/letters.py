"""The invented letters of the demo office: what they say, who sent them, and when.

The wording lies in `data/*.yaml`; this module turns it into `Letter` values dated relative to a
day that the caller names, so that a demo office started in any season has fresh letters, numbers
that grow with the date, and deadlines that lie just ahead. Rules of form: Decree 30/2020/ND-CP,
annex I (layout) and annex III (abbreviations in a notation).
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
SAMPLE_DAY = date(2026, 11, 18)  # the committed samples are dated around this Wednesday
WARD_HALL = "Phòng họp số 1, trụ sở UBND tỉnh Sông Mẫu"

KIND_CODES: Mapping[str, str | None] = {
    "Báo cáo": "BC",
    "Biên bản": "BB",
    "Chỉ thị": "CT",
    "Chương trình": "CTr",
    "Công văn": None,  # Decree 30/2020, annex III: a công văn carries no abbreviation
    "Công điện": "CĐ",
    "Giấy mời": "GM",
    "Hướng dẫn": "HD",
    "Kế hoạch": "KH",
    "Nghị quyết": "NQ",
    "Phiếu chuyển": "PC",
    "Phương án": "PA",
    "Quyết định": "QĐ",
    "Thông báo": "TB",
    "Tờ trình": "TTr",
}
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
FIXED_HOLIDAYS = {(1, 1), (4, 30), (5, 1), (9, 2), (11, 24)}  # enough to date an invented letter


class Urgency(StrEnum):
    """Độ khẩn, by the codes that readers of scans give too."""

    NORMAL = "normal"
    URGENT = "urgent"
    VERY_URGENT = "very_urgent"
    FLASH = "flash"

    @property
    def mark(self) -> str | None:
        """The words of the red box, None for an ordinary letter."""
        marks = {"urgent": "KHẨN", "very_urgent": "THƯỢNG KHẨN", "flash": "HỎA TỐC"}
        return marks.get(self.value)


class Style(StrEnum):
    """How a paragraph of the body is set."""

    PLAIN = "plain"
    GROUND = "ground"  # a line of the legal grounds (căn cứ), italic
    HEADING = "heading"  # bold, at the paragraph's indent
    CENTRED = "centred"  # bold, centred: “QUYẾT ĐỊNH:”
    ARTICLE = "article"  # “Điều 1.” bold, the rest upright
    LABELLED = "labelled"  # “Thời gian:” bold, the rest upright
    ROW = "row"  # a row of a table, cells parted by “|”


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph or table row of the body."""

    style: Style
    text: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of a table row; for any other paragraph its text alone."""
        if self.style is not Style.ROW:
            return (self.text,)
        return tuple(cell.strip() for cell in self.text.split("|"))


@dataclass(frozen=True, slots=True)
class Meeting:
    """What an invitation asks for. `start` is a Vietnamese wall clock time, HH:MM."""

    day: date
    start: str
    place: str
    participants: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One invented letter, complete enough to be printed by `paper.render_pdf`.

    `subject` comes without “V/v”. `signing` holds the lines above the signature, upper first.
    `due_on` is the day that the text itself asks for, None when it asks for none. `desk` is the
    unit of the demo office (key in `people.UNITS`) that would naturally deal with it.
    """

    key: str
    kind: str
    organ: str
    organ_lines: tuple[str, ...]
    number: str
    notation: str
    place: str
    issued_on: date
    subject: str
    body: tuple[Paragraph, ...]
    signing: tuple[str, ...]
    signer: str
    parent_line: str | None = None
    addressees: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    urgency: Urgency = Urgency.NORMAL
    secrecy: str | None = None
    due_on: date | None = None
    meeting: Meeting | None = None
    contact: str | None = None
    party: bool = False
    sealed: bool = True
    desk: str = "van_phong"

    @property
    def symbol(self) -> str:
        """Number and notation as a register writes them: `1188/STC-QLNS`."""
        return f"{self.number}{'-' if self.party else '/'}{self.notation}"

    @property
    def dateline(self) -> str:
        """Cell 4: place and date, with the zeros that the decree asks for."""
        when = self.issued_on
        month = f"{when.month:02d}" if when.month < 3 else str(when.month)
        return f"{self.place}, ngày {when.day:02d} tháng {month} năm {when.year}"

    @property
    def authority(self) -> str | None:
        """The form of signing (TM., KT., TL., TUQ., Q.) of the line nearest the signature."""
        found = [re.match(r"((?:TM|KT|TL|TUQ|Q)\.|T/M|T/L)\s", line) for line in self.signing]
        return next((match[1] for match in reversed(found) if match), None)


@dataclass(frozen=True, slots=True)
class _Organ:
    """A sender of the data file `organs.yaml`."""

    name: str
    lines: tuple[str, ...]
    place: str
    signers: Mapping[str, tuple[tuple[str, ...], str]]
    parent: str | None = None
    contact: str | None = None
    party: bool = False
    sealed: bool = True
    volumes: Mapping[str, int] = field(default_factory=dict)


def working_day(day: date, step: int) -> date:
    """The nearest day of office work at or after (`step` 1) or before (`step` -1) `day`."""
    while day.weekday() > 4 or (day.month, day.day) in FIXED_HOLIDAYS:
        day += timedelta(days=step)
    return day


def load_letters(today: date) -> list[Letter]:
    """The letters of the demo office, oldest first, as they would lie there on `today`."""
    names = ("letters_province", "letters_departments", "letters_services", "letters_others")
    entries = [entry for name in names for entry in _entries(f"{name}.yaml")]
    return _build(entries, today, reserved=_sample_symbols())


def sample_letters() -> dict[str, Letter]:
    """The letters behind the committed sample scans, by key, dated around `SAMPLE_DAY`."""
    return {letter.key: letter for letter in _build(_entries("samples.yaml"), SAMPLE_DAY)}


def twenty_about_secrecy(today: date) -> list[Letter]:
    """Twenty ordinary letters *about* state secrets; none of them is secret."""
    letters = _build(_entries("about_secrecy.yaml"), today)
    return [letter for letter in letters if not letter.key.startswith("possible-")]


def possible_mark(today: date) -> Letter:
    """An ordinary letter on whose first page the word MẬT stands alone, but not as a mark."""
    letters = _build(_entries("about_secrecy.yaml"), today)
    return next(letter for letter in letters if letter.key.startswith("possible-"))


def _entries(name: str) -> list[dict[str, Any]]:
    import yaml  # costs 20 ms: only the demo pays

    loaded: list[dict[str, Any]] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return loaded


def _organs() -> dict[str, _Organ]:
    import yaml

    raw = yaml.safe_load((DATA / "organs.yaml").read_text(encoding="utf-8"))
    organs = {}
    for key, entry in raw.items():
        signers = {
            who: (tuple(one["block"]), one["name"]) for who, one in entry.pop("signers").items()
        }
        lines = tuple(entry.pop("lines"))
        organs[key] = _Organ(lines=lines, signers=signers, **entry)
    return organs


def _sample_symbols() -> set[tuple[str, str, int]]:
    """Numbers that the sample scans bear: no demo letter may look like a duplicate of one."""
    organs = _organs()
    return {
        (entry["organ"], str(entry["number"]), _issued_on(entry, SAMPLE_DAY).year)
        for entry in _entries("samples.yaml")
        if entry["organ"] in organs
    }


def _issued_on(entry: Mapping[str, Any], today: date) -> date:
    return working_day(today - timedelta(days=int(entry["age"])), -1)


def _build(
    entries: Iterable[Mapping[str, Any]],
    today: date,
    reserved: set[tuple[str, str, int]] | None = None,
) -> list[Letter]:
    """Date the entries, number them in the order of their dates, and fill their texts."""
    organs = _organs()
    taken = set(reserved or ())
    last: dict[tuple[str, str, int], int] = {}
    letters = []
    for entry in sorted(entries, key=lambda one: -int(one["age"])):
        organ, issued = organs[entry["organ"]], _issued_on(entry, today)
        series = (entry["organ"], KIND_CODES[entry["kind"]] or "", issued.year)
        number = entry.get("number") or _next_number(organ, series, issued, last, taken)
        taken.add((entry["organ"], str(number), issued.year))
        letters.append(_letter(entry, organ, str(number), issued, today))
    return letters


def _next_number(
    organ: _Organ,
    series: tuple[str, str, int],
    issued: date,
    last: dict[tuple[str, str, int], int],
    taken: set[tuple[str, str, int]],
) -> str:
    """A number that fits the day: an office of 5,000 letters a year is at 2,500 in July."""
    share = issued.timetuple().tm_yday / 366
    fitting = math.ceil(organ.volumes.get(series[1], 120) * share)
    number = max(fitting, last.get(series, 0) + 1)
    while (series[0], f"{number:02d}", series[2]) in taken:
        number += 1
    last[series] = number
    return f"{number:02d}"


def _letter(
    entry: Mapping[str, Any], organ: _Organ, number: str, issued: date, today: date
) -> Letter:
    due = entry.get("due")
    due_on = working_day(issued + timedelta(days=int(due)), 1) if due is not None else None
    words = _Words(issued, due_on, today)
    meeting = _meeting(entry, issued, words)
    words.meeting = meeting
    block, signer = organ.signers[entry.get("signer", "head")]
    code = KIND_CODES[entry["kind"]]
    return Letter(
        key=entry["key"],
        kind=entry["kind"],
        organ=organ.name,
        organ_lines=tuple(entry.get("lines", organ.lines)),
        number=number,
        notation=_notation(entry["notation"], code, organ),
        place=organ.place,
        issued_on=issued,
        subject=words.fill(entry["subject"]),
        body=tuple(_paragraphs(words.fill(entry["body"]))),
        signing=tuple(entry.get("signing", block)),
        signer=signer,
        parent_line=organ.parent,
        addressees=tuple(entry.get("to", ())),
        copies=tuple(entry.get("copies", ("Như trên", "Lưu: VT"))),
        urgency=Urgency(entry.get("urgency", "normal")),
        secrecy=entry.get("secrecy"),
        due_on=due_on,
        meeting=meeting,
        contact=organ.contact,
        party=organ.party,
        sealed=organ.sealed,
        desk=entry.get("desk", "van_phong"),
    )


def _notation(tail: str, code: str | None, organ: _Organ) -> str:
    """`QĐ-UBND`; the Party writes `TB/ĐU`; a công văn has no code of its kind."""
    if code is None:
        return tail
    return f"{code}/{tail}" if organ.party else f"{code}-{tail}"


def _meeting(entry: Mapping[str, Any], issued: date, words: "_Words") -> Meeting | None:
    raw = entry.get("meeting")
    if raw is None:
        return None
    day = working_day(issued + timedelta(days=int(raw["in"])), 1)
    return Meeting(day, raw["at"], raw.get("place", WARD_HALL), words.fill(raw["who"]))


@dataclass(slots=True)
class _Words:
    """Fills the gaps of a text: `{y}`, `{month}`, `{due}`, `{due+2}`, `{day-30}`, `{meeting}` …"""

    issued: date
    due: date | None
    today: date
    meeting: Meeting | None = None

    def fill(self, text: str) -> str:
        """Raises KeyError for a gap that the data may not use."""
        return re.sub(r"\{(\w+)(?:([+-])(\d+))?\}", self._gap, text)

    def _gap(self, match: re.Match[str]) -> str:
        name, shift = match[1], int(f"{match[2] or '+'}{match[3] or 0}")
        if name == "y":
            return str(self.issued.year + shift)
        if name in ("due", "day"):
            start = self.issued if name == "day" or self.due is None else self.due
            there = start + timedelta(days=shift)
            return f"{working_day(there, -1) if shift < 0 else there:%d/%m/%Y}"
        if name == "meeting" and self.meeting is not None:
            day, (hour, minute) = self.meeting.day, self.meeting.start.split(":")
            return f"{hour} giờ {minute} phút, ngày {day:%d/%m/%Y} ({WEEKDAYS[day.weekday()]})"
        return self._period(name)

    def _period(self, name: str) -> str:
        """The month, the quarter and the school year that a letter of this day looks back on."""
        ended = self.issued.replace(day=1) - timedelta(days=1)
        quarter = (ended.month - 3) // 3 + 1 if ended.month >= 3 else 4
        of_year = ended.year if ended.month >= 3 else ended.year - 1
        school = self.issued.year if self.issued.month >= 8 else self.issued.year - 1
        return {
            "month": f"tháng {ended.month} năm {ended.year}",
            "this_month": f"tháng {self.issued.month} năm {self.issued.year}",
            "quarter": f"quý {('I', 'II', 'III', 'IV')[quarter - 1]} năm {of_year}",
            "school": f"{school} - {school + 1}",
        }[name]


def _paragraphs(body: str) -> Iterable[Paragraph]:
    """Read the light mark-up of the data files; a blank line parts two paragraphs."""
    marks = {"~": Style.GROUND, "#": Style.HEADING, "!": Style.CENTRED}
    for block in re.split(r"\n\s*\n", body.strip()):
        if block.lstrip().startswith("|"):
            for line in block.splitlines():
                yield Paragraph(Style.ROW, line.strip().strip("|").strip())
            continue
        text = " ".join(block.split())
        if text[0] in marks:
            yield Paragraph(marks[text[0]], text[1:].strip())
        elif re.match(r"Điều \d+\.", text):
            yield Paragraph(Style.ARTICLE, text)
        elif re.match(r"(?:\d\. )?(Thời gian|Địa điểm|Thành phần|Nội dung|Chủ trì|Nơi dự):", text):
            yield Paragraph(Style.LABELLED, text)
        else:
            yield Paragraph(Style.PLAIN, text)
