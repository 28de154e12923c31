"""Prints an invented letter as the PDF that its sender would have made.

Layout: Decree 30/2020/ND-CP, annex I, the numbered cells on A4; Party documents follow their own
head (no national title, “T/M”, number joined by a dash). Fonts: Liberation Serif, the free twin of
Times New Roman (Debian `fonts-liberation2`; `fonts-liberation` has no Vietnamese letters).
"""

import base64
import math
from enum import StrEnum
from functools import cache
from html import escape
from itertools import groupby

from app.demo import ink
from app.demo.letters import KIND_CODES, Letter, Paragraph, Style
from app.demo.scanning import Quality, scan

CAPITAL_MM = 2.95  # mean width of a bold capital of 13 points

__all__ = ["Finish", "Quality", "render_pdf", "scan", "seal_words"]


class Finish(StrEnum):
    """How far a letter has come on its way out of the sender's office."""

    TYPED = "typed"  # number and date typed, nothing signed
    SIGNED = "signed"  # pen signature and red seal as on paper
    HAND_NUMBERED = "hand_numbered"  # signed, and number, day and month filled in by pen
    UNNUMBERED = "unnumbered"  # gaps for number and date, as before electronic signing


CSS = """
@page { size: A4; margin: 20mm 17mm 20mm 30mm;
        @top-center { content: counter(page); font: 13pt 'Liberation Serif'; } }
@page :first { @top-center { content: none; } }
* { margin: 0; padding: 0; }
body { font: 14pt/1.28 'Liberation Serif'; color: #000; text-align: justify; }
table.two { width: 100%; border-collapse: collapse; table-layout: fixed; }
table.two > tbody > tr > td { vertical-align: top; text-align: center; }
.head { font-size: 13pt; line-height: 1.22; }
.head td.left { width: 67mm; }
.party td.left { width: 76mm; }
.head .title { font-weight: bold; font-size: 12.4pt; white-space: nowrap; }
.head .motto { font-weight: bold; font-size: 13.5pt; }
.head .motto span { border-bottom: .8pt solid #000; padding-bottom: 1.5pt; }
.organ { font-weight: bold; }
.star { font-weight: bold; line-height: 1; }
.rule { margin: 2.5pt auto 0; border-top: .8pt solid #000; height: 0; }
.number, .dateline { padding-top: 8pt; white-space: nowrap; }
.dateline { font-style: italic; font-size: 13.5pt; }
.vv { font-size: 12.5pt; line-height: 1.2; padding: 3pt 1mm 0; }
.marks { margin: 7pt 0 0 6mm; text-align: left; }
.mark { display: inline-block; border: 1.6pt solid #c4161c; color: #c4161c; font-weight: bold;
        font-size: 13.5pt; line-height: 8mm; padding: 0 4mm; margin-right: 5mm; }
.marked { transform: rotate(-1.1deg); }
.kind { font-weight: bold; text-align: center; margin-top: 17pt; }
.summary { font-weight: bold; text-align: center; margin: 1pt auto 0; line-height: 1.22; }
.short { width: 30mm; margin: 5pt auto 4pt; border-top: .8pt solid #000; }
.to { margin-top: 15pt; margin-bottom: 6pt; text-align: center; }
.to.many { text-align: left; padding-left: 27mm; }
.to.many div { padding-left: 21mm; text-indent: 0; }
p { text-indent: 12.7mm; margin-top: 6pt; orphans: 2; widows: 2; }
p.ground { font-style: italic; }
p.heading { font-weight: bold; break-after: avoid; text-align: left; }
p.centred { font-weight: bold; text-indent: 0; text-align: center; margin-top: 9pt;
            break-after: avoid; }
table.rows { border-collapse: collapse; width: 100%; margin-top: 8pt; font-size: 13pt;
             line-height: 1.15; }
table.rows td { border: .7pt solid #000; padding: 2.5pt 4pt; text-align: center; }
table.rows td:first-child { text-align: left; }
table.rows tr:first-child td { font-weight: bold; text-align: center; }
.last { break-inside: avoid; }  /* never a signature alone on a page */
.end { margin-top: 15pt; }
.copies { font-size: 11pt; line-height: 1.17; text-align: left !important; width: 44%; }
.copies b { font-size: 12pt; font-style: italic; }
.sign { font-weight: bold; line-height: 1.25; position: relative; }
.space { height: 27mm; position: relative; }
.space img.pen { position: absolute; height: 24mm; left: 22mm; top: 1mm; }
.space img.seal { position: absolute; width: 36mm; left: 1mm; top: -7mm; }
img.hand { height: 7.4mm; margin: -3mm .4mm -2.2mm; vertical-align: baseline; }
.gap { display: inline-block; width: 15mm; }
.gap.day { width: 9mm; }
.contact { position: absolute; bottom: -8mm; left: 0; right: 0; border-top: .6pt solid #000;
           font-size: 10.5pt; padding-top: 2pt; text-align: center; }
"""


