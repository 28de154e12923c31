"""Fill a template: fields in double braces, or content controls named after a field."""

from __future__ import annotations

import copy
import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from docx.document import Document as DocumentType
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from app.errors import InvalidInput
from app.outgoing.papers import facts as written
from app.outgoing.papers import measures as m
from app.outgoing.papers.docx.body import append_html, keep_last_with_next
from app.outgoing.papers.docx.package import open_docx, roots
from app.outgoing.papers.docx.parts import LEFT, Look, boxed, empty_line, shape
from app.outgoing.papers.docx.reading import P, T, owner, paragraph_text
from app.outgoing.papers.facts import DraftFacts
from app.outgoing.papers.shapes import shape_named

ORGAN = "cơ quan ban hành"
FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
BODY, BODY_END, ADDRESSEES, URGENCY = "nội dung", "hết nội dung", "kính gửi", "độ khẩn"
SUBJECT, TITLE, AUTHORITY = "trích yếu", "tên loại", "quyền hạn, chức vụ"
RED = "C00000"

FIELDS: Mapping[str, Callable[[DraftFacts], list[str]]] = {
    "cơ quan chủ quản": lambda f: written.organ_lines(f.superior_organ) if f.superior_organ else [],
    ORGAN: lambda f: written.organ_lines(f.organ),
    "số": lambda f: [written.padded(f.number) if f.number else written.NUMBER_GAP],
    "ký hiệu": lambda f: [f.notation],
    "địa danh": lambda f: [f.place],
    "ngày tháng năm": lambda f: [written.date_text(f).removeprefix(f"{f.place}, ")],
    TITLE: lambda f: [f.type_name.upper()] if f.type_name else [],
    SUBJECT: lambda f: [
        written.subject_of_titled(f) if f.type_name else written.bare_subject(f.subject)
    ],
    "thẩm quyền ban hành": lambda f: [written.issuing_authority(f)],
    "căn cứ": lambda f: written.listed(f.references, dash=False),
    "mở đầu": written.opening_sentences,
    ADDRESSEES: lambda f: written.addressee_lines(
        f, shape_named(f.type_name).addressees.format(organ=f.organ)
    ),
    "nơi nhận": written.recipient_lines,
    AUTHORITY: written.authority,
    "họ tên người ký": lambda f: [written.signer(f)],
    "ký hiệu người soạn": lambda f: [f.drafter_initials] if f.drafter_initials else [],
    URGENCY: lambda f: [f.urgency.upper()] if f.urgency else [],
}
KNOWN = (*FIELDS, BODY, BODY_END)


NO_BODY = "Mẫu cần có trường {{nội dung}} ở một đoạn riêng, không nằm trong bảng."


class TemplateFault(InvalidInput):
    """A template that cannot be filled; the sentence names the fields that are wrong."""


def unknown_fields(template: bytes) -> list[str]:
    """Fields of a template that nothing fills, as they are written. Raises DocumentFault."""
    document = open_docx(template)
    found: dict[str, None] = {}
    for root in roots(document):
        for paragraph in root.iter(P):
            for match in FIELD.finditer(paragraph_text(paragraph)):
                if _name(match[1]) not in KNOWN:
                    found[match[1]] = None
    return list(found)


def fill(template: bytes, facts: DraftFacts) -> bytes:
    """The template as a draft of these facts, DOCX.

    A paragraph that is only a field is repeated for each line of it and goes when there is none.
    Raises DocumentFault for a file that is no DOCX, TemplateFault for fields that nobody knows
    and for a body that has no place.
    """
    if unknown := unknown_fields(template):
        names = ", ".join(f"{{{{{name}}}}}" for name in unknown)
        known = ", ".join(KNOWN)
        raise TemplateFault(f"Mẫu có trường không dùng được: {names}. Các trường có: {known}.")
    document = open_docx(template)
    for root in roots(document):
        _open_controls(root)
    _fill_body(document, facts)
    _fit_organ_rule(document, facts)
    values = {name: lines(facts) for name, lines in FIELDS.items()}
    for root in roots(document):
        for paragraph in list(root.iter(P)):
            _fill_paragraph(paragraph, values)
    _name_document(document, facts)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _name(text: str) -> str:
    """Fields are found whatever their capitals, spaces and Unicode form."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _name_document(document: DocumentType, facts: DraftFacts) -> None:
    relations = document.part.package.rels.values()
    if not any(relation.reltype == RT.CORE_PROPERTIES for relation in relations):
        return  # LibreOffice names them otherwise; the library would add them a second time
    core = document.core_properties
    core.title = facts.subject[:250]
    core.author = core.last_modified_by = ""


def _open_controls(root: Any) -> None:
    """A content control titled or tagged with a field's name becomes that field's text."""
    for control in list(root.iter(qn("w:sdt"))):
        properties = control.find(qn("w:sdtPr"))
        content = control.find(qn("w:sdtContent"))
        if properties is None or content is None or control.getparent() is None:
            continue
        marks = (properties.find(qn("w:alias")), properties.find(qn("w:tag")))
        names = [_name(mark.get(qn("w:val")) or "") for mark in marks if mark is not None]
        name = next((name for name in names if name in KNOWN), None)
        texts = list(content.iter(T))
        if name is None or not texts:
            continue
        texts[0].text = f"{{{{{name}}}}}"
        for other in texts[1:]:
            other.text = ""
        keeper = owner(texts[0])
        for extra in list(content.iterchildren(P)):
            if extra is not keeper:
                content.remove(extra)
        for child in list(content):
            control.addprevious(child)
        control.getparent().remove(control)


def _fill_body(document: DocumentType, facts: DraftFacts) -> None:
    """Put the body between its marks; without one the skeleton that stands there stays."""
    body = document.element.body
    start, end = _mark(body, BODY), _mark(body, BODY_END)
    if start is None:
        if facts.body_html is not None:
            raise TemplateFault(NO_BODY)
        return
    between = _between(start, end)
    if facts.body_html is not None:
        for element in between:
            element.getparent().remove(element)
        between = append_html(document, facts.body_html)
        for element in between:
            start.addprevious(element)
    keep_last_with_next(between)
    for mark in (start, end):
        if mark is not None:
            mark.getparent().remove(mark)


def _fit_organ_rule(document: DocumentType, facts: DraftFacts) -> None:
    """The thin line right under the issuer's name has a length that follows from the name."""
    for paragraph in document.element.body.iter(P):
        match = FIELD.fullmatch(paragraph_text(paragraph).strip())
        if match is None or _name(match[1]) != ORGAN:
            continue
        below = paragraph.getnext()
        if below is not None and below.find(f"{qn('w:pPr')}/{qn('w:pBdr')}") is not None:
            format_ = Paragraph(below, None).paragraph_format  # type: ignore[arg-type]
            side = (m.HEAD_LEFT - written.organ_rule_mm(facts.organ)) / 2
            format_.left_indent = format_.right_indent = Mm(side)


