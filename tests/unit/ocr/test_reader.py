from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ocr import (
    Field,
    FileRefused,
    FileType,
    Reading,
    ReadOptions,
    check_first_page,
    crop,
    derive,
    derive_searchable,
    inspect_file,
    list_signatures,
    preview,
    read_file,
    split,
    stamp,
    to_pdf,
)
from ocr.reader import runs_of
from tests.unit.ocr.papers import Paper, render, scan, scanned, worn, write_pdf

PAPER = Paper(number="Số: 268/SNV-CCHC")


def field(reading: Reading, name: str) -> Field:
    found = reading.fields[name]
    assert found is not None, name
    return found


def words_near(reading: Reading, text: str) -> list[tuple[float, float, float, float]]:
    return [w.box for w in reading.pages[0].words if w.text.strip(".,:;") == text]


def test_a_born_digital_letter_is_read_without_recognition(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", Paper(pages=3))

    reading = read_file(path)

    assert [page.source for page in reading.pages] == ["embedded"] * 3
    assert "Trang 3" in reading.pages[2].text
    assert reading.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert reading.secrecy is None


def test_a_skewed_scan_is_read_and_its_boxes_lie_on_the_scan(tmp_path: Path) -> None:
    born = read_file(write_pdf(tmp_path / "b.pdf", PAPER))

    reading = read_file(scanned(tmp_path, PAPER, dpi=200, skew=1.5, noise=6))

    page = reading.pages[0]
    assert page.source == "ocr"
    assert page.angle == pytest.approx(-1.5, abs=0.3)
    assert field(reading, "code_number").value == "268"
    assert field(reading, "code_notation").value == "SNV-CCHC"
    assert field(reading, "issued_date").value == "2026-01-05"
    assert field(reading, "signer_name").value == "Nguyễn Văn Bình"
    [straight], [found] = words_near(born, "CỘNG"), words_near(reading, "CỘNG")
    # Turned by 1.5° about the middle of the page, the head moves right and, at the right, up.
    assert found[0] - straight[0] == pytest.approx(-0.4 * np.sin(np.radians(1.5)) * 1.41, abs=0.012)


def test_a_page_on_its_side_is_turned_and_its_boxes_lie_on_the_side(tmp_path: Path) -> None:
    image = worn(render(write_pdf(tmp_path / "b.pdf", PAPER), 150))
    path = scan(tmp_path / "side.pdf", [np.ascontiguousarray(np.rot90(image))], 150)

    reading = read_file(path)

    assert field(reading, "code_number").value == "268"
    assert round(reading.pages[0].angle / 90) * 90 == 90
    [box] = words_near(reading, "CỘNG")
    assert box[0] < 0.15  # the head of the paper lies at the left edge
    assert box[3] - box[1] > box[2] - box[0]  # and its words stand upright


def test_the_answer_survives_json(tmp_path: Path) -> None:
    reading = read_file(write_pdf(tmp_path / "a.pdf", Paper()))

    assert Reading.from_json(reading.to_json()).to_json() == reading.to_json()


def test_progress_is_told_for_each_page_and_page_1_is_not_read_twice(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", Paper(pages=6))
    first = check_first_page(path)
    told: list[tuple[int, int]] = []

    reading = read_file(path, on_page=lambda *step: told.append(step), first_page=first)

    assert sorted(told) == [(n, 6) for n in range(1, 7)]
    assert reading.pages[0] is first.page
    assert [page.number for page in reading.pages] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("pages", "processes", "runs"),
    [(1, 2, [[2]]), (5, 2, [[2, 3, 4], [5, 6]]), (9, 2, [[2, 3, 4, 5], [6, 7, 8, 9], [10]])],
)
def test_long_scans_are_cut_into_runs_of_at_most_four_pages(
    pages: int, processes: int, runs: list[list[int]]
) -> None:
    assert runs_of(range(2, pages + 2), processes) == runs


def test_a_tiff_of_several_pages(tmp_path: Path) -> None:
    image = Image.fromarray(render(write_pdf(tmp_path / "b.pdf", PAPER), 150)).convert("1")
    image.save(
        tmp_path / "a.tiff", save_all=True, append_images=[Image.new("1", image.size, 1)],
        compression="group4", dpi=(150, 150),
    )  # fmt: skip

    reading = read_file(tmp_path / "a.tiff")

    assert inspect_file(tmp_path / "a.tiff").type is FileType.TIFF
    assert field(reading, "code_number").value == "268"
    assert reading.warnings == ("page 2: blank",)


def test_number_and_date_in_the_appearance_of_signature_fields_are_read(tmp_path: Path) -> None:
    paper = Paper(number="Số:        /SNV-CCHC", date="Ninh Bình, ngày      tháng 01 năm 2026")
    path = write_pdf(tmp_path / "unsigned.pdf", paper)
    with pikepdf.open(path) as pdf:
        pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array()))
        for name, text, x, y in (("s1", "357", 148, 737), ("s2", "19", 392, 737)):
            add_widget(pdf, name, text, x, y)
        pdf.save(tmp_path / "signed.pdf")
    before = (tmp_path / "signed.pdf").read_bytes()

    reading = read_file(tmp_path / "signed.pdf")

    assert field(reading, "code_number").value == "357"
    assert field(reading, "issued_date").value == "2026-01-19"
    assert (tmp_path / "signed.pdf").read_bytes() == before


