"""A paper taken apart into the numbered cells of the decree's annex.

Where a cell lies is found by the reader's grammar (`ocr.fields`), which forgives faults; what
stands there is kept letter by letter, so that the faults can be seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.outgoing.checking import signing_block
from app.outgoing.checking.docx_file import DocxFacts
from app.outgoing.checking.passages import Paragraph, Passage, inside, paragraphs, passage, whole
from app.outgoing.checking.reading import StyledPage
from app.outgoing.checking.types import Expected
from ocr.decide import short_text_is_usable, text_is_usable
from ocr.fields import page_lines, read_head
from ocr.fields.dates import date_line
from ocr.fields.head import TO_LINE, Head, is_motto
from ocr.fields.lexicon import OFFICIAL_LETTER
from ocr.fields.number import find_number
from ocr.fields.organ import issuer_start, organ_lines
from ocr.fields.recipients import ITEM, addressees, distribution, find_distribution
from ocr.fields.subject import type_and_subject
from ocr.lines import Line, fold, is_upper
from ocr.types import Box, PageText

PAGE_NUMBER = re.compile(r"^\W{0,3}\d{1,3}\W{0,3}$")
FEWEST_WORDS = 25
MARGIN_ZONE = 0.085
"""Page numbers stand in the outer part of the page of this height."""
BASES = re.compile(r"^\W*(CAN CU|THEO DE NGHI|XET DE NGHI|THUC HIEN|XET TO TRINH) ")
ENACTS = re.compile(r"^(QUYET DINH|QUYET NGHI|CHI THI)\s*:?$")


@dataclass(frozen=True)
class Paper:
    """What a checker sees. `docx` and `expected` are None when they are not known."""

    pages: tuple[StyledPage, ...]
    on: date
    expected: Expected
    docx: DocxFacts | None = None

    @cached_property
    def texts(self) -> list[PageText]:
        return [page.text for page in self.pages]

    @cached_property
    def raw_lines(self) -> dict[int, list[Line]]:
        return {text.number: page_lines(text) for text in self.texts}

    @cached_property
    def lines(self) -> Mapping[int, list[Passage]]:
        """Lines of each page from top to bottom."""
        return {n: [passage(n, line) for line in lines] for n, lines in self.raw_lines.items()}

    @cached_property
    def of_party(self) -> bool:
        """Papers of the Party have a form of their own; only words and pages are checked."""
        return self.nation is not None and fold(self.nation.text).startswith("DANG")

    @cached_property
    def has_text(self) -> bool:
        """Whether page 1 carries Vietnamese text: a scan, or what a foreign reader wrote under
        one, is not checked."""
        text = self.texts[0].text
        usable = text_is_usable(text) or short_text_is_usable(text)
        return usable and len(self.texts[0].words) >= FEWEST_WORDS

    # -- the head -------------------------------------------------------------------------

    @cached_property
    def head(self) -> Head:
        return read_head(self.texts[0])

    @cached_property
    def nation(self) -> Passage | None:
        return passage(1, self.head.nation) if self.head.nation else None

    @cached_property
    def motto(self) -> Passage | None:
        lines = [*self.head.right, *self.raw_lines[1][:14]]
        found = next((line for line in lines if is_motto(line.text)), None)
        return passage(1, found) if found else None

    @cached_property
    def organ_lines(self) -> list[Passage]:
        return [passage(1, line) for line in organ_lines(self.head)]

    @cached_property
    def issuer(self) -> list[Passage]:
        """Lines of the issuing organ; those of its superior are `superior`."""
        lines = self.organ_lines
        return lines[issuer_start([line.text for line in lines]) :] if lines else []

    @cached_property
    def superior(self) -> list[Passage]:
        return self.organ_lines[: len(self.organ_lines) - len(self.issuer)]

    @cached_property
    def issuer_name(self) -> str:
        return " ".join(line.text for line in self.issuer)

    @cached_property
    def number(self) -> Passage | None:
        found = find_number(self.head)
        return passage(1, found.line) if found else None

    @cached_property
    def notation(self) -> str:
        """The symbol as the reader understands it, without spaces ("QĐ-UBND"); "" for none."""
        found = find_number(self.head)
        return found.notation if found else ""

    @cached_property
    def number_has_year(self) -> bool:
        found = find_number(self.head)
        return bool(found and found.year)

    @cached_property
    def date(self) -> Passage | None:
        found = date_line(self.head)
        return passage(1, found) if found else None

    # -- type and subject -----------------------------------------------------------------

    @cached_property
    def _type_fields(self) -> tuple[str | None, Box | None]:
        fields = type_and_subject(self.head)
        kind, subject = fields["document_type"], fields["subject_summary"]
        value = kind.value if kind and isinstance(kind.value, str) else None
        return value, subject.box if subject else None

    @cached_property
    def title(self) -> Passage | None:
        """The line of the type's name, in capitals, if there is one."""
        has = self.head.title and self.head.title_type
        return passage(1, self.head.title) if has and self.head.title else None

    @cached_property
    def kind(self) -> str | None:
        """The Vietnamese name of the type ("Quyết định", "Công văn"), None if nothing tells it."""
        return self._type_fields[0] or self.expected.type_name

    @property
    def is_letter(self) -> bool:
        return self.kind == OFFICIAL_LETTER

    @cached_property
    def subject(self) -> list[Passage]:
        """Lines of the subject: under the title, or “V/v …” under the number."""
        box = self._type_fields[1]
        column = [passage(1, line) for line in [*self.head.left, *self.head.body]]
        taken: list[Passage] = []
        for line in inside(column, box):
            if taken and self.title is not None and self._subject_ended(taken[-1], line):
                break
            taken.append(line)
        below = [line for line in column if taken and line.middle > taken[-1].box[3]]
        for line in below if self.title is not None else []:
            if not self._subject_goes_on(taken[-1], line):
                break
            taken.append(line)
        return taken

    def _subject_goes_on(self, before: Passage, line: Passage) -> bool:
        """Whether a bold line close under the subject is its next line."""
        near = line.box[1] - before.box[3] < 0.5 * line.height
        alike = before.bold and line.bold and abs(before.centre - line.centre) < 0.03
        return near and alike and not line.upper and not self._subject_ended(before, line)

    def _subject_ended(self, before: Passage, line: Passage) -> bool:
        """Whether the body begins with a line: a rule stands over it, or bold letters end."""
        ruled = any(
            before.middle < rule[1] < line.middle and rule[0] > 0.2 and rule[2] < 0.85
            for rule in self.pages[0].rules
        )
        return ruled or (before.bold and not line.bold and not line.text.startswith("("))

    @cached_property
    def subject_text(self) -> Passage | None:
        return whole(self.subject)

    # -- the body -------------------------------------------------------------------------

    @cached_property
    def to_lines(self) -> list[Passage]:
        """“Kính gửi: …” and the addressees under it."""
        field = addressees(self.head)
        lines = [passage(1, line) for line in self.head.body]
        if field is not None and field.box is not None:
            return inside(lines, field.box)
        return [line for line in lines if TO_LINE.match(fold(line.text))][:1]

    @cached_property
    def last_page(self) -> int:
        """The page where the paper proper ends; annexes follow."""
        if self.received_place is not None:
            return self.received_place[0]
        if self.block.page:
            return self.block.page
        return self.pages[-1].number

    @cached_property
    def body_lines(self) -> list[Passage]:
        """Lines between the head and the signature, without page numbers and rows of tables."""
        top = self._body_top()
        end_page, end = self.last_page, self._body_end()
        lines: list[Passage] = []
        for number in range(1, end_page + 1):
            for line in self.lines.get(number, []):
                after = number > 1 or line.middle > top
                before = number < end_page or line.box[3] < end
                if after and before and not self.is_page_number(line):
                    lines.append(line)
        return [line for row in _rows(lines) if len(row) == 1 for line in row]

    def _body_top(self) -> float:
        above = [self.nation, self.motto, self.number, self.date, self.title]
        parts = [part for part in [*above, *self.subject, *self.to_lines] if part]
        return max((part.box[3] - 0.3 * part.height for part in parts), default=0.0)

    def _body_end(self) -> float:
        ends = [self.block.lines[0].box[1]] if self.block.lines else []
        if self.received:
            ends.append(self.received[0].box[1])
        return min(ends, default=1.0) + 0.002

    def is_page_number(self, line: Passage) -> bool:
        edge = line.box[3] < MARGIN_ZONE or line.box[1] > 1 - MARGIN_ZONE
        return edge and bool(PAGE_NUMBER.match(line.text))

    @cached_property
    def body(self) -> list[Paragraph]:
        return paragraphs(self.body_lines)

    @cached_property
    def enacting(self) -> Paragraph | None:
        """The line “QUYẾT ĐỊNH:” between the bases and the articles."""
        for part in self.body:
            if ENACTS.match(fold(part.text).strip(" :.")) and is_upper(part.text):
                return part
        return None

    @cached_property
    def bases(self) -> list[Paragraph]:
        """“Căn cứ …;” and “Theo đề nghị …” before the enacting line, or at the start.

        Only decisions and resolutions have them; other papers name them in running text.
        """
        found: list[Paragraph] = []
        if self.enacting is None and self.kind not in ("Quyết định", "Nghị quyết"):
            return found
        for part in self.body:
            if part is self.enacting or part.text.startswith("Điều 1"):
                break
            if BASES.match(fold(part.text) + " "):
                found.append(part)
            elif found and self.enacting is None:
                break
        return found

    @cached_property
    def articles(self) -> list[tuple[int, Paragraph]]:
        """(number, first paragraph) of “Điều 1.”, “Điều 2.” … in reading order."""
        found = []
        for part in self.body:
            match = re.match(r"^Điều\s+(\d{1,3})\b(?!\s+(?:của|Nghị|Luật|Thông|Quy))", part.text)
            if match and (not self.enacting or self.body.index(part) > 0):
                found.append((int(match[1]), part))
        return found

    # -- the end --------------------------------------------------------------------------

    @cached_property
    def received_place(self) -> tuple[int, int] | None:
        return find_distribution(self.texts, self.raw_lines)

    @cached_property
    def received(self) -> list[Passage]:
        """“Nơi nhận:” and the lines under it."""
        if self.received_place is None:
            return []
        number, index = self.received_place
        page = self.texts[number - 1]
        field = distribution(page, self.raw_lines[number], index)
        first = self.lines[number][index]
        if field is None or field.box is None:
            return [first]
        rest = inside(
            [x for x in self.lines[number][index + 1 :] if x.box[0] < first.box[0] + 0.12],
            field.box,
        )
        return [first, *rest]

    @cached_property
    def received_items(self) -> list[Passage]:
        """The entries of the list, each with all its lines."""
        groups: list[list[Passage]] = []
        for line in self.received[1:]:
            if ITEM.match(line.text) or not groups:
                groups.append([line])
            else:
                groups[-1].append(line)
        return [part for group in groups if (part := whole(group))]

    @cached_property
    def block(self) -> signing_block.SigningBlock:
        return signing_block.find(self.texts, self.raw_lines, self.lines, self.received_place)

    # -- what all checkers of language read -----------------------------------------------

    @cached_property
    def prose(self) -> list[Passage]:
        """Subject, addressees, paragraphs and recipients: the running text of the paper."""
        parts: list[Passage | None] = [self.subject_text, whole(self.to_lines)]
        return [part for part in [*parts, *self.body, *self.received_items] if part]


def _rows(lines: Sequence[Passage]) -> list[list[Passage]]:
    """Lines that stand side by side, in the order in which they are read."""
    rows: list[list[Passage]] = []
    for line in lines:
        last = rows[-1][-1] if rows else None
        if last and last.page == line.page and abs(last.middle - line.middle) < 0.5 * line.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def of(
    pages: Sequence[StyledPage], on: date, expected: Expected | None, docx: DocxFacts | None
) -> Paper:
    """A paper out of what was read."""
    return Paper(tuple(pages), on, expected or Expected(), docx)
