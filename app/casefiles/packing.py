"""The package for the archive: a ZIP of files, metadata and checksums, and its verification.

Field names are those of annex VI of decree 30/2020/NĐ-CP. Pure: no database, no clock.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree import ElementTree

from app.casefiles.documents import DocumentFacts, DocumentFile

MANIFEST = "manifest-sha256.txt"
INDEX = "muc-luc-ho-so.csv"
CHUNK = 1024 * 1024
SAFE = re.compile(r"[^\w.\- ]+")
Metadata = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PackedCase:
    """A case file as the package describes it. `years` is None for ever."""

    organ_id: str
    year: int
    notation: str
    title: str
    maintenance: str
    rights: str
    creator: str
    start_on: date
    end_on: date | None
    documents: tuple[DocumentFacts, ...]
    description: str = ""


def write_package(
    out: BinaryIO, cases: Sequence[PackedCase], open_bytes: Callable[[str], BinaryIO]
) -> int:
    """Write the whole ZIP; returns the number of files of documents in it.

    `open_bytes` opens stored bytes by hash; what it raises for purged ones ends the work, so that
    a package is never silently incomplete.
    """
    sums: dict[str, str] = {}
    count = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, case in enumerate(cases, start=1):
            folder = f"{number:03d}-{_safe(case.notation)}"
            places = _places(folder, case.documents)
            for path, file in places.values():
                with open_bytes(file.sha256) as source:
                    sums[path] = _copy(archive, path, source)
                count += 1
            metadata = describe(case, places)
            _add(archive, sums, f"{folder}/ho-so.json", _json(metadata))
            _add(archive, sums, f"{folder}/ho-so.xml", _xml(metadata))
            _add(archive, sums, f"{folder}/muc-luc-van-ban.csv", _documents_csv(metadata))
        _add(archive, sums, INDEX, _cases_csv(cases))
        lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items()))
        archive.writestr(MANIFEST, lines)
    return count


Places = dict[tuple[int, int], tuple[str, DocumentFile]]


def _places(folder: str, documents: Sequence[DocumentFacts]) -> Places:
    """Where each file of each document lies: by the positions of both."""
    return {
        (at, part): (f"{folder}/van-ban/{at:03d}-{part:02d}-{_safe(file.name)}", file)
        for at, document in enumerate(documents, start=1)
        for part, file in enumerate(document.files, start=1)
    }


def describe(case: PackedCase, places: Places) -> Metadata:
    """The metadata of a file and its documents, under the names of annex VI."""
    pages = [document.pages for document in case.documents]
    return {
        "FileCode": {
            "OrganId": case.organ_id,
            "FileCatalog": case.year,
            "FileNotation": case.notation,
        },
        "Title": case.title,
        "Maintenance": case.maintenance,
        "Rights": case.rights,
        "Language": "Tiếng Việt",
        "StartDate": _day(case.start_on),
        "EndDate": _day(case.end_on),
        "DocTotal": len(case.documents),
        "PageTotal": sum(page or 0 for page in pages),
        "Creator": case.creator,
        "Description": case.description,
        "Documents": [
            _document(at, document, places) for at, document in enumerate(case.documents, start=1)
        ],
    }


def _document(at: int, facts: DocumentFacts, places: Places) -> Metadata:
    return {
        "DocOrdinal": at,
        "TypeName": facts.type_name,
        "CodeNumber": facts.code_number,
        "CodeNotation": facts.code_notation,
        "IssuedDate": _day(facts.issued_on),
        "OrganName": facts.organ_name,
        "Subject": facts.subject,
        "Language": "Tiếng Việt",
        "PageAmount": facts.pages,
        "Description": facts.description,
        "SignerInfo": {"Position": facts.signer_position, "FullName": facts.signer_name},
        "Priority": facts.priority,
        "DueDate": _day(facts.due_on),
        "ArrivalDate": _day(facts.arrival_on),
        "ArrivalNumber": facts.arrival_number,
        "ToPlaces": facts.to_places,
        "Files": [
            {"Path": path, "Sha256": file.sha256, "Size": file.size, "MediaType": file.media_type}
            for (number, _part), (path, file) in sorted(places.items())
            if number == at
        ],
    }


def verify(path: Path) -> list[str]:
    """What is wrong with a package, as sentences; none when it is complete and unchanged."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [*_check_sums(archive), *_check_metadata(archive)]
    except (zipfile.BadZipFile, OSError, KeyError, ValueError) as error:
        return [f"Không đọc được gói: {error}"]