def add_widget(pdf: pikepdf.Pdf, name: str, text: str, x: float, y: float) -> None:
    """A signature field whose appearance shows a text at x, y (points from the bottom left)."""
    look = pikepdf.Stream(pdf, f"BT /F1 12 Tf 2 4 Td ({text}) Tj ET".encode())
    look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    look.BBox = pikepdf.Array([0, 0, 40, 16])
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    look.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    widget = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Sig, T=name, F=4,
            Rect=pikepdf.Array([x, y, x + 40, y + 16]), AP=pikepdf.Dictionary(N=look),
        )
    )  # fmt: skip
    pdf.Root.AcroForm.Fields.append(widget)
    page = pdf.pages[0]
    page.Annots = pikepdf.Array([*page.get("/Annots", []), widget])


def test_a_searchable_pdf_keeps_the_image_and_carries_the_words(tmp_path: Path) -> None:
    path = scanned(tmp_path, PAPER, dpi=200)
    reading = read_file(path)

    derive_searchable(path, reading, tmp_path / "found.pdf")

    with pdfium.PdfDocument(tmp_path / "found.pdf") as document:
        text = document[0].get_textpage().get_text_range()
    found = text.split()
    assert sum(word.text in found for word in reading.pages[0].words) >= 0.99 * len(
        reading.pages[0].words
    )
    assert images_of(tmp_path / "found.pdf") == images_of(path)
    assert np.array_equal(render(tmp_path / "found.pdf", 72), render(path, 72))


def images_of(path: Path) -> list[bytes]:
    with pikepdf.open(path) as pdf:
        return [i.read_raw_bytes() for page in pdf.pages for i in page.get_images().values()]


def test_the_words_of_a_searchable_pdf_stand_in_their_places(tmp_path: Path) -> None:
    path = scanned(tmp_path, PAPER, dpi=200)
    reading = read_file(path)
    derive_searchable(path, reading, tmp_path / "found.pdf")

    again = read_file(tmp_path / "found.pdf")

    [before], [after] = words_near(reading, "CỘNG"), words_near(again, "CỘNG")
    assert again.pages[0].source == "embedded"
    assert np.allclose(before, after, atol=0.012)


def test_a_searchable_pdf_of_a_turned_page_has_its_words_in_place(tmp_path: Path) -> None:
    path = scanned(tmp_path, PAPER, dpi=150)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].rotate(180, relative=False)
        pdf.save(path)
    reading = read_file(path)

    derive_searchable(path, reading, tmp_path / "found.pdf")
    again = read_file(tmp_path / "found.pdf")

    [before], [after] = words_near(reading, "CỘNG"), words_near(again, "CỘNG")
    assert np.allclose(before, after, atol=0.02)


