"""Header fields out of the words of the pages: by position, grammar, dictionaries.

Each module finds some fields; none invents one. A field that was not found is None; a value that
stands there by hand or by a stamp is null with its place.
"""

from __future__ import annotations

from collections.abc import Sequence

from ocr.evidence import Evidence
from ocr.fields.dates import date_fields
from ocr.fields.head import Head, read_head
from ocr.fields.hints import due_date, invitation, references
from ocr.fields.number import number_fields
from ocr.fields.organ import organ_fields
from ocr.fields.recipients import addressees, distribution, find_distribution
from ocr.fields.signer import signer_fields
from ocr.fields.subject import type_and_subject
from ocr.fields.urgency import urgency
from ocr.geometry import Frame, upright_words
from ocr.lines import Line, group_lines
from ocr.marks import Mark
from ocr.types import FIELD_NAMES, Field, PageText

__all__ = ["Head", "extract_fields", "read_head"]


def extract_fields(
    pages: Sequence[PageText], marks: Sequence[Mark], evidence: Evidence, organs: Sequence[str]
) -> dict[str, Field | None]:
    """All fields of a document.

    Args:
        pages: in order; page 1 first (without it there are no fields of the head).
        marks, evidence: what the pixels of page 1 told.
        organs: full names to which issuing organs are snapped.
    """
    fields: dict[str, Field | None] = dict.fromkeys(FIELD_NAMES)
    if not pages:
        return fields
    lines = {page.number: page_lines(page) for page in pages}
    head = read_head(pages[0])
    fields |= number_fields(head, evidence)
    fields |= date_fields(head, evidence)
    fields |= organ_fields(head, organs)
    fields |= type_and_subject(head)
    fields["addressees"] = addressees(head)
    place = find_distribution(pages, lines)
    if place:
        page = next(p for p in pages if p.number == place[0])
        fields["distribution_list"] = distribution(page, lines[page.number], place[1])
    fields |= signer_fields(pages, lines)
    fields["urgency"] = urgency(pages[0], lines[pages[0].number], marks)
    fields["due_date_hint"] = due_date(pages, _text(fields["issued_date"]))
    fields["invitation"] = invitation(pages, _text(fields["document_type"]))
    fields["references"] = references(pages, _own_number(fields))
    return {name: fields[name] for name in FIELD_NAMES}


def page_lines(page: PageText) -> list[Line]:
    """Lines of a page on its upright, straightened frame."""
    across, down = Frame.of(page).upright_size
    return group_lines(upright_words(page), across / max(1.0, down))


def _text(field: Field | None) -> str | None:
    return field.value if field and isinstance(field.value, str) else None


def _own_number(fields: dict[str, Field | None]) -> str | None:
    number, notation = _text(fields["code_number"]), _text(fields["code_notation"])
    return f"{number}/{notation}" if number and notation else None
