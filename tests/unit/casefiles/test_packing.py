"""The package for the archive: complete, named as the decree names things, and checkable."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.casefiles import packing
from app.casefiles.documents import DocumentFacts, DocumentFile
from app.casefiles.packing import PackedCase

BYTES = {sha256(text).hexdigest(): text for text in (b"%PDF-1.7 one", b"%PDF-1.7 two")}
ONE, TWO = BYTES


def case(*files: DocumentFile) -> PackedCase:
    letter = DocumentFacts(
        kind="incoming",
        id=7,
        subject="=Về việc rà soát\x0b quy hoạch",
        type_name="Công văn",
        code_number="145",
        code_notation="SXD-QH",
        issued_on=date(2026, 11, 16),
        organ_name="Sở Xây dựng",
        signer_name="Nguyễn Mẫu An",
        pages=3,
        arrival_number="2101",
        files=files,
    )
    return PackedCase(
        organ_id="H42.99", year=2026, notation="01.KT", title="Quy hoạch & đất đai",
        maintenance="Vĩnh viễn", rights="Hạn chế", creator="Đỗ Mẫu Phong, Chuyên viên",
        start_on=date(2026, 1, 5), end_on=date(2026, 11, 20), documents=(letter,),
    )  # fmt: skip


def pack(tmp_path: Path, *files: DocumentFile) -> Path:
    path = tmp_path / "goi.zip"
    with path.open("wb") as out:
        packing.write_package(out, [case(*files)], lambda digest: io.BytesIO(BYTES[digest]))
    return path


def pdf(digest: str, name: str) -> DocumentFile:
    return DocumentFile(digest, name, "application/pdf", len(BYTES[digest]))


def rewrite(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """The same archive with some members changed; None leaves one out."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            if (new := change(name, content)) is not None:
                archive.writestr(name, new)


def test_a_package_holds_files_metadata_and_checksums(tmp_path: Path) -> None:
    path = pack(tmp_path, pdf(ONE, "công văn.pdf"), pdf(TWO, "../../phu luc.pdf"))

    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        metadata = json.loads(archive.read("001-01.KT/ho-so.json"))
        xml = ElementTree.fromstring(archive.read("001-01.KT/ho-so.xml"))
        rows = list(
            csv.reader(
                archive.read("001-01.KT/muc-luc-van-ban.csv").decode("utf-8-sig").splitlines()
            )
        )
        content = archive.read("001-01.KT/van-ban/001-01-công văn.pdf")

    assert content == BYTES[ONE]
    assert not [name for name in names if ".." in Path(name).parts]
    assert metadata["FileCode"] == {
        "OrganId": "H42.99", "FileCatalog": 2026, "FileNotation": "01.KT",
    }  # fmt: skip
    assert metadata["Maintenance"] == "Vĩnh viễn"
    assert metadata["PageTotal"] == 3
    assert metadata["Documents"][0]["IssuedDate"] == "2026-11-16"
    assert xml.findtext("Documents/Document/CodeNotation") == "SXD-QH"
    assert len(xml.findall("Documents/Document/Files/File")) == 2
    assert rows[1][6].startswith("'=")
    assert packing.verify(path) == []


def test_a_changed_a_missing_and_an_added_file_are_found(tmp_path: Path) -> None:
    path = pack(tmp_path, pdf(ONE, "a.pdf"), pdf(TWO, "b.pdf"))

    rewrite(path, lambda name, content: content + b"x" if name.endswith("a.pdf") else content)
    assert any("a.pdf đã bị thay đổi" in fault for fault in packing.verify(path))

    path = pack(tmp_path, pdf(ONE, "a.pdf"), pdf(TWO, "b.pdf"))
    rewrite(path, lambda name, content: None if name.endswith("b.pdf") else content)
    assert any(fault.startswith("Thiếu tệp") for fault in packing.verify(path))

    path = pack(tmp_path, pdf(ONE, "a.pdf"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("them.txt", b"x")
    assert packing.verify(path) == ["Tệp them.txt không có trong bảng kiểm."]


def test_a_file_changed_together_with_its_checksum_still_shows(tmp_path: Path) -> None:
    path = pack(tmp_path, pdf(ONE, "a.pdf"))
    forged = b"%PDF-1.7 forged"

    def forge(name: str, content: bytes) -> bytes:
        if name.endswith("a.pdf"):
            return forged
        if name == packing.MANIFEST:
            return content.replace(ONE.encode(), sha256(forged).hexdigest().encode())
        return content

    rewrite(path, forge)

    assert any("không khớp dữ liệu mô tả" in fault for fault in packing.verify(path))


def test_bytes_that_are_gone_end_the_packing(tmp_path: Path) -> None:
    gone = DocumentFile("0" * 64, "a.pdf", "application/pdf", 1)

    with pytest.raises(KeyError):
        pack(tmp_path, gone)


def test_what_is_no_package_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"not a zip")

    assert packing.verify(path)[0].startswith("Không đọc được gói")
