"""Pages of certified copies: sao y, sao lục, trích sao (Decree 30/2020, art. 25, annex I part II).

What is made here is a derivative without signatures: the document that was copied stays as it is.
The organ then signs the derivative. Nothing of this may be done to a file after that.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2

from app.errors import InvalidInput
from app.outgoing.papers import facts as written
from app.outgoing.papers import measures as m
from app.outgoing.papers.layout import render
from ocr import FileRefused, sandbox
from ocr.types import Limits

VIETNAM = timezone(timedelta(hours=7))
MM = 72 / 25.4
LOOK_DPI = 50  # enough to see where a page ends
DARK = 200  # luminance under which something stands on the page
GAP, LOWEST = 6.0, 15.0  # mm above the copy's line; mm kept free at the foot of the page
A4_TOLERANCE = 3.0  # mm
PAGES = re.compile(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?")
MOST_PAGES = 2000
MOST_BYTES = 200 * 1024 * 1024
LIMITS = Limits(wall_s=60.0, cpu_s=50, memory_mb=2048, file_mb=256)


class Form(StrEnum):
    """Hình thức sao."""

    FULL = "SAO Y"
    OF_COPY = "SAO LỤC"
    EXTRACT = "TRÍCH SAO"


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What stands on a copy. `number` of the copies' own series; `notation` as "SY-UBND".

    `pages` are those to copy, from 1; None is all of them.
    """

    form: Form
    organ: str
    number: str
    notation: str
    place: str
    issued_on: date
    position: str
    signer_name: str
    superior_organ: str | None = None
    recipients: Sequence[str] = ()
    authority_lines: Sequence[str] = ()
    pages: Sequence[int] | None = None


def on_paper(pdf: bytes, facts: CopyFacts) -> bytes:
    """The copied pages with the copy's own head, number and signer under the last of them.

    Below a line over the whole width; on a page of its own where there is no room. Raises
    InvalidInput for a file that cannot be opened or pages that it does not have.
    """
    block = render("copy.html", _context(facts))
    height = _lowest(block, 0)
    with _derivative(pdf, facts.pages) as document, pikepdf.open(io.BytesIO(block)) as own:
        last = len(document.pages) - 1
        start = _free_from(_bytes(document), last, document.pages[last])
        if start is None or start + GAP + height > m.PAGE_HEIGHT - LOWEST:
            document.add_blank_page(page_size=(m.PAGE_WIDTH * MM, m.PAGE_HEIGHT * MM))
            last, start = last + 1, m.TOP - GAP
        down = (start + GAP) * MM
        page = document.pages[last]
        place = pikepdf.Rectangle(0, -down, m.PAGE_WIDTH * MM, m.PAGE_HEIGHT * MM - down)
        page.add_overlay(own.pages[0], place)
        return _bytes(document)


def electronic(pdf: bytes, facts: CopyFacts, moment: datetime) -> bytes:
    """The copied pages with the mark of an electronic copy (cell 14) at the top right of the first.

    The mark names the form, the organ and the moment, in Vietnamese time. Raises as `on_paper`.
    """
    time = moment.astimezone(VIETNAM).strftime("%d-%m-%Y %H:%M:%S +07:00")
    lines = [facts.form.value, " ".join(facts.organ.split()), time]
    with _derivative(pdf, facts.pages) as document:
        page = document.pages[0]
        width, height = _shown_size(page)
        mark = render("copy_mark.html", {"title": facts.form.value, "lines": lines, "width": width})
        with pikepdf.open(io.BytesIO(mark)) as own:
            place = pikepdf.Rectangle(0, (height - 20) * MM, width * MM, height * MM)
            page.add_overlay(own.pages[0], place)
        return _bytes(document)


def made_safely(source: Path, facts: CopyFacts, moment: datetime | None) -> bytes:
    """A copy of a file from outside, made in the limited child: with `moment` an electronic one,
    else one on paper. Raises as `on_paper`."""
    args = {
        "source": str(source),
        "facts": asdict(facts) | {"issued_on": facts.issued_on.isoformat()},
        "moment": moment.isoformat() if moment else None,
    }
    with tempfile.TemporaryDirectory(prefix="copy-") as folder:
        target = Path(folder, "copy.pdf")

        def collect(child_folder: Path, result: Any) -> str | None:
            if result is None:
                sandbox.take(child_folder, "copy.pdf", target, max_bytes=MOST_BYTES)
            return result if isinstance(result, str) else None

        try:
            said = sandbox.run(f"{__name__}:make_here", args, LIMITS, collect=collect)
        except FileRefused as refused:
            raise InvalidInput(refused.sentence) from refused
        if said is not None:
            raise InvalidInput(str(said))
        return target.read_bytes()