def _mark(body: Any, name: str) -> Any:
    for paragraph in body.iterchildren(P):
        match = FIELD.fullmatch(paragraph_text(paragraph).strip())
        if match and _name(match[1]) == name:
            return paragraph
    return None


def _between(start: Any, end: Any) -> list[Any]:
    """The elements after `start` and before `end`; none when `end` does not follow."""
    if end is None or end not in list(start.itersiblings()):
        return []
    found = []
    for element in start.itersiblings():
        if element is end:
            break
        found.append(element)
    return found


def _fill_paragraph(paragraph: Any, values: Mapping[str, list[str]]) -> None:
    text = paragraph_text(paragraph)
    if "{{" not in text:
        return
    alone = FIELD.fullmatch(text.strip())
    if alone is None:
        _replace(paragraph, values)
        return
    name = _name(alone[1])
    lines = values.get(name, [])
    made = [paragraph, *(copy.deepcopy(paragraph) for _ in lines[1:])]
    for before, after in pairwise(made):
        before.addnext(after)
    for element, line in zip(made, lines, strict=False):
        _replace(element, {name: [line]})
    _special(name, made, lines)
    if not lines:
        _remove(paragraph)


def _replace(paragraph: Any, values: Mapping[str, list[str]]) -> None:
    """Put values in place of fields, in the run where each field begins; Word splits runs.

    Braces in a value are written as parentheses: they would be taken for a field.
    """
    while True:
        texts = [node for node in paragraph.iter(T) if owner(node) is paragraph]
        match = FIELD.search("".join(node.text or "" for node in texts))
        if match is None:
            return
        put = ", ".join(values.get(_name(match[1]), [])).replace("{{", "((").replace("}}", "))")
        at = 0
        for node in texts:
            old = node.text or ""
            start, end = max(match.start() - at, 0), min(match.end() - at, len(old))
            if start < end:
                first = at <= match.start()
                node.text = old[:start] + (put if first else "") + old[end:]
                node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            at += len(old)


def _special(name: str, made: list[Any], lines: list[str]) -> None:
    """Looks that depend on the value: a list of addressees, the width of an urgency mark."""
    if name == ADDRESSEES and len(lines) > 1:
        for at, element in enumerate(made):
            first = at == 0
            last = at == len(made) - 1
            look = Look(
                align=LEFT,
                left=35.0 if first else 50.0,
                before=12.0 if first else 0.0,
                after=12.0 if last else 0.0,
            )
            shape(Paragraph(element, None), look)  # type: ignore[arg-type]
    if name == AUTHORITY:
        for element in made[1:]:
            Paragraph(element, None).paragraph_format.space_before = 0  # type: ignore[arg-type]
    if name == URGENCY and lines:
        width = written.URGENCY_WIDTH_MM.get(lines[0], 40.0)
        for element in made:
            paragraph = Paragraph(element, None)  # type: ignore[arg-type]
            boxed(paragraph, width=width, room=m.HEAD_LEFT, color=RED)


def _remove(paragraph: Any) -> None:
    """Take an empty field's paragraph away; a cell keeps its last one, empty and without frame."""
    parent = paragraph.getparent()
    if parent.tag != qn("w:tc") or len(parent.findall(qn("w:p"))) > 1:
        parent.remove(paragraph)
        return
    for node in list(paragraph):
        paragraph.remove(node)
    empty_line(Paragraph(paragraph, None))  # type: ignore[arg-type]
