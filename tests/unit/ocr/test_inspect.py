from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image

from ocr import FileType, sniff


def image(form: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, form)
    return buffer.getvalue()


def archive(*names: str, first: tuple[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        if first:
            file.writestr(*first)
        for name in names:
            file.writestr(name, "x")
    return buffer.getvalue()


def workbook() -> bytes:
    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.vn", "b@example.vn", "Gửi"
    message.set_content("Kính gửi")
    return message.as_bytes()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n...", FileType.PDF),
        (b"\xef\xbb\xbf\r\n%PDF-1.4", FileType.PDF),
        (image("TIFF"), FileType.TIFF),
        (image("PNG"), FileType.PNG),
        (image("JPEG"), FileType.JPEG),
        (archive("[Content_Types].xml", "word/document.xml"), FileType.DOCX),
        (workbook(), FileType.XLSX),
        (
            archive("content.xml", first=("mimetype", "application/vnd.oasis.opendocument.text")),
            FileType.ODT,
        ),
        (archive("a.txt"), FileType.ZIP),
        (mail(), FileType.EML),
        (b"Subject of the day", FileType.UNKNOWN),
        (b"<html><body>%PDF</body></html>", FileType.UNKNOWN),
        (b"GIF89a", FileType.UNKNOWN),
        (b"", FileType.UNKNOWN),
    ],
)
def test_the_content_tells_the_type(data: bytes, kind: Any) -> None:
    assert sniff(data) is kind


def test_only_pages_are_read_and_known_types_are_attached() -> None:
    assert {t for t in FileType if t.readable} == {
        FileType.PDF, FileType.TIFF, FileType.PNG, FileType.JPEG,
    }  # fmt: skip
    assert FileType.DOCX.attachable
    assert not FileType.UNKNOWN.attachable


@given(st.binary(max_size=300))
def test_any_bytes_have_a_type(data: bytes) -> None:
    assert sniff(data).media_type
