"""Templates of the office's papers, made by code: laid out as annex I of Decree 30/2020 says.

A template holds fields in double braces, `{{trích yếu}}`: the office edits the rest in Word as it
likes, and it still fills.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as DocumentType
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell

from app.outgoing.papers import measures as m
from app.outgoing.papers.docx.body import append_html
from app.outgoing.papers.docx.parts import (
    BODY,
    CENTER,
    Look,
    boxed,
    columns,
    element,
    empty_line,
    first_or_new,
    rule,
    write,
)
from app.outgoing.papers.shapes import Layout, Shape, shape_of

RED = "C00000"
MADE_AT = datetime(2020, 3, 5, tzinfo=UTC)  # the day the decree came into force
EPOCH = (2020, 3, 5, 0, 0, 0)


def default_template(type_code: str) -> bytes:
    """The DOCX template of a document type; the same bytes every time."""
    shape = shape_of(type_code)
    document = Document()
    _page(document)
    _head(document, shape)
    if shape.layout is not Layout.LETTER:
        _title(document, shape)
    if shape.layout is Layout.DECISION:
        _grounds(document, shape)
    else:
        _opening(document)
    write(document.add_paragraph(), "{{nội dung}}", BODY)
    append_html(document, shape.skeleton)
    write(document.add_paragraph(), "{{hết nội dung}}", BODY)
    _foot(document)
    return _saved(document)


def _page(document: DocumentType) -> None:
    """A4, margins, the font of all text, page numbers from page 2 in the middle of the top."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(m.PAGE_WIDTH), Mm(m.PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = Mm(m.TOP), Mm(m.BOTTOM)
    section.left_margin, section.right_margin = Mm(m.LEFT), Mm(m.RIGHT)
    section.header_distance = Mm(m.PAGE_NUMBER_FROM_TOP)
    section.footer_distance = Mm(m.PAGE_NUMBER_FROM_TOP)
    section.different_first_page_header_footer = True
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = m.FONT, Pt(m.BODY_PT)
    properties = normal.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), m.FONT)
    properties.append(element("w:lang", val="vi-VN", eastAsia="vi-VN"))
    number = write(section.header.paragraphs[0], "", Look(align=CENTER))
    run = number.add_run()
    run.font.size = Pt(m.PAGE_NUMBER_PT)
    code = element("w:instrText")
    code.text = "PAGE"
    run._r.append(element("w:fldChar", fldCharType="begin"))
    run._r.append(code)
    run._r.append(element("w:fldChar", fldCharType="end"))
    write(section.first_page_header.paragraphs[0], "", Look(align=CENTER))
    core = document.core_properties
    core.created = core.modified = MADE_AT
    core.author = core.title = core.comments = ""
    core.language = "vi-VN"