def test_a_picture_of_a_page_and_of_a_box(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", Paper())

    jpeg = Image.open(io.BytesIO(preview(path, 1, 700)))
    png = Image.open(io.BytesIO(crop(path, 1, (0.5, 0.05, 0.9, 0.12), 400)))

    assert (jpeg.format, jpeg.width) == ("JPEG", 700)
    assert png.format == "PNG"
    assert 380 <= png.width <= 400
    assert png.width / png.height == pytest.approx(0.4 / 0.07 / 1.414, rel=0.1)
    assert np.asarray(png.convert("L")).min() < 80


def test_a_scan_is_split_and_its_pages_reordered(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", Paper(pages=4))

    first, second = split(path, [[3, 2], [4]], tmp_path)

    with pdfium.PdfDocument(first) as document:
        texts = [document[i].get_textpage().get_text_range() for i in range(len(document))]
    assert ["Trang 3" in texts[0], "Trang 2" in texts[1], len(texts)] == [True, True, 2]
    with pdfium.PdfDocument(second) as document:
        assert len(document) == 1


def test_a_split_by_pages_that_do_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as caught:
        split(write_pdf(tmp_path / "a.pdf", Paper()), [[1, 2]], tmp_path)

    assert caught.value.code == "bad_request"


def test_a_stamp_is_laid_over_a_copy(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", Paper())
    before = path.read_bytes()
    canvas = Canvas(str(tmp_path / "stamp.pdf"))
    canvas.drawString(60, 800, "DEN 0042")
    canvas.save()

    stamp(path, tmp_path / "stamp.pdf", tmp_path / "stamped.pdf")

    with pdfium.PdfDocument(tmp_path / "stamped.pdf") as document:
        text = document[0].get_textpage().get_text_range()
    assert "DEN 0042" in text
    assert "CỘNG HÒA" in text
    assert path.read_bytes() == before


BOXES: dict[str, dict[str, list[int]]] = {
    "whole": {},
    "cropped": {"CropBox": [20, 40, 575, 800]},
    "trimmed": {"TrimBox": [20, 40, 575, 800]},
    "cropped beyond the paper": {"CropBox": [-10, 0, 585, 842]},
}


@pytest.mark.parametrize("boxes", list(BOXES))
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_stamp_lies_upright_in_its_place_on_a_turned_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turned: int, boxes: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Rotate = turned
        for name, box in BOXES[boxes].items():
            setattr(page, name, pikepdf.Array(box))
        pdf.save("a.pdf")
    with pdfium.PdfDocument("a.pdf") as document:
        width, height = document[0].get_size()
    canvas = Canvas("stamp.pdf", pagesize=(width, height))
    canvas.rect(30, height - 120, 100, 70, fill=1)  # 30 from the left, 50 from above
    canvas.save()

    derive.overlay_pdf("a.pdf", "stamp.pdf", 1, "stamped.pdf")

    with pdfium.PdfDocument("stamped.pdf") as document:
        rows, columns = np.nonzero(document[0].render(scale=1, grayscale=True).to_numpy() < 128)
    found = (columns.min(), rows.min(), np.ptp(columns), np.ptp(rows))
    assert found == pytest.approx((30, 50, 100, 70), abs=1.5)


def test_a_jpeg_becomes_a_pdf_with_the_same_data(tmp_path: Path) -> None:
    image = Image.fromarray(render(write_pdf(tmp_path / "b.pdf", PAPER), 100))
    image.save(tmp_path / "a.jpg", dpi=(100, 100))

    to_pdf(tmp_path / "a.jpg", tmp_path / "a.pdf")

    assert images_of(tmp_path / "a.pdf") == [(tmp_path / "a.jpg").read_bytes()]
    facts = inspect_file(tmp_path / "a.pdf")
    assert facts.sizes[0][2] == pytest.approx(100, abs=1)


def test_a_pdf_without_signatures_has_none(tmp_path: Path) -> None:
    assert list_signatures(write_pdf(tmp_path / "a.pdf", Paper())) == ()


def test_without_the_language_a_scan_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as caught:
        check_first_page(scanned(tmp_path, PAPER, dpi=100), ReadOptions(language="xxx"))

    assert caught.value.code == "no_engine"
