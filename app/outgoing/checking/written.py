"""Number and date as they stand on a paper, to be compared with the register."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.outgoing.checking.reading import read_pdf
from app.outgoing.signing import fields
from ocr.fields import read_head
from ocr.fields.dates import plain
from ocr.fields.head import Head
from ocr.fields.number import find_number

DATED = re.compile(r"N[GC]AY?(?P<day>.*?)TH[A4]N[GC](?P<month>.*?)N[A4]M(?P<year>.*)")


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the head; empty where nothing can be read. Numbers without leading zeros."""

    number: str
    day: str
    month: str
    year: str


def read_written(pdf: bytes) -> Written:
    """The head of a filled document: of a field its value, else what is printed.

    Raises UnreadablePdf.
    """
    values = fields.read_values(pdf)
    head = read_head(read_pdf(pdf)[0].text)
    day, month, year = _date(head)
    return Written(
        _bare(values.get(fields.NUMBER) or _number(head)),
        _bare(values.get(fields.DAY) or day),
        _bare(values.get(fields.MONTH) or month),
        year,
    )


def _number(head: Head) -> str:
    found = find_number(head)
    return re.sub(r"[^0-9a-zđ]", "", found.number) if found else ""


def _date(head: Head) -> tuple[str, str, str]:
    for line in (*head.right, *head.left):
        if found := DATED.search(plain(line.text)):
            day, month, year = (re.sub(r"[^0-9]", "", part) for part in found.groups())
            return day, month, year
    return "", "", ""


def _bare(text: str) -> str:
    return text.strip().lstrip("0")
