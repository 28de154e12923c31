"""The editor's HTML as paragraphs and tables of Word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import lxml.html
from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from app.outgoing.papers import measures as m
from app.outgoing.papers.clean import clean_html
from app.outgoing.papers.docx.parts import BODY, CENTER, JUSTIFY, LEFT, RIGHT, Look, font, shape

ALIGN = {
    "align-left": LEFT,
    "align-center": CENTER,
    "align-right": RIGHT,
    "align-justify": JUSTIFY,
}
MARKS = {"strong": "bold", "b": "bold", "em": "italic", "i": "italic", "u": "underline"}
CELL = Look(size=13, align=LEFT)


def append_html(document: DocumentType, html: str, look: Look = BODY) -> list[Any]:
    """Write a cleaned body to the end of a document; the XML elements that were made, in order."""
    tree = lxml.html.fragment_fromstring(clean_html(html), create_parent="div")
    before = list(document.element.body)
    _Writer(document, look).blocks(tree)
    return [made for made in document.element.body if made not in before]


class _Writer:
    def __init__(self, document: DocumentType, look: Look) -> None:
        self.document, self.look = document, look

    def blocks(self, parent: Any) -> None:
        """Paragraphs, lists and tables below an element; loose text becomes a paragraph."""
        loose: Paragraph | None = None
        if parent.text and parent.text.strip():
            loose = self._paragraph(self.look)
            self._text(loose, parent.text, frozenset())
        for child in parent:
            if child.tag in ("p", "ul", "ol", "table"):
                loose = None
                self._block(child)
            else:
                loose = loose or self._paragraph(self.look)
                self._inline(loose, child, frozenset())
            if child.tail and child.tail.strip():
                loose = loose or self._paragraph(self.look)
                self._text(loose, child.tail, frozenset())

    def _block(self, child: Any) -> None:
        if child.tag == "p":
            self._content(self._paragraph(_aligned(child, self.look)), child)
        elif child.tag == "table":
            self._table(child)
        else:
            self._list(child, ())

    def _paragraph(self, look: Look) -> Paragraph:
        paragraph = self.document.add_paragraph()
        shape(paragraph, look)
        return paragraph

    def _content(self, paragraph: Paragraph, source: Any, prefix: str = "") -> None:
        if prefix:
            self._text(paragraph, prefix, frozenset())
        self._text(paragraph, source.text or "", frozenset())
        for child in source:
            self._inline(paragraph, child, frozenset())
            self._text(paragraph, child.tail or "", frozenset())

    def _inline(self, paragraph: Paragraph, source: Any, marks: frozenset[str]) -> None:
        if source.tag == "br":
            paragraph.add_run().add_break()
            return
        if source.tag in MARKS:
            marks = marks | {MARKS[source.tag]}
        self._text(paragraph, source.text or "", marks)
        for child in source:
            self._inline(paragraph, child, marks)
            self._text(paragraph, child.tail or "", marks)

    def _text(self, paragraph: Paragraph, text: str, marks: frozenset[str]) -> None:
        text = " ".join(text.replace("\n", " ").split(" "))
        if not text:
            return
        run: Run = paragraph.add_run(text)
        look = self.look if paragraph.part is self.document.part else CELL
        font(run, replace(look, bold="bold" in marks, italic="italic" in marks))
        run.font.underline = "underline" in marks or None

    def _list(self, source: Any, around: tuple[str, ...]) -> None:
        """Signs are typed, as in all papers of the office: "1.", "a)", "-", "+"."""
        for item, sign in zip(source.iterchildren("li"), signs(source.tag, around), strict=False):
            started = False
            for paragraph in item.iterchildren("p"):
                look = _aligned(paragraph, self.look)
                self._content(self._paragraph(look), paragraph, "" if started else f"{sign} ")
                started = True
            if not started and (item.text or "").strip():
                self._content(self._paragraph(self.look), _without_lists(item), f"{sign} ")
            for inner in (*item.iterchildren("ul"), *item.iterchildren("ol")):
                self._list(inner, (*around, source.tag))

    def _table(self, source: Any) -> None:
        rows = list(source.iter("tr"))
        width = max((len(_cells(row)) for row in rows), default=0)
        if not width:
            return
        table = self.document.add_table(rows=len(rows), cols=width)
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for row, made in zip(rows, table.rows, strict=True):
            for cell, target in zip(_cells(row), made.cells, strict=False):
                target.width = Mm(m.TEXT_WIDTH / width)
                self._cell(cell, target)
        shape(self.document.add_paragraph(), replace(self.look, size=6))

    def _cell(self, source: Any, target: Any) -> None:
        paragraphs = list(source.iterchildren("p")) or [source]
        head = source.tag == "th"
        for at, inner in enumerate(paragraphs):
            paragraph = target.paragraphs[0] if at == 0 else target.add_paragraph()
            usual = replace(CELL, align=CENTER if head else LEFT)
            shape(paragraph, _aligned(inner, usual))
            self._content(paragraph, inner)
            for run in paragraph.runs:
                font(run, replace(CELL, bold=head or bool(run.bold), italic=bool(run.italic)))


def signs(tag: str, around: tuple[str, ...] = ()) -> Iterator[str]:
    """The signs before the items of a list; `around` are the kinds of lists that it stands in."""
    at, depth = 0, around.count(tag)
    while True:
        at += 1
        if tag == "ul":
            yield "-" if depth == 0 else "+"
        elif depth == 0:
            yield f"{at}."
        else:
            yield f"{'abcdđeghiklmnopqrstuvxy'[(at - 1) % 23]})"


def _aligned(source: Any, look: Look) -> Look:
    """A centred or right paragraph has no first-line indent."""
    names = (source.get("class") or "").split()
    ways = [ALIGN[name] for name in names if name in ALIGN]
    if not ways:
        return look
    first = look.first if ways[0] in (LEFT, JUSTIFY) else 0.0
    return replace(look, align=ways[0], first=first)


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _without_lists(item: Any) -> Any:
    copied = lxml.html.fromstring(lxml.html.tostring(item, encoding="unicode"))
    for inner in copied.xpath("./ul|./ol"):
        copied.remove(inner)
    return copied


def keep_last_with_next(elements: list[Any]) -> None:
    """The last paragraph of the body stays on the page of the signature."""
    for made in reversed(elements):
        if made.tag == qn("w:p"):
            made.get_or_add_pPr().get_or_add_keepNext()
            return
