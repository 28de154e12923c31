"""What was read: pages for viewer and index, and the values proposed for the form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from app.files.models import StoredFile
from app.incoming.models import (
    IncomingDocument,
    LetterFile,
    LetterFileRole,
    PageText,
    ReadingResult,
)
from app.organisation.models import Organ
from app.organisation.names import fold_name
from app.organisation.queries import find_organ
from app.registers.models import DocumentType
from app.registers.queries import document_types
from ocr import Reading, usual_case
from ocr.types import DOUBTFUL_BELOW, Box

AUTHORITY = re.compile(r"\s*(TM|KT|TL|TUQ|Q)\s*[.,:]")  # decree 30/2020, annex I
URGENCIES = {"normal": 0, "urgent": 1, "very_urgent": 2, "flash": 3}
SNAPPED = 0.95
"""Confidence of an organ's name that is, but for case and marks, one of the directory."""


def known_organs(session: Session) -> list[str]:
    """Names the reader snaps issuing organs to."""
    rows = sa.select(Organ.name).where(Organ.merged_into_id.is_(None)).order_by(Organ.id)
    return list(session.scalars(rows.limit(5000)))


def page_texts(session: Session, file_ids: Sequence[int]) -> dict[int, list[str]]:
    """Texts of the pages of files, in order, one query. A page that was not read is empty."""
    found: dict[int, list[str]] = {file_id: [] for file_id in file_ids}
    rows = (
        sa.select(PageText.file_id, PageText.number, PageText.text)
        .where(PageText.file_id.in_(file_ids))
        .order_by(PageText.file_id, PageText.number)
    )
    for file_id, number, text in session.execute(rows):
        pages = found[file_id]
        pages.extend([""] * (number - 1 - len(pages)))
        pages.append(text)
    return found


def words_of_page(session: Session, file_id: int, number: int) -> list[dict[str, Any]]:
    """Words with boxes, for the viewer; empty for a page that was not read."""
    page = session.scalar(
        sa.select(PageText)
        .where(PageText.file_id == file_id, PageText.number == number)
        .options(undefer(PageText.packed_words))
    )
    return [] if page is None else page.words


def stored_reading(session: Session, file_id: int) -> Reading:
    """The reading of a stored file as the library's value. Empty when there is none."""
    file = session.get_one(StoredFile, file_id)
    pages = session.scalars(
        sa.select(PageText)
        .where(PageText.file_id == file_id)
        .order_by(PageText.number)
        .options(undefer(PageText.packed_words))
    ).all()
    result = session.get(ReadingResult, file_id)
    return Reading.from_json(
        {
            "file": file.name,
            "sha256": file.sha256,
            "elapsed_s": result.elapsed_s if result else 0,
            "page_count": file.page_count or len(pages),
            "pages": [
                {
                    "number": page.number,
                    "width_px": page.width_px,
                    "height_px": page.height_px,
                    "dpi": page.dpi,
                    "angle": page.angle,
                    "source": page.source,
                    "confidence": page.confidence,
                    "text": page.text,
                    "words": page.words,
                }
                for page in pages
            ],
            "fields": result.fields if result else {},
            "signatures": result.signatures if result else [],
            "warnings": result.warnings if result else [],
        }
    )


@dataclass(frozen=True, slots=True)
class ProposedField:
    """A value for the form and where it was read. `value` has the type of the form's field."""

    value: Any
    confidence: float | None = None
    page: int | None = None
    box: Box | None = None
    source_text: str = ""
    handwritten: bool = False
    disputed: bool = False  # its sender's own data say otherwise

    @property
    def doubtful(self) -> bool:
        """To be looked at first: handwritten, missing, not sure, or said otherwise elsewhere."""
        return (
            self.handwritten
            or self.disputed
            or self.value in (None, "")
            or (self.confidence is not None and self.confidence < DOUBTFUL_BELOW)
        )


@dataclass(frozen=True, slots=True)
class ProposedForm:
    """All values proposed for a letter. `organ` is the entry of the directory, if it is known."""

    fields: dict[str, ProposedField]
    organ: Organ | None
    due_hint: str
    signatures: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]
    confidence: float | None  # 0 to 1, the weakest of the fields that were read
    page_count: int | None

    def value(self, name: str) -> Any:
        found = self.fields.get(name)
        return found.value if found else None


FORM_FIELDS = (
    "code_number", "code_notation", "issued_date", "organ_name", "document_type",
    "subject_summary", "urgency", "signer_name", "signer_authority", "signer_position",
)  # fmt: skip