def _head(document: DocumentType, shape: Shape) -> None:
    """Cells 1 to 4, 5b and 10b, as a table without lines."""
    table = document.add_table(rows=3, cols=2)
    columns(table, (m.HEAD_LEFT, m.HEAD_RIGHT))
    left, right = table.rows[0].cells
    caps = Look(size=m.ORGAN_PT, align=CENTER)
    bold = Look(size=m.ORGAN_PT, align=CENTER, bold=True)
    write(first_or_new(left), "{{cơ quan chủ quản}}", caps)
    write(first_or_new(left), "{{cơ quan ban hành}}", bold)
    rule(left.add_paragraph(), width=m.ORGAN_RULE, room=m.HEAD_LEFT)
    national = Look(size=m.NATIONAL_PT, bold=True, align=CENTER)
    write(first_or_new(right), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", national)
    motto = Look(size=m.MOTTO_PT, bold=True, align=CENTER)
    write(first_or_new(right), "Độc lập - Tự do - Hạnh phúc", motto)
    rule(right.add_paragraph(), width=m.MOTTO_RULE, room=m.HEAD_RIGHT)
    left, right = table.rows[1].cells
    line = Look(size=m.NUMBER_PT, align=CENTER, before=4)
    write(first_or_new(left), "Số: {{số}}/{{ký hiệu}}", line)
    dated = Look(size=m.DATE_PT, italic=True, align=CENTER, before=4)
    write(first_or_new(right), "{{địa danh}}, {{ngày tháng năm}}", dated)
    _under_number(table.rows[2].cells[0], shape)
    empty_line(first_or_new(table.rows[2].cells[1]))


def _under_number(cell: _Cell, shape: Shape) -> None:
    """Cell 5b of a letter, then the urgency in its frame."""
    if shape.layout is Layout.LETTER:
        subject = Look(size=m.SUBJECT_PT, align=CENTER, before=4)
        write(first_or_new(cell), "V/v {{trích yếu}}", subject)
    mark = Look(size=m.URGENCY_PT, bold=True, align=CENTER, before=9, after=3)
    paragraph = write(first_or_new(cell), "{{độ khẩn}}", mark)
    paragraph.runs[0].font.color.rgb = _red()
    boxed(paragraph, width=40, room=m.HEAD_LEFT, color=RED)


def _red() -> object:
    from docx.shared import RGBColor

    return RGBColor.from_string(RED)


def _title(document: DocumentType, shape: Shape) -> None:
    """Cell 5a: the name of the type, the summary, a short line."""
    head = Look(size=m.TITLE_PT, bold=True, align=CENTER, before=14, keep=True)
    write(document.add_paragraph(), "{{tên loại}}", head)
    summary = Look(size=m.TITLE_PT, bold=True, align=CENTER, left=10, keep=True)
    paragraph = write(document.add_paragraph(), "{{trích yếu}}", summary)
    paragraph.paragraph_format.right_indent = Mm(10)
    rule(document.add_paragraph(), width=m.SUBJECT_RULE, room=m.TEXT_WIDTH, after=8)
    if shape.layout is Layout.DECISION:
        decider = Look(bold=True, align=CENTER, before=2, after=8)
        write(document.add_paragraph(), "{{thẩm quyền ban hành}}", decider)


def _grounds(document: DocumentType, shape: Shape) -> None:
    """Căn cứ in italics, then the word of deciding."""
    italic = Look(italic=True, align=BODY.align, after=BODY.after, first=BODY.first, pitch=1.1)
    write(document.add_paragraph(), "{{căn cứ}}", italic)
    word = Look(bold=True, align=CENTER, before=6, after=10, keep=True)
    write(document.add_paragraph(), shape.deciding or "", word)


def _opening(document: DocumentType) -> None:
    """Cell 9a, and the sentence that names what the paper answers."""
    line = Look(align=CENTER, before=12, after=12)
    write(document.add_paragraph(), "{{kính gửi}}", line)
    write(document.add_paragraph(), "{{mở đầu}}", BODY)


def _foot(document: DocumentType) -> None:
    """Cell 9b at the left, cells 7 and 8 at the right, never parted by a page's end."""
    table = document.add_table(rows=1, cols=2)
    columns(table, (m.FOOT_LEFT, m.FOOT_RIGHT))
    left, right = table.rows[0].cells
    head = Look(size=m.RECIPIENTS_HEAD_PT, bold=True, italic=True, before=6)
    write(first_or_new(left), "Nơi nhận:", head)
    write(first_or_new(left), "{{nơi nhận}}", Look(size=m.RECIPIENTS_PT))
    signed = Look(bold=True, align=CENTER, keep=True)
    first = write(first_or_new(right), "{{quyền hạn, chức vụ}}", signed)
    first.paragraph_format.space_before = Pt(6)
    name = Look(bold=True, align=CENTER, before=m.SIGNATURE_SPACE * 72 / 25.4)
    write(first_or_new(right), "{{họ tên người ký}}", name)
    empty_line(document.add_paragraph())  # Word wants a paragraph after a table


def _saved(document: DocumentType) -> bytes:
    """The package with fixed times, so that the same template has the same bytes."""
    buffer, fixed = io.BytesIO(), io.BytesIO()
    document.save(buffer)
    with (
        zipfile.ZipFile(buffer) as package,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in package.namelist():
            out.writestr(zipfile.ZipInfo(name, EPOCH), package.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
