"""Is an attachment that the reader does not read (DOCX, XLSX, ODT, EML, ZIP) marked secret?

The text of its first page is judged by the same rules as a scan's. A typed word has no frame and no
colour, so that a mark alone is possible and only a head is certain. What lies inside a mail or an
archive is judged too, scans by their first page when `deep`.

    check_attachment(path, options, deep=False) -> AttachmentCheck

Only this function is for the application; the rest runs in the child.
"""

from __future__ import annotations

import email
import email.policy
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import Any

from ocr import sandbox
from ocr.errors import FileRefused
from ocr.inspect import SNIFF_BYTES, FileType, sniff
from ocr.lines import Line
from ocr.secrecy import judge
from ocr.types import Limits, ReadOptions, SecrecyMark, Word

LINES_OF_PAGE = 60
LETTERS_OF_LINE = 90
PITCH = 1 / LINES_OF_PAGE
MOST_MEMBERS = 200
MOST_UNPACKED = 200 * 1024 * 1024
MOST_SCANS = 12
DEEPEST = 3
QUICK = Limits(wall_s=8, cpu_s=8, memory_mb=1024, file_mb=64)
DEEP = Limits(wall_s=300, cpu_s=300, memory_mb=2048, file_mb=256)
SHEETS_SEEN = 3
SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml$")
PICTURES = ("word/media/", "xl/media/", "Pictures/", "media/")
WORD_97_STREAM = "WordDocument".encode("utf-16-le")
WORD_97 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
WORDML = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True, slots=True)
class AttachmentCheck:
    """The verdict. `complete`: all that could bear a mark was seen; otherwise a person decides."""

    secrecy: SecrecyMark | None
    complete: bool


def check_attachment(
    path: str | Path, options: ReadOptions, *, deep: bool = False
) -> AttachmentCheck:
    """Judge a file in the sandbox. Without `deep` in seconds, scans inside it not read.

    Raises:
        FileRefused: encrypted, broken, or over the limits: nobody has seen what is in it.
    """
    args = {
        "path": str(Path(path).absolute()),
        "options": asdict(options),
        "deep": deep,
    }
    answer = sandbox.run("ocr.attachments:check_here", args, DEEP if deep else QUICK)
    verdict = SecrecyMark.from_json(answer["secrecy"]) if answer["secrecy"] else None
    return AttachmentCheck(verdict, bool(answer["complete"]))


@dataclass(slots=True)
class _Look:
    """What the child has found so far, and how much it may still open."""

    heads: Sequence[str]
    found: list[SecrecyMark] = field(default_factory=list)
    scans: list[bytes] = field(default_factory=list)
    complete: bool = True
    members: int = MOST_MEMBERS
    unpacked: int = MOST_UNPACKED


def check_here(path: str, options: Mapping[str, Any], deep: bool) -> dict[str, Any]:
    """In the child."""
    look = _Look(tuple(options["secrecy_heads"]))
    _open(look, Path(path).read_bytes(), 0)
    if deep and not look.found:
        _read_scans(look, options)
    elif look.scans:
        look.complete = False
    look.found.sort(key=lambda mark: mark.kind != "certain")
    verdict = look.found[0].to_json() if look.found else None
    return {"secrecy": verdict, "complete": look.complete}


def _open(look: _Look, data: bytes, depth: int) -> None:
    """Judge one file; what is inside it comes back here."""
    kind = sniff(data[:SNIFF_BYTES])
    if kind in READERS:
        _office(look, data, READERS[kind])
    elif kind is FileType.EML:
        _mail(look, data, depth)
    elif kind is FileType.ZIP:
        _archive(look, data, depth)
    elif kind.readable:
        look.scans.append(data)
    elif data.startswith(WORD_97):
        _judge(look, _word_97(data))
        if WORD_97_STREAM not in data:  # another OLE file, whose text we cannot find
            look.complete = False
    elif (text := _plain(data)) is not None:
        _judge(look, text.splitlines())
    else:
        look.complete = False


def _office(look: _Look, data: bytes, reader: Callable[[bytes], Iterator[str]]) -> None:
    """The text of an office file; its pictures are scans, as a page may be pasted into it."""
    _judge(look, reader(data))
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        infos = container.infolist()
        sheets = sum(bool(SHEETS.match(info.filename)) for info in infos)
        if sheets > SHEETS_SEEN:
            look.complete = False
        pictures = [one for one in infos if one.filename.startswith(PICTURES) and one.file_size]
        if len(pictures) > MOST_SCANS:
            look.complete = False
        for info in pictures[:MOST_SCANS]:
            if info.file_size > look.unpacked:
                raise FileRefused("too_big", info.filename)
            look.unpacked -= info.file_size
            picture = container.read(info)
            if sniff(picture[:SNIFF_BYTES]).readable:
                look.scans.append(picture)
            else:
                look.complete = False