def _check_sums(archive: zipfile.ZipFile) -> Iterable[str]:
    lines = archive.read(MANIFEST).decode("utf-8").splitlines()
    wanted = {path: digest for digest, path in (line.split("  ", 1) for line in lines)}
    there = [name for name in archive.namelist() if name != MANIFEST]
    for name in sorted(set(wanted) - set(there)):
        yield f"Thiếu tệp {name}."
    for name in sorted(set(there) - set(wanted)):
        yield f"Tệp {name} không có trong bảng kiểm."
    for name in sorted({name for name in there if there.count(name) > 1}):
        yield f"Tệp {name} có hai lần."
    for name in sorted(set(wanted) & set(there)):
        with archive.open(name) as source:
            if _digest(source) != wanted[name]:
                yield f"Tệp {name} đã bị thay đổi."


def _check_metadata(archive: zipfile.ZipFile) -> Iterable[str]:
    """The described files are there, with the hashes their store knew them by."""
    names = set(archive.namelist())
    for name in sorted(one for one in names if one.endswith("/ho-so.json")):
        metadata = json.loads(archive.read(name))
        if len(metadata["Documents"]) != metadata["DocTotal"]:
            yield f"{name}: số văn bản không khớp."
        for document in metadata["Documents"]:
            for file in document["Files"]:
                if file["Path"] not in names:
                    yield f"{name}: thiếu tệp {file['Path']}."
                    continue
                with archive.open(file["Path"]) as source:
                    if _digest(source) != file["Sha256"]:
                        yield f"{name}: tệp {file['Path']} không khớp dữ liệu mô tả."


def _digest(source: Any) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _copy(archive: zipfile.ZipFile, path: str, source: BinaryIO) -> str:
    digest = hashlib.sha256()
    with archive.open(path, "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _add(archive: zipfile.ZipFile, sums: dict[str, str], path: str, content: bytes) -> None:
    archive.writestr(path, content)
    sums[path] = hashlib.sha256(content).hexdigest()


def _json(metadata: Metadata) -> bytes:
    return json.dumps(metadata, ensure_ascii=False, indent=2).encode("utf-8")


def _xml(metadata: Metadata) -> bytes:
    root = ElementTree.Element("File")
    _fill(root, metadata)
    ElementTree.indent(root)
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _fill(parent: ElementTree.Element, values: Metadata) -> None:
    """Lists become repeated elements in the singular: Documents/Document, Files/File."""
    for name, value in values.items():
        child = ElementTree.SubElement(parent, name)
        if isinstance(value, dict):
            _fill(child, value)
        elif isinstance(value, list):
            for one in value:
                _fill(ElementTree.SubElement(child, name.removesuffix("s")), one)
        else:
            child.text = "" if value is None else _printable(str(value))


def _printable(text: str) -> str:
    """Without the characters that XML 1.0 has no place for."""
    return "".join(c for c in text if c in "\t\n\r" or (ord(c) >= 0x20 and c not in "\ufffe\uffff"))


def _documents_csv(metadata: Metadata) -> bytes:
    names = (
        "DocOrdinal", "TypeName", "CodeNumber", "CodeNotation", "IssuedDate", "OrganName",
        "Subject", "PageAmount", "ArrivalDate", "ArrivalNumber",
    )  # fmt: skip
    return _csv(names, ([row[name] for name in names] for row in metadata["Documents"]))


def _cases_csv(cases: Sequence[PackedCase]) -> bytes:
    names = (
        "OrganId", "FileCatalog", "FileNotation", "Title", "Maintenance", "Rights", "Creator",
        "StartDate", "EndDate", "DocTotal",
    )  # fmt: skip
    rows = (
        [
            case.organ_id, case.year, case.notation, case.title, case.maintenance, case.rights,
            case.creator, _day(case.start_on), _day(case.end_on), len(case.documents),
        ]
        for case in cases
    )  # fmt: skip
    return _csv(names, rows)


def _csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """With a byte order mark, as spreadsheets need it; no cell is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for row in rows:
        writer.writerow(_plain(cell) for cell in row)
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(tuple("=+-@\t\r")) else cell


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _safe(name: str) -> str:
    """A name that can neither leave its folder nor trouble another system."""
    return SAFE.sub("_", name).strip(". ")[:100] or "tep"
