from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from ocr import FileRefused, ReadOptions, check_first_page, inspect_file, preview, read_file
from ocr.errors import SENTENCES
from tests.unit.ocr.papers import Paper, write_pdf

QUICK = ReadOptions(processes=1, max_pages=20, max_pixels=30_000_000, seconds_per_page=20)


def refused(path: Path, options: ReadOptions = QUICK) -> str:
    with pytest.raises(FileRefused) as caught:
        check_first_page(path, options)
    assert caught.value.sentence == SENTENCES[caught.value.code]
    return caught.value.code


def save_pdf(path: Path, pages: int, **how: Any) -> Path:
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.save(path, **how)
    return path


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")

    assert refused(tmp_path / "a.pdf") == "empty"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.pdf") == "missing"


def test_what_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"MZ\x90\x00" + b"\x00" * 500)

    assert refused(tmp_path / "a.pdf") == "not_a_document"


def test_an_attachment_is_not_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")

    assert refused(tmp_path / "a.zip") == "not_a_document"


def test_a_pdf_with_a_password(tmp_path: Path) -> None:
    encryption = pikepdf.Encryption(user="secret", owner="secret")

    assert refused(save_pdf(tmp_path / "a.pdf", 1, encryption=encryption)) == "encrypted"


def test_a_pdf_with_an_owners_password_only_can_be_read(tmp_path: Path) -> None:
    encryption = pikepdf.Encryption(user="", owner="secret")
    path = save_pdf(tmp_path / "a.pdf", 1, encryption=encryption)

    assert check_first_page(path, QUICK).page_count == 1


def test_a_truncated_pdf(tmp_path: Path) -> None:
    whole = write_pdf(tmp_path / "whole.pdf", Paper()).read_bytes()
    (tmp_path / "a.pdf").write_bytes(whole[:300])

    assert refused(tmp_path / "a.pdf") == "broken"


def test_a_pdf_without_pages(tmp_path: Path) -> None:
    assert refused(save_pdf(tmp_path / "a.pdf", 0)) in ("zero_pages", "broken")


def test_too_many_pages(tmp_path: Path) -> None:
    assert refused(save_pdf(tmp_path / "a.pdf", 21)) == "too_many_pages"


def test_ten_thousand_pages_are_refused_by_default(tmp_path: Path) -> None:
    path = save_pdf(tmp_path / "a.pdf", 10_000)

    assert refused(path, ReadOptions()) == "too_many_pages"


def test_an_image_of_30000_by_30000_points(tmp_path: Path) -> None:
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(30_001))), (b"IEND", b"")]
    packed = [
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks
    ]
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(packed))

    assert refused(tmp_path / "a.png", ReadOptions()) == "too_many_pixels"


def test_a_huge_image_inside_a_small_pdf(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(200, 200))
        stream = pikepdf.Stream(pdf, b"\0" * 100)
        stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        stream.Width, stream.Height, stream.BitsPerComponent = 40_000, 40_000, 8
        stream.ColorSpace = pikepdf.Name.DeviceGray
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=stream))
        page.Contents = pikepdf.Stream(pdf, b"q 200 0 0 200 0 0 cm /Im0 Do Q")
        pdf.save(tmp_path / "a.pdf")

    assert refused(tmp_path / "a.pdf") == "too_many_pixels"


def test_a_page_of_absurd_size(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page().MediaBox = pikepdf.Array([0, 0, 9_000_000, 9_000_000])
        pdf.save(tmp_path / "a.pdf")

    assert refused(tmp_path / "a.pdf") in ("too_many_pixels", "broken")


def test_a_file_over_the_limit_of_bytes(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", Paper())

    assert refused(path, ReadOptions(max_bytes=1000)) == "too_big"


def test_a_page_that_does_not_exist_is_no_crash(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", Paper())

    with pytest.raises(FileRefused) as caught:
        preview(path, 99)
    assert caught.value.code == "bad_request"


def test_a_broken_frame_of_a_tiff_costs_that_page_only(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    frames = [Image.new("L", (400, 500), 255) for _ in range(3)]
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:])
    (tmp_path / "a.tiff").write_bytes(buffer.getvalue())

    reading = read_file(tmp_path / "a.tiff", QUICK)

    assert reading.page_count == 3
    assert [page.number for page in reading.pages] == [1, 2, 3]
    assert "page 3: blank" in reading.warnings


def mutations(whole: bytes, count: int, seed: int) -> list[bytes]:
    dice = random.Random(seed)
    made = []
    for _ in range(count):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 40)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        made.append(bytes(data[: dice.randint(len(data) // 3, len(data))]))
    return made


@pytest.mark.parametrize("kind", ["pdf", "png", "jpeg", "tiff"])
def test_mutilated_files_are_read_or_refused_with_a_sentence(tmp_path: Path, kind: Any) -> None:
    if kind == "pdf":
        whole = write_pdf(tmp_path / "whole.pdf", Paper()).read_bytes()
    else:
        buffer = io.BytesIO()
        Image.effect_noise((300, 200), 40).convert("RGB").save(buffer, kind.upper())
        whole = buffer.getvalue()
    for index, data in enumerate(mutations(whole, 5, seed=7)):
        path = tmp_path / f"{index}.{kind}"
        path.write_bytes(data)
        assert outcome(path) in {"shown", *SENTENCES} - {"timeout", "bad_request"}


def outcome(path: Path) -> str:
    """The code of a refusal, or "shown" for a file that could be looked into and shown."""
    try:
        inspect_file(path, QUICK)
        return "shown" if preview(path, 1, 200, options=QUICK).startswith(b"\xff\xd8") else "junk"
    except FileRefused as error:
        return error.code
