"""A template from outside, tried: filled with an invented paper and made a PDF; a worker's work.

What is in the file is opened only in a child that can do little harm (`ocr.sandbox`).
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.errors import InvalidInput
from app.outgoing.papers import convert
from app.outgoing.papers.docx import TemplateFault, fill, text
from app.outgoing.papers.docx.package import check_package
from app.outgoing.papers.facts import DraftFacts
from ocr import sandbox
from ocr.errors import FileRefused
from ocr.types import Limits

LIMITS = Limits(wall_s=30.0, cpu_s=20, memory_mb=1024, file_mb=64)
MOST_BYTES = 20 * 1024 * 1024
BROKEN = "Không mở hoặc không điền được mẫu này. Hãy lưu lại thành .docx thường rồi nộp lại."


def as_pdf(docx: bytes, sample: DraftFacts) -> bytes:
    """How the template looks with the facts of `sample`, PDF; some seconds.

    Raises InvalidInput with the sentence: no plain DOCX, macros, unknown fields, no place for the
    body, or LibreOffice gave up.
    """
    return convert.to_pdf(_filled(docx, sample))


def _filled(docx: bytes, sample: DraftFacts) -> bytes:
    with tempfile.TemporaryDirectory(prefix="template-") as folder:
        source, target = Path(folder, "template.docx"), Path(folder, "filled.docx")
        source.write_bytes(docx)

        def collect(child_folder: Path, answer: dict[str, str]) -> bytes:
            if answer["fault"]:
                raise TemplateFault(answer["fault"][:500])
            sandbox.take(child_folder, "filled.docx", target, max_bytes=MOST_BYTES)
            return target.read_bytes()

        args = {"source": str(source), "facts": asdict(sample)}
        try:
            made = sandbox.run(f"{__name__}:fill_here", args, LIMITS, collect=collect)
        except (FileRefused, FileNotFoundError) as refused:
            raise TemplateFault(BROKEN) from refused
    return bytes(made)


def fill_here(source: str, facts: dict[str, Any]) -> dict[str, str]:
    """In the child: leaves `filled.docx` in its folder, or says what is wrong."""
    try:
        made = check_template(Path(source).read_bytes(), DraftFacts(**facts))
    except InvalidInput as fault:
        return {"fault": fault.user_message}
    Path("filled.docx").write_bytes(made)
    return {"fault": ""}


def check_template(docx: bytes, sample: DraftFacts) -> bytes:
    """A template filled with the facts of `sample`; DOCX to be shown.

    Raises DocumentFault for what is no plain DOCX, TemplateFault for macros and objects inside, for
    fields that nobody knows, and for a template without a place for the body.
    """
    check_package(docx)
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        if any(convert.ACTIVE_PARTS.search(f"/{name}") for name in package.namelist()):
            raise TemplateFault(
                "Mẫu có macro hoặc đối tượng nhúng. Hãy lưu lại thành .docx thường."
            )
    filled = fill(docx, sample)
    if "{{" in text(filled):
        raise TemplateFault("Mẫu còn dấu {{ hoặc }} lẻ. Mỗi trường viết đủ {{tên trường}}.")
    return filled