def render_pdf(letter: Letter, finish: Finish = Finish.TYPED, seed: int = 0) -> bytes:
    """The letter as a PDF with a text layer; the same letter, finish and seed give the same bytes.

    Whatever is ink (signature, seal, handwritten figures) is a picture and not in the text layer.
    """
    from weasyprint import HTML  # 0.5 s to import: only those who print pay

    html = HTML(string=_page(letter, finish, seed))
    rendered = html.render(font_config=_fonts())
    rendered.metadata.created = rendered.metadata.modified = _written_at(letter)
    return bytes(rendered.write_pdf(pdf_identifier=letter.key.encode()) or b"")


@cache
def _fonts() -> object:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


def _written_at(letter: Letter) -> str:
    return f"{letter.issued_on.isoformat()}T02:00:00Z"


def _page(letter: Letter, finish: Finish, seed: int) -> str:
    parts = [
        f'<html lang="vi"><head><meta charset="utf-8"><title>{escape(letter.subject)}</title>',
        f"<style>{CSS}</style></head><body>",
        _head(letter, finish, seed),
        _title(letter),
        _addressees(letter),
        *_body(letter)[:-1],
        f'<div class="last">{_body(letter)[-1]}{_end(letter, finish, seed)}</div>',
    ]
    if letter.contact:
        parts.append(f'<div class="contact">{escape(letter.contact)}</div>')
    return "".join([*parts, "</body></html>"])


def _head(letter: Letter, finish: Finish, seed: int) -> str:
    """Cells 1 to 4, 5b and 10: organ and number at the left, title and date at the right."""
    left = [f"<div>{escape(letter.parent_line)}</div>"] if letter.parent_line else []
    left += [f'<div class="organ">{escape(line)}</div>' for line in letter.organ_lines]
    left.append('<div class="star">*</div>' if letter.party else _rule(letter))
    left.append(f'<div class="number">{_number(letter, finish, seed)}</div>')
    if KIND_CODES[letter.kind] is None:
        left.append(f'<div class="vv">V/v {escape(letter.subject)}</div>')
    marks = [mark for mark in (letter.secrecy, letter.urgency.mark) if mark]
    if marks:
        boxes = "".join(f'<span class="mark">{escape(mark)}</span>' for mark in marks)
        tilt = "marks" if finish is Finish.TYPED else "marks marked"
        left.append(f'<div class="{tilt}">{boxes}</div>')
    table = "two head party" if letter.party else "two head"
    return (
        f'<table class="{table}"><tr><td class="left">{"".join(left)}</td>'
        f"<td>{_national_title(letter)}"
        f'<div class="dateline">{_dateline(letter, finish, seed)}</div></td></tr></table>'
    )


def _national_title(letter: Letter) -> str:
    if letter.party:
        return '<div class="motto"><span>ĐẢNG CỘNG SẢN VIỆT NAM</span></div>'
    return (
        '<div class="title">CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</div>'
        '<div class="motto"><span>Độc lập - Tự do - Hạnh phúc</span></div>'
    )


def _rule(letter: Letter) -> str:
    """The line under the organ's name: a third to a half of its longest line, as the law says."""
    longest = max(len(line) for line in letter.organ_lines)
    return f'<div class="rule" style="width:{longest * CAPITAL_MM * 0.42:.1f}mm"></div>'


def _number(letter: Letter, finish: Finish, seed: int) -> str:
    label, join = ("Số ", "-") if letter.party else ("Số: ", "/")
    if finish is Finish.UNNUMBERED:
        figures = '<span class="gap"></span>'
    elif finish is Finish.HAND_NUMBERED:
        figures = _picture(ink.handwriting(letter.number, seed), "hand")
    else:
        figures = escape(letter.number)
    return f"{label}{figures}{join}{escape(letter.notation)}"