def _judge(look: _Look, texts: Iterable[str]) -> None:
    """The lines of the first page, set one below the other on a page of sixty lines."""
    lines, at = [], 0
    for text in texts:
        if at >= LINES_OF_PAGE:
            break
        words = text.split()
        if words:
            top = at * PITCH
            box = (0.2, top, 0.8, top + PITCH / 2)
            lines.append(Line(tuple(Word(word, box, 100.0) for word in words), box))
        at += max(1, -(-len(text) // LETTERS_OF_LINE))
    verdict = judge(lines, [], look.heads)
    if verdict is not None:
        look.found.append(SecrecyMark(verdict.kind, verdict.word, 1, None, verdict.reason))


def _docx(data: bytes) -> Iterator[str]:
    """Headers of the first section, then the body with tables and text boxes."""
    import docx

    document = docx.Document(io.BytesIO(data))
    first = document.sections[0]
    for part in (first.first_page_header, first.header):
        yield from _paragraphs(part._element)
    yield from _paragraphs(document.element.body)


def _paragraphs(root: Any) -> Iterator[str]:
    """Each paragraph's own text; a text box inside one is a paragraph of its own."""
    for paragraph in root.iter(f"{{{WORDML}}}p"):
        yield "".join(
            node.text or ""
            for node in paragraph.iter(f"{{{WORDML}}}t")
            if next(node.iterancestors(f"{{{WORDML}}}p")) is paragraph
        )


def _xlsx(data: bytes) -> Iterator[str]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book.worksheets[:SHEETS_SEEN]:
        for row in sheet.iter_rows(max_row=LINES_OF_PAGE, max_col=30, values_only=True):
            yield from (" ".join(str(cell).split()) for cell in row if cell is not None)


def _odt(data: bytes) -> Iterator[str]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        for name in ("styles.xml", "content.xml"):  # headers of pages lie in the styles
            if name not in container.namelist():
                continue
            info = container.getinfo(name)
            if info.file_size > MOST_UNPACKED:
                raise FileRefused("too_big", name)
            root = etree.fromstring(container.read(name), parser)
            for node in root.iter(f"{{{TEXT}}}p", f"{{{TEXT}}}h"):
                yield "".join(node.itertext())


READERS = {FileType.DOCX: _docx, FileType.XLSX: _xlsx, FileType.ODT: _odt}
OFFICE_PARTS = {"word/document.xml": _docx, "xl/workbook.xml": _xlsx, "content.xml": _odt}


def _word_97(data: bytes) -> Iterator[str]:
    """Of the old format only short lines in capitals: its text lies in it as UTF-16."""
    text = data.decode("utf-16-le", errors="replace")
    return islice((m[0] for m in re.finditer(r"[A-ZÀ-ỸĐ][A-ZÀ-ỸĐ ]{2,40}", text)
                   if _alone(text, m.start(), m.end())), LINES_OF_PAGE // 3)  # fmt: skip


def _alone(text: str, start: int, end: int) -> bool:
    ends = "\r\n\x07\x0b\x0c"
    return text[start - 1 : start] in (*ends, "") and text[end : end + 1] in (*ends, "")


def _plain(data: bytes) -> str | None:
    head = data[: 64 * 1024]
    for encoding in ("utf-8-sig", "utf-16"):
        if encoding == "utf-16" and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        text = head.decode(encoding, errors="ignore")
        if "\x00" not in text and len(text) >= len(head) // 4:
            return text
    return None


class _Tags(HTMLParser):
    """The text of a mail in HTML, a line a block."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("p", "div", "br", "tr", "td", "li", "h1", "h2", "h3"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _mail(look: _Look, data: bytes, depth: int) -> None:
    """Subject and text, and whatever is attached."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    _judge(look, [str(message.get("Subject", ""))])
    for part in message.walk():
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html") and not part.get_filename():
            text = content.decode(part.get_content_charset() or "utf-8", errors="replace")
            _judge(look, _without_tags(text) if kind == "text/html" else text.splitlines())
        else:
            _inside(look, content, depth)


def _without_tags(text: str) -> list[str]:
    parser = _Tags()
    parser.feed(text)
    return "".join(parser.parts).splitlines()


def _archive(look: _Look, data: bytes, depth: int) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        names = set(container.namelist())
        for name, reader in OFFICE_PARTS.items():
            if name in names:  # an office file whose parts stand in an unusual order
                _office(look, data, reader)
                return
        for info in container.infolist():
            if info.is_dir():
                continue
            if info.flag_bits & 1:
                raise FileRefused("encrypted", "a member of the archive")
            if info.file_size > look.unpacked:
                raise FileRefused("too_big", "the archive unpacks to too much")
            with container.open(info) as source:
                _inside(look, source.read(look.unpacked + 1), depth)


def _inside(look: _Look, data: bytes, depth: int) -> None:
    """A file inside another, within what is left of the limits."""
    look.members -= 1
    look.unpacked -= len(data)
    if look.members < 0 or look.unpacked < 0 or depth >= DEEPEST:
        raise FileRefused("too_big", "too much inside the attachment")
    if data:
        _open(look, data, depth + 1)


def _read_scans(look: _Look, options: Mapping[str, Any]) -> None:
    """The first page of the scans inside, as far as there is time for them."""
    from ocr.jobs import read_pages

    for number, data in enumerate(look.scans[:MOST_SCANS]):
        scan = Path(f"scan-{number}")
        scan.write_bytes(data)
        try:
            answer = read_pages(str(scan), [1], options)[0]
        except FileRefused:
            look.complete = False
            continue
        if answer["secrecy"]:
            verdict = SecrecyMark.from_json(answer["secrecy"])
            look.found.append(SecrecyMark(verdict.kind, verdict.word, 1, None, verdict.reason))
            return
    if len(look.scans) > MOST_SCANS:
        look.complete = False
