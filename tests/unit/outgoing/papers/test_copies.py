"""Certified copies, and the sheet with a paper document's number."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import cv2
import pdfplumber
import pikepdf
import pypdfium2
import pytest

from app.errors import InvalidInput
from app.outgoing.papers import copies, layout, sheet
from tests.unit.outgoing.papers.examples import DECISION, LETTER, ORGAN

COPY = copies.CopyFacts(
    form=copies.Form.FULL,
    organ=ORGAN,
    number="5",
    notation="SY-UBND",
    place="Hoa Lư",
    issued_on=date(2026, 11, 18),
    authority_lines=["TL. Chủ tịch"],
    position="Chánh Văn phòng",
    signer_name="Lê Thị Hạnh",
    recipients=["Phòng Kinh tế, Hạ tầng và Đô thị", "Lưu: VT"],
)
MOMENT = datetime(2026, 11, 18, 3, 20, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def letter() -> bytes:
    return layout.to_pdf(LETTER)


def texts(pdf: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return [page.extract_text() for page in opened.pages]


def place(pdf: bytes, word: str, page: int = 0) -> tuple[float, float]:
    """Where a word stands, as shares of the page's width and height."""
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        seen = opened.pages[page]
        found = next(w for w in seen.extract_words() if w["text"] == word)
        return found["x0"] / float(seen.width), found["top"] / float(seen.height)


def test_a_copy_on_paper_has_its_own_head_and_signer_under_the_last_line() -> None:
    short = layout.to_pdf(replace(LETTER, body_html="<p>Đồng ý./.</p>"))

    [text] = texts(copies.on_paper(short, COPY))

    wanted = ["Trần Thị Minh", "SAO Y", "Số: 05/SY-UBND", "TL. CHỦ TỊCH", "Lê Thị Hạnh"]
    assert sorted(wanted, key=text.index) == wanted
    assert text.startswith(texts(short)[0])
    assert "Hoa Lư, ngày 18 tháng 11 năm 2026" in text


def test_a_copy_gets_a_page_of_its_own_where_the_last_one_is_full() -> None:
    full = layout.to_pdf(replace(LETTER, body_html="<p>Một đoạn.</p>" * 14))
    assert len(texts(full)) == 1

    copied = copies.on_paper(full, COPY)

    first, second = texts(copied)
    assert "SAO Y" not in first
    assert "SAO Y" in second
    assert place(copied, "SAO", 1)[1] == pytest.approx(22 / 297, abs=0.03)


def test_an_extract_holds_only_the_chosen_pages() -> None:
    decision = layout.to_pdf(DECISION)
    facts = replace(COPY, form=copies.Form.EXTRACT, pages=[2])

    [text] = texts(copies.on_paper(decision, facts))

    assert "TRÍCH SAO" in text
    assert "Điều 1. " not in text
    assert "Điều 11." in text


@pytest.mark.parametrize("pages", [[], [0], [3]])
def test_pages_that_are_not_there_are_refused(pages: list[int]) -> None:
    with pytest.raises(InvalidInput, match="2 trang"):
        copies.on_paper(layout.to_pdf(DECISION), replace(COPY, pages=pages))


def test_an_electronic_copy_names_form_organ_and_vietnamese_time_at_the_top_right(
    letter: bytes,
) -> None:
    copied = copies.electronic(letter, COPY, MOMENT)

    lines = texts(copied)[0].splitlines()
    assert lines[:3] == ["SAO Y", ORGAN, "18-11-2026 10:20:30 +07:00"]
    right, top = place(copied, "SAO")
    assert right > 0.8
    assert top < 0.05


def signed(pdf: bytes) -> bytes:
    """A file with a signature field whose appearance is seen on the page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1)
        font.BaseFont = pikepdf.Name.Helvetica
        seen = document.make_stream(b"BT /F 12 Tf 2 5 Td (Da ky so) Tj ET")
        seen.Type, seen.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        seen.BBox = [0, 0, 100, 20]
        seen.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        widget = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Sig,
                T="Signature1",
                F=132,
                Rect=[350, 100, 450, 120],
                AP=pikepdf.Dictionary(N=seen),
                V=pikepdf.Dictionary(Type=pikepdf.Name.Sig),
            )
        )
        document.pages[0].Annots = pikepdf.Array([widget])
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[widget], SigFlags=3)
        made = io.BytesIO()
        document.save(made)
        return made.getvalue()


def test_a_copy_of_a_signed_file_shows_the_signature_but_claims_none(letter: bytes) -> None:
    copied = copies.electronic(signed(letter), COPY, MOMENT)

    assert "Da ky so" in texts(copied)[0]
    with pikepdf.open(io.BytesIO(copied)) as document:
        assert "/AcroForm" not in document.Root
        notes: Any = document.pages[0].get("/Annots", [])
        assert [note for note in notes if note.Subtype == "/Widget"] == []


def test_a_file_that_cannot_be_opened_is_refused_with_a_sentence() -> None:
    with pytest.raises(InvalidInput, match="hỏng"):
        copies.on_paper(b"%PDF-1.7 broken", COPY)


def test_the_number_sheet_shows_the_number_and_its_code_leads_to_the_document() -> None:
    address = "https://congvu.example/van-ban-di/k3j9-x2/ban-quet"
    made = sheet.number_sheet(DECISION, address)

    [text] = texts(made)
    assert "07/QĐ-UBND" in text
    assert "ngày 05 tháng 01 năm 2026" in text
    with pypdfium2.PdfDocument(made) as document:
        image = document[0].render(scale=150 / 72, grayscale=True).to_numpy()
    read, *_ = cv2.QRCodeDetector().detectAndDecode(image.reshape(image.shape[:2]))
    assert read == address