def _dateline(letter: Letter, finish: Finish, seed: int) -> str:
    if finish in (Finish.TYPED, Finish.SIGNED):
        return escape(letter.dateline)
    day, month = letter.dateline.split(" ngày ")[1].split(" tháng ")
    gap = '<span class="gap day"></span>'
    month = month.split(" năm ")[0]
    if finish is Finish.HAND_NUMBERED:
        day_ink = _picture(ink.handwriting(day, seed + 1), "hand")
        month_ink = _picture(ink.handwriting(month, seed + 2), "hand")
    else:
        day_ink = month_ink = gap
    return f"{escape(letter.place)}, ngày {day_ink} tháng {month_ink} năm {letter.issued_on.year}"


def _title(letter: Letter) -> str:
    """Cell 5a: the kind in capitals and the summary; a công văn has its summary in the head."""
    if KIND_CODES[letter.kind] is None:
        return ""
    return (
        f'<div class="kind">{escape(letter.kind.upper())}</div>'
        f'<div class="summary" style="width: {_balanced_width(letter.subject):.0f}mm">'
        f'{escape(letter.subject)}</div><div class="short"></div>'
    )


def _balanced_width(summary: str) -> float:
    """Millimetres in which the bold 14 pt summary fills lines of nearly equal length."""
    from PIL import ImageFont

    whole = (
        ImageFont.truetype(ink.font_file("LiberationSerif-Bold"), 140).getlength(summary)
        / 10
        * 25.4
        / 72
    )
    lines = math.ceil(whole / 138)
    return min(whole / lines * (1 if lines == 1 else 1.07) + 3, 145)


def _addressees(letter: Letter) -> str:
    names = letter.addressees
    if not names:
        return ""
    if len(names) == 1:
        return f'<div class="to">Kính gửi: {escape(names[0])}</div>'
    ends = [";"] * (len(names) - 1) + ["."]
    lines = "".join(f"<div>- {escape(n)}{e}</div>" for n, e in zip(names, ends, strict=True))
    return f'<div class="to many">Kính gửi:{lines}</div>'


def _body(letter: Letter) -> list[str]:
    """Cell 6, one piece of HTML for each paragraph or table."""
    paragraphs = list(letter.body)
    if paragraphs[-1].style is not Style.ROW:
        last = paragraphs[-1]
        paragraphs[-1] = Paragraph(last.style, last.text.rstrip(".") + "./.")
    parts = []
    for is_table, group in groupby(paragraphs, key=lambda one: one.style is Style.ROW):
        if is_table:
            rows = "".join(
                "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row.cells) + "</tr>"
                for row in group
            )
            parts.append(f'<table class="rows">{rows}</table>')
        else:
            parts += [_paragraph(one) for one in group]
    return parts


def _paragraph(one: Paragraph) -> str:
    text = escape(one.text)
    if one.style is Style.ARTICLE:
        number, _, rest = text.partition(". ")
        text = f"<b>{number}.</b> {rest}"
    elif one.style is Style.LABELLED:
        label, _, rest = text.partition(": ")
        text = f"<b>{label}:</b> {rest}"
    return f'<p class="{one.style.value}">{text}</p>'


def _end(letter: Letter, finish: Finish, seed: int) -> str:
    """Cells 7 to 9b: distribution at the left; authority, title, ink and name at the right."""
    ends = [";"] * (len(letter.copies) - 1) + ["."]
    items = [f"<div>- {escape(c)}{e}</div>" for c, e in zip(letter.copies, ends, strict=True)]
    lines = "".join(f"<div>{escape(line)}</div>" for line in letter.signing)
    pictures = ""
    if finish in (Finish.SIGNED, Finish.HAND_NUMBERED):
        pictures = _picture(ink.signature(letter.signer, seed), "pen")
        if letter.sealed:
            pictures += _picture(ink.seal(seal_words(letter), seed), "seal")
    return (
        '<table class="two end"><tr>'
        f'<td class="copies"><b>Nơi nhận:</b>{"".join(items)}</td>'
        f'<td class="sign">{lines}<div class="space">{pictures}</div>{escape(letter.signer)}</td>'
        "</tr></table>"
    )


def seal_words(letter: Letter) -> str:
    """What runs around the seal of the letter's organ."""
    return letter.organ.upper()


def _picture(png: bytes, css_class: str) -> str:
    data = base64.b64encode(png).decode()
    return f'<img class="{css_class}" alt="" src="data:image/png;base64,{data}">'
