"""What stands on an outgoing paper, and how the decree has it written (Decree 30/2020, annex I)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.outgoing.papers import measures

GAP = "\N{NO-BREAK SPACE}"
NUMBER_GAP, DAY_GAP = GAP * 10, GAP * 7  # room for three digits, for two
URGENCY_WIDTH_MM = {"KHẨN": 20.0, "THƯỢNG KHẨN": 40.0, "HỎA TỐC": 30.0}  # annex I, cell 10b
LONGEST_ORGAN_LINE = 24  # characters of 13 pt capitals that the left column holds
NO_POSITION, NO_SIGNER = "[Chức vụ của người ký]", "[Họ và tên người ký]"
LEVELS = re.compile(r" (?=(?:PHƯỜNG|XÃ|ĐẶC KHU|TỈNH|THÀNH PHỐ|THỊ TRẤN)\b)")


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """All that a draft needs besides its layout. Texts are plain, without final punctuation.

    superior_organ      the parent, above the issuer; None where the issuer has none to name
    organ               the issuer in capitals; a line break in it is kept
    notation            ký hiệu, "UBND-VX"
    number              None until it is given: a gap is left for it
    place               địa danh
    issued_on           None until known: gaps are left for day and month; `year` still stands
    type_name           "Quyết định"; None for a công văn
    subject             trích yếu; with or without "V/v"
    addressees          Kính gửi, one organ each; empty where the paper has none
    references          căn cứ of a decision, one each; elsewhere whole opening sentences
    body_html           None: the skeleton of the template stays
    recipients          lines of Nơi nhận, without dashes; the last is "Lưu: VT, VX."
    authority_lines     "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"
    position            "CHỦ TỊCH"
    urgency             the mark in capitals, or None
    drafter_initials    ký hiệu người soạn thảo, with copies if wanted: "PL.(12)"
    issuing_authority   who decides, above the căn cứ of a decision; None: taken from the signer
    year                of the date while `issued_on` is None
    """

    superior_organ: str | None
    organ: str
    notation: str
    number: str | None
    place: str
    issued_on: date | None
    type_name: str | None
    subject: str
    signer_name: str
    position: str
    addressees: Sequence[str] = ()
    references: Sequence[str] = ()
    body_html: str | None = None
    recipients: Sequence[str] = ()
    authority_lines: Sequence[str] = ()
    urgency: str | None = None
    drafter_initials: str | None = None
    issuing_authority: str | None = None
    year: int | None = None


def number_text(facts: DraftFacts) -> str:
    """Cell 3: "Số: 07/QĐ-UBND"; numbers below ten take a zero, a missing one leaves its gap."""
    return f"Số: {padded(facts.number) if facts.number else NUMBER_GAP}/{facts.notation}"


def padded(number: str) -> str:
    """ "7" and "7a" become "07" and "07a" """
    digits = re.match(r"\d*", number)
    return f"0{number}" if digits and len(digits[0]) == 1 else number


def date_text(facts: DraftFacts) -> str:
    """Cell 4: "Hoa Lư, ngày 05 tháng 01 năm 2026": days below 10, months 1 and 2 take a zero."""
    if facts.issued_on is None:
        year = str(facts.year) if facts.year else DAY_GAP
        return f"{facts.place}, ngày{DAY_GAP}tháng{DAY_GAP}năm {year}"
    return f"{facts.place}, {written_date(facts.issued_on)}"


def written_date(day: date) -> str:
    """ "ngày 05 tháng 01 năm 2026" """
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def organ_lines(name: str) -> list[str]:
    """The name of an organ in capitals, broken before its level when it is too long for a line."""
    name = name.upper()
    if "\n" in name:
        return [line.strip() for line in name.splitlines() if line.strip()]
    name = " ".join(name.split())
    if len(name) <= LONGEST_ORGAN_LINE:
        return [name]
    return LEVELS.split(name, maxsplit=1)


def organ_rule_mm(name: str) -> float:
    """How long the line under the issuer is: a third to a half of its widest line (cell 2)."""
    widest = max(len(line) for line in organ_lines(name))
    return widest * measures.CAPITAL_MM * measures.ORGAN_RULE_SHARE


def subject_of_letter(facts: DraftFacts) -> str:
    """Cell 5b: with "V/v" before it, whether it was typed or not."""
    return f"V/v {bare_subject(facts.subject)}"


def bare_subject(subject: str) -> str:
    """Trích yếu without "V/v", "Về việc" and final full stop."""
    text = re.sub(r"^\s*(?:v\s*/\s*v|về việc)\s*:?\s+", "", subject.strip(), flags=re.IGNORECASE)
    return text.rstrip(" .;")


def subject_of_titled(facts: DraftFacts) -> str:
    """Cell 5a: as it was typed ("Ban hành …", "Về việc …"), "V/v" spelled out."""
    text = facts.subject.strip().rstrip(" .;")
    if re.match(r"v\s*/\s*v\b", text, flags=re.IGNORECASE):
        text = f"về việc {bare_subject(text)}"
    return text[:1].upper() + text[1:]


def listed(lines: Sequence[str], *, dash: bool = True) -> list[str]:
    """Items of a list as the decree ends them: each ";", the last "."."""
    bare = [re.sub(r"^\s*[-–+•]\s*", "", line).rstrip(" .;,") for line in lines if line.strip()]
    mark = "- " if dash else ""
    return [f"{mark}{line}{'.' if at == len(bare) else ';'}" for at, line in enumerate(bare, 1)]


def recipient_lines(facts: DraftFacts) -> list[str]:
    """Cell 9b without its heading; the drafter's initials (cell 12) end the line of Lưu."""
    lines = listed(facts.recipients)
    if lines and facts.drafter_initials:
        lines[-1] = f"{lines[-1]} {facts.drafter_initials}"
    return lines


def addressee_lines(facts: DraftFacts, label: str) -> list[str]:
    """Cell 9a: one organ on the line of its label, several as a list under it."""
    names = [name.strip().rstrip(" .;,") for name in facts.addressees if name.strip()]
    if len(names) < 2:
        return [f"{label} {name}" for name in names]
    return [label, *listed(names)]


def opening_sentences(facts: DraftFacts) -> list[str]:
    """References of a paper that is no decision: each a sentence with its end."""
    lines = [line.strip() for line in facts.references if line.strip()]
    return [line if line[-1] in ".:,;" else f"{line}." for line in lines]


def authority(facts: DraftFacts) -> list[str]:
    """Cell 7a: the lines of authority, then the signer's position, in capitals.

    While nobody has been chosen to sign, brackets keep the place: a Word draft is filled only once.
    """
    lines = [*facts.authority_lines, facts.position.strip() or NO_POSITION]
    return [line.strip().upper() for line in lines if line.strip()]


def signer(facts: DraftFacts) -> str:
    """Cell 7c, or brackets that keep its place."""
    return facts.signer_name.strip() or NO_SIGNER


def issuing_authority(facts: DraftFacts) -> str:
    """Who decides: a body that is signed for (TM.), else the head whose office signs."""
    if facts.issuing_authority:
        return facts.issuing_authority.upper()
    organ = " ".join(facts.organ.split()).upper()
    lines = [line.strip().upper() for line in facts.authority_lines]
    if any(line.startswith("TM.") for line in lines):
        return organ
    for line in lines:
        if match := re.match(r"(?:KT|TL|TUQ|Q)\.\s*(.+)", line):
            return f"{match[1]} {organ}"
    return f"{facts.position.upper()} {organ}".strip()
