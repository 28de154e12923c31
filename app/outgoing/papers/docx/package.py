"""Open a Word file from outside: what is no DOCX, or is too big, is refused with a sentence."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from lxml import etree

from app.errors import InvalidInput

OLE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an encrypted DOCX, or a DOC
MOST_BYTES, MOST_PARTS = 300 * 1024 * 1024, 4000  # unpacked
MAIN_PART = "word/document.xml"


class DocumentFault(InvalidInput):
    """A file that cannot be used as a Word document; the sentence says why."""


def check_package(data: bytes) -> None:
    """Refuse what is no plain DOCX before anything reads it. Raises DocumentFault."""
    if not data:
        raise DocumentFault("Tệp rỗng, không có dữ liệu.")
    if data.startswith(OLE_HEAD):
        if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0" in data:
            raise DocumentFault("Tệp Word được đặt mật khẩu. Hãy bỏ mật khẩu rồi nộp lại.")
        raise DocumentFault("Tệp là Word đời cũ (.doc). Hãy lưu lại thành .docx rồi nộp.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            if MAIN_PART not in package.namelist():
                raise DocumentFault("Tệp không phải là văn bản Word (.docx).")
            if any(entry.flag_bits & 1 for entry in entries):
                raise DocumentFault("Tệp Word được đặt mật khẩu. Hãy bỏ mật khẩu rồi nộp lại.")
            if len(entries) > MOST_PARTS or sum(e.file_size for e in entries) > MOST_BYTES:
                raise DocumentFault("Tệp Word quá lớn so với giới hạn cho phép.")
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise DocumentFault("Tệp Word bị hỏng hoặc bị cắt cụt, không mở được.") from error


def open_docx(data: bytes) -> DocumentType:
    """A checked document. Raises DocumentFault."""
    check_package(data)
    try:
        return Document(io.BytesIO(data))
    except (KeyError, ValueError, zipfile.BadZipFile, etree.XMLSyntaxError, OSError) as error:
        raise DocumentFault("Tệp Word bị hỏng hoặc bị cắt cụt, không mở được.") from error


def roots(document: DocumentType) -> list[Any]:
    """The XML of body, headers and footers."""
    found = [document.element.body]
    for relation in document.part.rels.values():
        if relation.is_external:
            continue
        if relation.reltype.rsplit("/", 1)[-1] in ("header", "footer"):
            found.append(relation.target_part._element)
    return found