def proposed_form(session: Session, letter: IncomingDocument) -> ProposedForm:
    """Values for the form of a letter from the reading of its main file; without one, empty."""
    result = session.get(ReadingResult, letter.main_file_id) if letter.main_file_id else None
    if result is None:
        empty = {name: ProposedField(None) for name in FORM_FIELDS}
        return ProposedForm(empty, None, "", (), (), None, letter.page_count)
    raw = {name: value or {} for name, value in result.fields.items()}
    types = document_types(session)
    organ = None if letter.registered else _organ(session, raw)  # it has its organ
    fields = {
        "code_number": _field(raw, "code_number"),
        "code_notation": _field(raw, "code_notation"),
        "issued_date": _field(raw, "issued_date", _as_date),
        "organ_name": _organ_field(raw, organ),
        "document_type": _type_field(raw, types),
        "subject_summary": _field(raw, "subject_summary", _spelled_out),
        "urgency": _field(raw, "urgency", lambda text: URGENCIES.get(str(text), 0)),
        "signer_name": _field(raw, "signer_name"),
        "signer_authority": _authority_field(raw),
        "signer_position": _field(raw, "signer_position", _post_of),
    }
    if fields["urgency"].value is None:
        fields["urgency"] = ProposedField(0, 1.0)
    sure = [one.confidence for one in fields.values() if one.confidence and one.value]
    return ProposedForm(
        fields=fields,
        organ=organ,
        due_hint=_as_line((raw.get("due_date_hint") or {}).get("value")),
        signatures=tuple(map(_signature, result.signatures)),
        warnings=tuple(result.warnings),
        confidence=min(sure) if sure else None,
        page_count=result.page_count,
    )


def _signature(kept: dict[str, Any]) -> dict[str, Any]:
    """As the reader gave it, with its time as a moment; a page shows it on local clocks."""
    at = kept.get("signed_at")
    return kept | {"signed_at": datetime.fromisoformat(at) if at else None}


def _field(raw: dict[str, Any], name: str, convert: Any = None) -> ProposedField:
    found = raw.get(name) or {}
    value = found.get("value")
    if value is not None and convert is not None:
        value = convert(value)
    return _at(found, value)


def _at(found: dict[str, Any], value: Any, confidence: float | None = None) -> ProposedField:
    box = found.get("box")
    return ProposedField(
        value=value,
        confidence=found.get("confidence") if confidence is None else confidence,
        page=found.get("page"),
        box=tuple(box) if box else None,
        source_text=found.get("source_text", ""),
        handwritten=bool(found.get("handwritten", False)),
    )


def _spelled_out(subject: Any) -> str:
    """“V/v …” is how paper saves room; a register, a notice and a voice say it in words."""
    return re.sub(r"^V/v ", "Về việc ", str(subject))[:500]


def _as_date(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _as_line(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, dict):
        return str(value.get("date") or value.get("text") or "")
    return "" if value is None else str(value)


def _post_of(value: Any) -> str:
    """The signer's own post, without the lines that say by whose authority (TM., KT., TL.)."""
    lines = value if isinstance(value, list) else [value]
    return _as_line([line for line in lines if not AUTHORITY.match(str(line))])


def _authority_field(raw: dict[str, Any]) -> ProposedField:
    """“TM. ỦY BAN NHÂN DÂN; KT. CHỦ TỊCH”; empty when the post signs by itself."""
    found = raw.get("signer_position") or {}
    value = found.get("value")
    lines = value if isinstance(value, list) else [value] if value else []
    texts = [str(line) for line in lines if AUTHORITY.match(str(line))]
    return _at(found, "; ".join(texts)) if texts else ProposedField("")


def _organ(session: Session, raw: dict[str, Any]) -> Organ | None:
    """The directory's entry for the issuer: alone, with its parent's name, or with its place.

    Over “SỞ Y TẾ” stands “UBND TỈNH SÔNG MẪU”, and the directory says “Sở Y tế tỉnh Sông Mẫu”.
    """
    issuer = _as_line((raw.get("issuing_organ") or {}).get("value"))
    parent = _as_line((raw.get("parent_organ") or {}).get("value"))
    place = re.sub(r"^(UBND|ỦY BAN NHÂN DÂN)\s+", "", parent, flags=re.IGNORECASE)
    for name in (f"{issuer} {place}", f"{issuer} {parent}", f"{parent} {issuer}", issuer):
        found = find_organ(session, name) if issuer else None
        if found is not None:
            return found
    return None


def _organ_field(raw: dict[str, Any], organ: Organ | None) -> ProposedField:
    found = raw.get("issuing_organ") or {}
    if organ is None:
        return _at(found, usual_case(_as_line(found.get("value")))[:300])
    return _at(found, organ.name, max(found.get("confidence") or 0, SNAPPED))


def _type_field(raw: dict[str, Any], types: Sequence[DocumentType]) -> ProposedField:
    found = raw.get("document_type") or {}
    label = fold_name(str(found.get("value") or ""))
    code = next((one.code for one in types if label and fold_name(one.label) == label), None)
    return _at(found, code)


def texts_of_letters(session: Session, letter_ids: Sequence[int]) -> dict[int, list[str]]:
    """Pages of all files of letters, main file first, for the index: two queries."""
    rows = (
        sa.select(LetterFile.letter_id, LetterFile.file_id)
        .where(
            LetterFile.letter_id.in_(letter_ids),
            LetterFile.file_id.is_not(None),
            LetterFile.role != LetterFileRole.REPLACED,
        )
        .order_by(LetterFile.letter_id, LetterFile.position, LetterFile.id)
    )
    files = [(letter_id, file_id) for letter_id, file_id in session.execute(rows) if file_id]
    texts = page_texts(session, [file_id for _, file_id in files])
    found: dict[int, list[str]] = {letter_id: [] for letter_id in letter_ids}
    for letter_id, file_id in files:
        found[letter_id].extend(texts[file_id])
    return found
