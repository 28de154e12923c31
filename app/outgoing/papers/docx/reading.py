"""The text of a Word document, for differences and searching."""

from __future__ import annotations

import unicodedata
from typing import Any

from docx.oxml.ns import qn

from app.outgoing.papers.docx.package import DocumentFault, open_docx

__all__ = ["DocumentFault", "text"]
P, T, TAB, BREAK, DELETED = qn("w:p"), qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:delText")
TABS = qn("w:tabs")


def text(docx: bytes) -> str:
    """The paragraphs of the body in reading order, one a line, tables cell by cell; NFC.

    Text in content controls and frames counts, deleted text of tracked changes does not. Raises
    DocumentFault.
    """
    body = open_docx(docx).element.body
    lines = (paragraph_text(p).strip() for p in body.iter(P))
    return unicodedata.normalize("NFC", "\n".join(line for line in lines if line))


def paragraph_text(paragraph: Any) -> str:
    """The text of one paragraph, without that of frames inside it."""
    pieces = []
    for node in paragraph.iter(T, TAB, BREAK):
        if owner(node) is not paragraph or node.getparent().tag == TABS:
            continue
        pieces.append((node.text or "") if node.tag == T else " ")
    return "".join(pieces)


def owner(node: Any) -> Any:
    """The paragraph that a node belongs to."""
    return next(node.iterancestors(P), None)
