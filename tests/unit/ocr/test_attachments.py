"""Attachments that are kept and not read are judged by their text before they are kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest
from docx.document import Document as DocumentObject
from docx.oxml import parse_xml
from openpyxl import Workbook

import app.demo
from ocr import AttachmentCheck, FileRefused, ReadOptions, check_attachment

SAMPLES = Path(app.demo.__file__).parent / "samples"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
ABOUT = (
    "ỦY BAN NHÂN DÂN", "PHƯỜNG MINH HỌA", "KẾ HOẠCH",
    "Triển khai công tác bảo vệ bí mật nhà nước", "Tài liệu mật không gửi qua mạng. MẬT là chữ",
)  # fmt: skip


def letter(*lines: str, change: Callable[[DocumentObject], None] | None = None) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if change is not None:
        change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def in_a_text_box(document: DocumentObject) -> None:
    document.paragraphs[0]._p.append(
        parse_xml(
            f"<w:r {NAMESPACES}><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r>"
            "<w:t>TỐI MẬT</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
        )
    )


def in_a_cell(document: DocumentObject) -> None:
    document.add_table(1, 2).cell(0, 1).text = "MẬT"


def in_the_header(document: DocumentObject) -> None:
    document.sections[0].header.paragraphs[0].text = "TUYỆT MẬT"


def sheet(*rows: str) -> bytes:
    book, out = Workbook(), io.BytesIO()
    page = book.worksheets[0]
    for row in rows:
        page.append([row, 1])
    book.save(out)
    return out.getvalue()


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def odt(*lines: str) -> bytes:
    texts = "".join(f"<text:p>{line}</text:p>" for line in lines)
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f"<office:text>{texts}</office:text></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
    return out.getvalue()


def mail(text: str, attached: bytes = b"", name: str = "a.docx") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@x.vn", "b@x.vn", "Gửi báo cáo"
    message.set_content(text)
    if attached:
        message.add_attachment(attached, maintype="application", subtype="x", filename=name)
    return message.as_bytes()


def check(tmp_path: Path, data: bytes, *, deep: bool = False) -> AttachmentCheck:
    path = tmp_path / "attachment"
    path.write_bytes(data)
    return check_attachment(path, ReadOptions(), deep=deep)


MARKED = {
    "a line of its own": (letter("MẬT", *ABOUT), "possible", "MẬT"),
    "a text box": (letter(*ABOUT, change=in_a_text_box), "possible", "TỐI MẬT"),
    "a cell": (letter(*ABOUT, change=in_a_cell), "possible", "MẬT"),
    "the header": (letter(*ABOUT, change=in_the_header), "possible", "TUYỆT MẬT"),
    "the level": (letter("Độ mật: TỐI MẬT"), "possible", "TỐI MẬT"),
    "a head": (letter("CỘNG HÒA", "Độc lập", "", "ĐƠN TỐ CÁO", "Tôi là"), "certain", "ĐƠN TỐ CÁO"),
    "a sheet": (sheet("DANH SÁCH", "MẬT"), "possible", "MẬT"),
    "an open document": (odt("MẬT", "Báo cáo"), "possible", "MẬT"),
    "the text of a mail": (mail("Kính gửi\n\nMẬT\n"), "possible", "MẬT"),
    "a file in a mail": (mail("Kính gửi", letter("MẬT")), "possible", "MẬT"),
    "an archive in an archive": (packed(a=packed(b=letter("MẬT"))), "possible", "MẬT"),
    "an old file": (
        packed(a=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "\r\rMẬT\rx".encode("utf-16-le")),
        "possible",
        "MẬT",
    ),
}


@pytest.mark.parametrize("case", list(MARKED))
def test_a_mark_is_found_wherever_it_was_typed(tmp_path: Path, case: str) -> None:
    data, kind, word = MARKED[case]
    found = check(tmp_path, data).secrecy

    assert found is not None
    assert (found.kind, found.word) == (kind, word)


@pytest.mark.parametrize(
    "data",
    [letter(*ABOUT), sheet(*ABOUT), odt(*ABOUT), mail("\n".join(ABOUT)), packed(a=letter(*ABOUT))],
    ids=["docx", "xlsx", "odt", "eml", "zip"],
)
def test_a_paper_about_secrets_passes(tmp_path: Path, data: bytes) -> None:
    assert check(tmp_path, data) == AttachmentCheck(None, complete=True)


def test_a_scan_inside_is_read_when_there_is_time(tmp_path: Path) -> None:
    marked = packed(scan=(SAMPLES / "08-mat.pdf").read_bytes())

    assert check(tmp_path, marked) == AttachmentCheck(None, complete=False)
    found = check(tmp_path, marked, deep=True)
    assert found.secrecy is not None
    assert found.secrecy.word == "MẬT"


def test_what_nobody_can_look_into_is_refused_or_said(tmp_path: Path) -> None:
    locked = bytearray(packed(a=b"x" * 100))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(signature) + place] |= 1  # the flag of a password
    bomb = packed(a=b"0" * (201 * 1024 * 1024))
    for data, code in ((bytes(locked), "encrypted"), (bomb, "too_big"), (b"PK\x03\x04x", "broken")):
        with pytest.raises(FileRefused) as caught:
            check(tmp_path, data)
        assert caught.value.code == code
    assert not check(tmp_path, packed(a=b"Rar!\x1a\x07\x00" + bytes(50))).complete
