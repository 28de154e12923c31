"""What a file is, told from its first bytes. Cheap and safe: for web requests."""

from __future__ import annotations

from enum import StrEnum

SNIFF_BYTES = 4096
"""How many first bytes `sniff` wants to see."""


class FileType(StrEnum):
    PDF = "pdf"
    TIFF = "tiff"
    PNG = "png"
    JPEG = "jpeg"
    DOCX = "docx"
    XLSX = "xlsx"
    ODT = "odt"
    EML = "eml"
    ZIP = "zip"
    UNKNOWN = "unknown"

    @property
    def readable(self) -> bool:
        """The reader takes it; the other known types are kept as attachments only."""
        return self in READABLE

    @property
    def attachable(self) -> bool:
        return self is not FileType.UNKNOWN

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self]


READABLE = frozenset({FileType.PDF, FileType.TIFF, FileType.PNG, FileType.JPEG})
_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    FileType.PDF: "application/pdf",
    FileType.TIFF: "image/tiff",
    FileType.PNG: "image/png",
    FileType.JPEG: "image/jpeg",
    FileType.DOCX: f"{_OFFICE}.wordprocessingml.document",
    FileType.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    FileType.ODT: "application/vnd.oasis.opendocument.text",
    FileType.EML: "message/rfc822",
    FileType.ZIP: "application/zip",
    FileType.UNKNOWN: "application/octet-stream",
}
_MAIL_HEADS = (
    b"received:",
    b"return-path:",
    b"delivered-to:",
    b"from:",
    b"to:",
    b"subject:",
    b"date:",
    b"message-id:",
    b"mime-version:",
    b"x-",
    b"reply-to:",
    b"content-type:",
)


def sniff(first_bytes: bytes) -> FileType:
    """Type by content of a file whose first `SNIFF_BYTES` bytes are given.

    A PDF may have up to 1,024 bytes of rubbish before its header (ISO 32000-1, annex H.3.4.1).
    """
    head = first_bytes[:SNIFF_BYTES]
    if b"%PDF-" in head[:1029]:
        return FileType.PDF
    if head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return FileType.TIFF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(head)
    if _looks_like_mail(head):
        return FileType.EML
    return FileType.UNKNOWN


def _zip_type(head: bytes) -> FileType:
    if b"application/vnd.oasis.opendocument.text" in head[:200]:
        return FileType.ODT
    if b"word/" in head:
        return FileType.DOCX
    if b"xl/" in head:
        return FileType.XLSX
    return FileType.ZIP


def _looks_like_mail(head: bytes) -> bool:
    """Two header lines of a mail among the first lines, and no binary byte in them."""
    lines = head.replace(b"\r\n", b"\n").split(b"\n")[:12]
    if not lines or b"\x00" in head[:1024]:
        return False
    if not lines[0].lower().startswith(_MAIL_HEADS):
        return False
    return sum(line.lower().startswith(_MAIL_HEADS) for line in lines) >= 2
