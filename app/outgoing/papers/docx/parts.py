"""Pieces of a Word document, in millimetres and points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from app.outgoing.papers import measures as m

CENTER, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT
JUSTIFY, RIGHT = WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.RIGHT
RULE_PT = 0.75


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph stands and reads. `before`, `after` in points, indents in millimetres."""

    size: float = m.BODY_PT
    bold: bool = False
    italic: bool = False
    align: WD_ALIGN_PARAGRAPH = LEFT
    before: float = 0.0
    after: float = 0.0
    first: float = 0.0
    left: float = 0.0
    pitch: float = 1.0
    keep: bool = False


BODY = Look(align=JUSTIFY, after=m.PARAGRAPH_GAP_PT, first=m.INDENT, pitch=m.LINE_PITCH)


def element(name: str, **attributes: str) -> Any:
    """An element of WordprocessingML: `element("w:jc", val="center")`."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def write(paragraph: Paragraph, text: str, look: Look) -> Paragraph:
    """Give a paragraph its look and one run of text."""
    shape(paragraph, look)
    if text:
        font(paragraph.add_run(text), look)
    return paragraph


def shape(paragraph: Paragraph, look: Look) -> None:
    """Alignment, indents, spacing."""
    format_ = paragraph.paragraph_format
    format_.alignment = look.align
    format_.space_before, format_.space_after = Pt(look.before), Pt(look.after)
    format_.line_spacing = look.pitch
    format_.left_indent = Mm(look.left) if look.left else None
    format_.first_line_indent = Mm(look.first) if look.first else None
    if look.keep:
        format_.keep_with_next = True


def font(run: Run, look: Look) -> None:
    run.font.size = Pt(look.size)
    run.font.bold = look.bold or None
    run.font.italic = look.italic or None


def empty_line(paragraph: Paragraph) -> None:
    """Make an empty paragraph take no room: its mark has a size of its own."""
    shape(paragraph, Look())
    mark = element("w:rPr")
    mark.append(element("w:sz", val="2"))
    paragraph._p.get_or_add_pPr().append(mark)


def rule(paragraph: Paragraph, *, width: float, room: float, after: float = 0.0) -> None:
    """Make an empty paragraph a thin line of `width` mm in the middle of `room` mm."""
    format_ = paragraph.paragraph_format
    format_.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    format_.line_spacing, format_.space_before, format_.space_after = Pt(4), Pt(2), Pt(after)
    format_.left_indent = format_.right_indent = Mm((room - width) / 2)
    border = element("w:pBdr")
    size = str(int(RULE_PT * 8))
    border.append(element("w:top", val="single", sz=size, space="0", color="000000"))
    _insert_border(paragraph, border)
    paragraph.add_run().font.size = Pt(2)


def boxed(paragraph: Paragraph, *, width: float, room: float, color: str) -> None:
    """A frame of `width` mm around a paragraph, in the middle of `room` mm."""
    paragraph.paragraph_format.left_indent = Mm((room - width) / 2)
    paragraph.paragraph_format.right_indent = Mm((room - width) / 2)
    border = element("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        border.append(element(f"w:{side}", val="single", sz="12", space="2", color=color))
    _insert_border(paragraph, border)


def _insert_border(paragraph: Paragraph, border: Any) -> None:
    """`w:pBdr` has its place in the order of paragraph properties: before spacing and indents."""
    properties = paragraph._p.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    followers = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    marks = [properties.find(qn(name)) for name in followers]
    first = next((mark for mark in marks if mark is not None), None)
    if first is None:
        properties.append(border)
    else:
        first.addprevious(border)


def columns(table: Table, widths: tuple[float, ...]) -> None:
    """Fixed columns without borders and without padding; rows never break over pages."""
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    properties = table._tbl.tblPr
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w="0", type="dxa"))
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def first_or_new(cell: _Cell) -> Paragraph:
    """The empty paragraph that every cell begins with, or one more."""
    only: Paragraph = cell.paragraphs[0]
    if len(cell.paragraphs) == 1 and not only.text and only._p.pPr is None:
        return only
    added: Paragraph = cell.add_paragraph()
    return added