def make_here(source: str, facts: dict[str, Any], moment: str | None) -> str | None:
    """In the child: leaves `copy.pdf` in its folder; a sentence when it cannot be copied."""
    data = Path(source).read_bytes()
    values = facts | {
        "form": Form(facts["form"]), "issued_on": date.fromisoformat(facts["issued_on"]),
    }  # fmt: skip
    whole = CopyFacts(**values)
    try:
        if moment is not None:
            made = electronic(data, whole, datetime.fromisoformat(moment))
        else:
            made = on_paper(data, whole)
    except InvalidInput as error:
        return error.user_message
    Path("copy.pdf").write_bytes(made)
    return None


def pages_named(text: str) -> list[int] | None:
    """“1-3, 5” as page numbers; None for an empty text: all pages. Raises InvalidInput."""
    pages: list[int] = []
    for piece in filter(None, (one.strip() for one in text.split(","))):
        match = PAGES.fullmatch(piece)
        if match is None or len(pages) > MOST_PAGES:
            raise InvalidInput("Ghi trang như sau: 1-3, 5.", "pages")
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= MOST_PAGES:
            raise InvalidInput("Ghi trang như sau: 1-3, 5.", "pages")
        pages += range(first, last + 1)
    return pages or None


def _context(facts: CopyFacts) -> dict[str, Any]:
    lines = [*facts.authority_lines, facts.position]
    return {
        "title": facts.form.value,
        "form": facts.form.value,
        "superior": written.organ_lines(facts.superior_organ) if facts.superior_organ else [],
        "organ": written.organ_lines(facts.organ),
        "organ_rule": round(written.organ_rule_mm(facts.organ), 1),
        "number": f"Số: {written.padded(facts.number)}/{facts.notation}",
        "dated": f"{facts.place}, {written.written_date(facts.issued_on)}",
        "recipients": written.listed(facts.recipients),
        "authority": [line.upper() for line in lines if line.strip()],
        "signer": facts.signer_name,
    }


def _derivative(pdf: bytes, pages: Sequence[int] | None) -> pikepdf.Pdf:
    """The wanted pages, all that was seen in fields and signatures now part of the page."""
    try:
        document = pikepdf.open(io.BytesIO(pdf))
    except pikepdf.PasswordError as error:
        raise InvalidInput("Tệp PDF được đặt mật khẩu, không sao được.") from error
    except pikepdf.PdfError as error:
        raise InvalidInput("Tệp PDF bị hỏng, không sao được.") from error
    count = len(document.pages)
    wanted = sorted(set(pages)) if pages is not None else list(range(1, count + 1))
    if not wanted or wanted[0] < 1 or wanted[-1] > count:
        document.close()
        raise InvalidInput(f"Văn bản có {count} trang. Hãy chọn trang từ 1 đến {count}.")
    document.flatten_annotations("screen")
    for name in ("/AcroForm", "/Perms", "/DSS", "/OpenAction", "/AA"):
        if name in document.Root:
            del document.Root[name]
    for number in range(count, 0, -1):
        if number not in wanted:
            del document.pages[number - 1]
    for page in document.pages:  # links may stay; a signature may not
        if "/Annots" in page:
            kept = [note for note in page.Annots if note.get("/Subtype") != "/Widget"]
            page.Annots = pikepdf.Array(kept)
    return document


def _bytes(document: pikepdf.Pdf) -> bytes:
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _shown_size(page: pikepdf.Page) -> tuple[float, float]:
    x0, y0, x1, y1 = (float(value) for value in page.mediabox)
    return (x1 - x0) / MM, (y1 - y0) / MM


def _free_from(pdf: bytes, index: int, page: pikepdf.Page) -> float | None:
    """Where the empty rest of a page begins, mm from its top; None where nothing may be added."""
    width, height = _shown_size(page)
    off = max(abs(width - m.PAGE_WIDTH), abs(height - m.PAGE_HEIGHT))
    if off > A4_TOLERANCE or int(page.get("/Rotate", 0)) % 360:
        return None
    return _lowest(pdf, index)


def _lowest(pdf: bytes, index: int) -> float:
    """The lowest thing on a page, mm from its top; 0 on an empty page."""
    with pypdfium2.PdfDocument(pdf) as document:
        image = document[index].render(scale=LOOK_DPI / 72, grayscale=True).to_numpy()
    rows = np.flatnonzero((image.reshape(image.shape[0], -1) < DARK).any(axis=1))
    return float(rows[-1] + 1) / LOOK_DPI * 25.4 if rows.size else 0.0
