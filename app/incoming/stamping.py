"""The arrival stamp (dấu ĐẾN) on a derivative of page 1; the received bytes are never altered.

An entry point: it reads, then works on files outside any block, then writes the row.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.db import reading, transaction
from app.errors import RuleViolated
from app.files.models import FileRole, StoredFile
from app.files.queries import derivatives
from app.files.services import record_file
from app.files.store import StoredBlob, current_store
from app.incoming import permissions
from app.incoming.models import IncomingDocument, PageText
from app.incoming.queries.letters import KIND, get_letter_by_token
from app.incoming.queries.text import words_of_page
from app.security import Actor, authorize
from ocr import stamp, to_pdf

Box = tuple[float, float, float, float]

POINTS_PER_MM = 72 / 25.4
STAMP_MM = (50.0, 35.0)  # width, height: decree 30/2020, annex IV
A4_MM = (210.0, 297.0)
MARGIN_MM = 8.0
STEP_MM = 4.0
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Place:
    """Size of page 1 and the upper left corner of the stamp on it, in millimetres."""

    width: float
    height: float
    left: float
    top: float


@dataclass(frozen=True, slots=True)
class _Source:
    """What is stamped: the PDF's hash, or a picture's; the original it derives from."""

    letter_id: int
    original_id: int
    sha256: str
    is_pdf: bool
    name: str
    pages: int | None
    place: Place


Draw = Callable[[IncomingDocument, Place], bytes]
"""Gives a PDF of one page of the place's size that bears the stamp and nothing else."""


def stamp_arrival(actor: Actor, token: str, draw: Draw) -> str:
    """Make the stamped copy of a registered letter, once for its number. Returns its token.

    Raises NotFound, PermissionDenied, RuleViolated for a letter without number or PDF, and
    FileRefused when the file cannot be stamped.
    """
    actor = authorize(actor, permissions.REGISTER)
    with reading() as session:
        letter = get_letter_by_token(session, actor, token)
        if not letter.registered:
            raise RuleViolated("Văn bản chưa vào sổ, chưa có số đến.")
        name = f"den-{letter.arrival_label}-{letter.arrival_year}.pdf"
        known = stamped_copy(session, letter)
        if known is not None and known.name == name:
            return known.token
        source = _source(session, letter, name)
    drawn = draw(letter, source.place)
    blob = _stamped_bytes(source, drawn)
    with transaction("incoming.stamp") as session:
        return _keep(session, actor, source, blob)


def stamped_copy(session: Session, letter: IncomingDocument) -> StoredFile | None:
    """The newest stamped copy of the main file, whatever number it bears."""
    if letter.main_file_id is None:
        return None
    return derivatives(session, [letter.main_file_id], FileRole.STAMPED).get(letter.main_file_id)


def _source(session: Session, letter: IncomingDocument, name: str) -> _Source:
    main = session.get(StoredFile, letter.main_file_id) if letter.main_file_id else None
    if main is None:
        raise RuleViolated("Văn bản không có tệp để đóng dấu.")
    searchable = derivatives(session, [main.id], FileRole.SEARCHABLE).get(main.id)
    base = main if main.media_type == PDF or searchable is None else searchable
    if base.media_type != PDF and not base.media_type.startswith("image/"):
        raise RuleViolated("Loại tệp này không đóng dấu được.")
    return _Source(
        letter_id=letter.id,
        original_id=main.id,
        sha256=base.sha256,
        is_pdf=base.media_type == PDF,
        name=name,
        pages=main.page_count,
        place=_place(session, main.id),
    )


def _place(session: Session, file_id: int) -> Place:
    page = session.scalar(sa.select(PageText).filter_by(file_id=file_id, number=1))
    if page is None or not page.dpi:
        return find_place(A4_MM, [])
    size = (page.width_px / page.dpi * 25.4, page.height_px / page.dpi * 25.4)
    return find_place(size, [tuple(word["box"]) for word in words_of_page(session, file_id, 1)])


def find_place(size: tuple[float, float], words: Sequence[Box]) -> Place:
    """The first free place for the stamp: from the top down, the left margin first.

    `words` are fractions of the page. A page without a free place gets it in the lower left
    corner, where a letter has its list of recipients and not its text.
    """
    width, height = size
    taken = [(x0 * width, y0 * height, x1 * width, y1 * height) for x0, y0, x1, y1 in words]
    top = MARGIN_MM
    while top + STAMP_MM[1] <= height - MARGIN_MM:
        for left in (MARGIN_MM, 30.0, width - MARGIN_MM - STAMP_MM[0]):
            if _free(left, top, taken):
                return Place(width, height, left, top)
        top += STEP_MM
    return Place(width, height, MARGIN_MM, height - MARGIN_MM - STAMP_MM[1])


def _free(left: float, top: float, taken: Sequence[Box]) -> bool:
    right, bottom = left + STAMP_MM[0], top + STAMP_MM[1]
    return not any(
        x0 < right and x1 > left and y0 < bottom and y1 > top for x0, y0, x1, y1 in taken
    )


def _stamped_bytes(source: _Source, drawn: bytes) -> StoredBlob:
    store = current_store()
    with tempfile.TemporaryDirectory(prefix="stamp-") as name:
        folder = Path(name)
        original = store.path(source.sha256)
        if not source.is_pdf:
            to_pdf(original, folder / "converted.pdf")
            original = folder / "converted.pdf"
        (folder / "mark.pdf").write_bytes(drawn)
        stamp(original, folder / "mark.pdf", folder / "stamped.pdf")
        return store.put_path(folder / "stamped.pdf")


def _keep(session: Session, actor: Actor, source: _Source, blob: StoredBlob) -> str:
    file = record_file(
        session,
        actor,
        blob,
        name=source.name,
        media_type=PDF,
        role=FileRole.STAMPED,
        kind=KIND,
        thing_id=source.letter_id,
        derived_from_id=source.original_id,
        page_count=source.pages,
    )
    audit.record(session, actor, "incoming.stamped", source.letter_id, file=file.id)
    outbox.changed(session, KIND, source.letter_id)
    return file.token
