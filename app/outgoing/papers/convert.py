"""A Word document as PDF/A, by LibreOffice Writer without a screen.

The document comes from outside and LibreOffice is large, so it runs in a child that can do little
harm (`ocr.sandbox`): own folder and profile, no network, limits of memory, CPU and file size, a
wall clock, killed as a group. Before that, whatever would make it fetch other files is taken out.
"""

from __future__ import annotations

import io
import json
import posixpath
import re
import shutil
import subprocess
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

from app.errors import InvalidInput
from app.outgoing.papers.docx.package import DocumentFault, check_package
from ocr import sandbox
from ocr.errors import FileRefused
from ocr.types import Limits

PROGRAM = "/usr/bin/soffice"
LIMITS = Limits(wall_s=90.0, cpu_s=60, memory_mb=4096, file_mb=256, open_files=256, processes=128)
MOST_PDF_BYTES = 200 * 1024 * 1024
_one_at_a_time = threading.Lock()

SENTENCES = {
    "timeout": "Chuyển Word sang PDF quá thời gian cho phép nên đã dừng. Hãy bỏ bớt ảnh lớn.",
    "memory": "Chuyển Word sang PDF cần quá nhiều bộ nhớ nên đã dừng. Hãy bỏ bớt ảnh lớn.",
    "too_big": "Tệp PDF tạo ra quá lớn so với giới hạn cho phép. Hãy bỏ bớt ảnh lớn.",
    "encrypted": "Tệp Word được đặt mật khẩu. Hãy bỏ mật khẩu rồi nộp lại.",
    "broken": "Tệp Word bị hỏng hoặc bị cắt cụt, không chuyển được sang PDF.",
    "no_engine": "Máy chủ chưa cài LibreOffice Writer nên chưa chuyển được Word sang PDF.",
}
OTHERWISE = "Chương trình chuyển Word sang PDF dừng bất thường với tệp này. Hãy thử lại."

# Fields that bring in other files of the machine or of the network, or that run something.
FETCHING = re.compile(r"\b(INCLUDETEXT|INCLUDEPICTURE|DDE|DDEAUTO|LINK|IMPORT|DATABASE)\b", re.I)
ACTIVE_PARTS = re.compile(r"(vbaProject|vbaData|/activeX/|/embeddings/.*\.bin)", re.I)
FIELD_TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}instrText"
SIMPLE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}fldSimple"
INSTRUCTION = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}instr"
EXPORT = {
    "SelectPdfVersion": {"type": "long", "value": "2"},  # PDF/A-2b
    "ExportFormFields": {"type": "boolean", "value": "false"},
    "ExportBookmarks": {"type": "boolean", "value": "false"},
}
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse">
<value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


class ConversionFault(InvalidInput):
    """The document could not become a PDF; the sentence says why. `passing`: try again later."""

    def __init__(self, user_message: str, *, detail: str = "", passing: bool = False) -> None:
        super().__init__(user_message)
        self.detail, self.passing = detail, passing


def to_pdf(docx: bytes, *, limits: Limits = LIMITS) -> bytes:
    """The document as PDF/A-2b with its fonts inside; some three seconds. One at a time.

    Raises:
        DocumentFault: this is no DOCX, or one with a password.
        ConversionFault: LibreOffice is not there, gave up, or went over its limits.
    """
    harmless = without_fetching(docx)
    with _one_at_a_time, tempfile.TemporaryDirectory(prefix="docx-") as folder:
        source, target = Path(folder, "source.docx"), Path(folder, "made.pdf")
        source.write_bytes(harmless)

        def collect(child_folder: Path, _result: Any) -> bytes:
            sandbox.take(child_folder, "source.pdf", target, max_bytes=MOST_PDF_BYTES)
            return target.read_bytes()

        args = {"source": str(source), "program": PROGRAM, "wall_s": limits.wall_s}
        try:
            made = sandbox.run(f"{__name__}:convert_here", args, limits, collect=collect)
        except (FileRefused, FileNotFoundError) as refused:
            raise _fault(refused) from refused
    if not made.startswith(b"%PDF-"):
        raise ConversionFault(OTHERWISE, detail="the result is no PDF", passing=True)
    return bytes(made)


def _fault(refused: FileRefused | FileNotFoundError) -> ConversionFault:
    code = refused.code if isinstance(refused, FileRefused) else "crashed"
    return ConversionFault(
        SENTENCES.get(code, OTHERWISE),
        detail=str(refused),
        passing=code in ("timeout", "memory", "crashed", "no_engine"),
    )


def convert_here(source: str, program: str, wall_s: float) -> bool:
    """In the child: run LibreOffice in the child's folder; leaves `source.pdf` there."""
    if not Path(program).exists():
        raise FileRefused("no_engine", program)
    folder = Path.cwd()
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    own = shutil.copy(source, folder / "source.docx")
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        *("--headless", "--nologo", "--norestore", "--nodefault", "--nolockcheck"),
        *("--convert-to", f"pdf:writer_pdf_Export:{json.dumps(EXPORT)}"),
        *("--outdir", str(folder), str(own)),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=wall_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise FileRefused("timeout", "LibreOffice") from error
    if not (folder / "source.pdf").exists():
        said = done.stderr.decode(errors="replace")[-200:]
        code = "broken" if done.returncode in (0, 1) else "crashed"
        raise FileRefused(code, f"exit status {done.returncode}: {said}")
    return True


def without_fetching(docx: bytes) -> bytes:
    """The same document without macros, outside parts and fields that bring in other files.

    Links that a reader may click stay. Raises DocumentFault.
    """
    check_package(docx)
    made = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(docx)) as package,
            zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out,
        ):
            for entry in package.infolist():
                if not ACTIVE_PARTS.search(entry.filename):
                    data = package.read(entry)
                    out.writestr(entry.filename, _harmless(entry.filename, data))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, OSError, ValueError, EOFError) as error:
        raise DocumentFault(SENTENCES["broken"]) from error
    return made.getvalue()


def _harmless(name: str, data: bytes) -> bytes:
    kind = posixpath.splitext(name)[1].lower()
    if kind not in (".xml", ".rels"):
        return data
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.doctype:
        raise ValueError("a document type has no place in a DOCX")
    changed = _cut_relations(root) if kind == ".rels" else _cut_fields(root)
    if not changed:
        return data
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _cut_relations(root: Any) -> bool:
    """Drop what points outside the package, but for links; and pointers to dropped parts."""
    gone = [
        relation
        for relation in root
        if ACTIVE_PARTS.search(f"/{relation.get('Target', '')}")
        or (
            relation.get("TargetMode") == "External"
            and not str(relation.get("Type", "")).endswith("/hyperlink")
        )
    ]
    for relation in gone:
        root.remove(relation)
    return bool(gone)


def _cut_fields(root: Any) -> bool:
    """Empty the instruction of fields that fetch; the text that Word last showed stays.

    Word may cut an instruction into several pieces: a field is judged by all of them together.
    """
    pieces = list(root.iter(FIELD_TEXT))
    fetching = bool(FETCHING.search("".join(piece.text or "" for piece in pieces)))
    for piece in pieces if fetching else ():
        piece.text = ""
    simple = [s for s in root.iter(SIMPLE) if FETCHING.search(s.get(INSTRUCTION) or "")]
    for field in simple:
        field.set(INSTRUCTION, "")
    return fetching or bool(simple)
