"""What a DOCX says of itself: paper, margins, fonts, paragraphs; and a DOCX put right."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph as DocxParagraph
from flask_babel import gettext as _

from app.errors import RuleViolated
from app.outgoing.checking.types import Repair

EMU_PER_MM = 36000
A4 = (210, 297)
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 15}
"""Millimetres, set by a repair: the least that the decree allows."""
FONT = "Times New Roman"


class UnreadableDocx(RuleViolated):
    """The bytes are no DOCX that can be opened."""


@dataclass(frozen=True, slots=True)
class Section:
    """Sizes in millimetres."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class DocxFacts:
    """`fonts`: letters by declared family; `texts`: paragraphs, those of tables included."""

    sections: tuple[Section, ...]
    fonts: tuple[tuple[str, int], ...]
    texts: tuple[str, ...]


def facts(docx: bytes) -> DocxFacts:
    """What a DOCX says of itself. Raises UnreadableDocx."""
    document = _open(docx)
    sections = tuple(
        Section(*(round((value or 0) / EMU_PER_MM, 1) for value in _sizes(section)))
        for section in document.sections
    )
    fonts: Counter[str] = Counter()
    texts: list[str] = []
    default = _default_font(document)
    for paragraph in _paragraphs(document):
        texts.append(paragraph.text)
        for run in paragraph.runs:
            letters = sum(c.isalpha() for c in run.text)
            if letters:
                fonts[_font(run, paragraph, default)] += letters
    return DocxFacts(sections, tuple(fonts.most_common()), tuple(texts))


def repaired(docx: bytes, repair: Repair) -> bytes:
    """The DOCX with one repair done; its other bytes of text and style stay. UnreadableDocx."""
    document = _open(docx)
    _REPAIRS[repair.kind](document, repair)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _open(docx: bytes) -> Any:
    try:
        return Document(io.BytesIO(docx))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise UnreadableDocx(_("Không mở được tệp Word (DOCX)."), detail=str(error)) from error


def _sizes(section: Any) -> tuple[int | None, ...]:
    return (
        section.page_width,
        section.page_height,
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )


def _paragraphs(document: Any) -> Iterator[DocxParagraph]:
    """All paragraphs of the body, in their order, those in tables and text boxes included."""
    for element in document.element.body.iter(qn("w:p")):
        yield DocxParagraph(element, document)


def _default_font(document: Any) -> str:
    fonts = document.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:rFonts')}")
    return (fonts.get(qn("w:ascii")) or "") if fonts is not None else ""


def _font(run: Any, paragraph: DocxParagraph, default: str) -> str:
    """The family a run is set in: its own, its style's, its paragraph style's, the default."""
    style = paragraph.style
    for holder in (run, run.style):
        if holder is not None and holder.font.name:
            return str(holder.font.name)
    while style is not None:
        if style.font.name:
            return str(style.font.name)
        style = style.base_style
    return default


def _replace(document: Any, repair: Repair) -> None:
    for paragraph in _paragraphs(document):
        if repair.within and repair.within not in " ".join(paragraph.text.split()):
            continue
        replace_in(paragraph, repair.old, repair.new)


def replace_in(paragraph: DocxParagraph, old: str, new: str) -> None:
    """Replace in the runs of a paragraph, whatever runs the words are spread over.

    The new words take the look of the run in which the old ones begin. Spaces of the old words
    match any run of spaces.
    """
    pattern = r"\s+".join(re.escape(part) for part in old.split())
    matches = list(re.finditer(pattern, paragraph.text)) if pattern else []
    for match in reversed(matches):
        _write(paragraph, match.start(), match.end(), new)


def _write(paragraph: DocxParagraph, start: int, end: int, new: str) -> None:
    at, first = 0, True
    for run in paragraph.runs:
        length = len(run.text)
        low, high = max(start - at, 0), min(end - at, length)
        if low < high:
            run.text = run.text[:low] + (new if first else "") + run.text[high:]
            first = False
        at += length


def _paper(document: Any, repair: Repair) -> None:
    for section in document.sections:
        landscape = section.page_width > section.page_height
        width, height = reversed(A4) if landscape else A4
        section.page_width, section.page_height = Mm(width), Mm(height)


def _margins(document: Any, repair: Repair) -> None:
    for section in document.sections:
        for side, size in MARGINS.items():
            setattr(section, f"{side}_margin", Mm(size))


def _set_font(document: Any, repair: Repair) -> None:
    for fonts in [
        *document.element.body.iter(qn("w:rFonts")),
        *document.styles.element.iter(qn("w:rFonts")),
    ]:
        for attribute in list(fonts.attrib):
            if attribute != qn("w:hint"):
                del fonts.attrib[attribute]
        for side in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{side}"), FONT)
    document.styles["Normal"].font.name = FONT


def _on_text(change: Callable[[str], str]) -> Callable[[Any, Repair], None]:
    def repair_all(document: Any, repair: Repair) -> None:
        for element in document.element.body.iter(qn("w:t")):
            element.text = change(element.text or "")

    return repair_all


_REPAIRS: dict[str, Callable[[Any, Repair], None]] = {
    "replace": _replace,
    "paper": _paper,
    "margins": _margins,
    "font": _set_font,
    "spaces": _on_text(lambda text: re.sub(r"(?<=\S) {2,}(?=\S)", " ", text)),
    "compose": _on_text(lambda text: unicodedata.normalize("NFC", text)),
}
