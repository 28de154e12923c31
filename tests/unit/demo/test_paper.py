"""What is printed is what the letter says; scans and signatures are what they claim to be."""

import io
import re
import unicodedata
from datetime import date

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from app.demo.letters import Letter, load_letters, possible_mark, sample_letters
from app.demo.letters import twenty_about_secrecy as about_secrecy
from app.demo.paper import Finish, Quality, render_pdf, scan
from app.demo.scanning import Container
from app.demo.signing import demo_authority, render_signed_pdf

TODAY = date(2026, 11, 18)
SAMPLES = sample_letters()


def pages_of(pdf: bytes) -> list[str]:
    document = pdfium.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def squeeze(text: str) -> str:
    """Only the letters and marks: where a line breaks is the printer's business."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text).replace("\ufffe", "-"))


def printed(pdf: bytes) -> str:
    """The squeezed text of all pages, without the numbers in the top margins."""
    pages = [squeeze(page) for page in pages_of(pdf)]
    return "".join(
        page.removeprefix(str(n)).removesuffix(str(n)) for n, page in enumerate(pages, 1)
    )


def everything_said(letter: Letter) -> list[str]:
    cells = [cell for paragraph in letter.body for cell in paragraph.cells]
    head = [letter.dateline, letter.subject, *letter.organ_lines, *letter.addressees]
    marks = [mark for mark in (letter.secrecy, letter.urgency.mark) if mark]
    return [*head, *marks, letter.symbol, *letter.copies, *letter.signing, letter.signer, *cells]


def test_every_letter_prints_on_few_pages_with_all_that_it_says() -> None:
    for letter in [*load_letters(TODAY), *about_secrecy(TODAY), possible_mark(TODAY)]:
        pdf = render_pdf(letter)
        text = printed(pdf)
        missing = [said for said in everything_said(letter) if squeeze(said) not in text]
        assert not missing, letter.key
        assert len(pages_of(pdf)) <= 2, letter.key


@pytest.mark.parametrize("key", sorted(SAMPLES))
def test_a_sample_prints_on_as_many_pages_as_promised(key: str) -> None:
    pages = pages_of(render_pdf(SAMPLES[key], Finish.SIGNED))

    assert len(pages) == (2 if key.startswith("02-") else 1)


def test_page_two_is_numbered_and_page_one_is_not() -> None:
    first, second = pages_of(render_pdf(SAMPLES["02-bao-cao-hai-trang"]))

    assert not first.strip().startswith("1\n")
    assert "2" in (second.split()[0], second.split()[-1])
    assert "đènlồnggiấydó" in squeeze(second)
    assert "đènlồnggiấydó" not in squeeze(first)


def test_number_and_date_of_a_letter_to_be_signed_are_gaps() -> None:
    letter = SAMPLES["07-ky-so"]
    text = printed(render_pdf(letter, Finish.UNNUMBERED))

    assert f"Số:/{letter.notation}" in text
    assert "SôngMẫu,ngàythángnăm2026" in text


def test_handwritten_figures_are_ink_and_not_text() -> None:
    letter = SAMPLES["03-quyet-dinh-mau"]

    assert squeeze(letter.symbol) not in printed(render_pdf(letter, Finish.HAND_NUMBERED))


def test_ink_leaves_the_page_red_and_blue() -> None:
    letter = SAMPLES["03-quyet-dinh-mau"]

    assert coloured(render_pdf(letter, Finish.TYPED)) == (0, 0)
    red, blue = coloured(render_pdf(letter, Finish.SIGNED))
    assert red > 2000
    assert blue > 500


def test_a_residential_group_has_no_seal() -> None:
    red, blue = coloured(render_pdf(SAMPLES["09-anh-dien-thoai"], Finish.SIGNED))

    assert red == 0
    assert blue > 500


def coloured(pdf: bytes) -> tuple[int, int]:
    """Red and blue dots of page 1 at 72 dpi times 1.5."""
    page = pdfium.PdfDocument(pdf)[0]
    pixels = np.asarray(page.render(scale=1.5).to_pil().convert("RGB")).astype(int)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    reddish = (red > 150) & (red - green > 60) & (red - blue > 60)
    return int(reddish.sum()), int(((blue - red > 50) & (blue - green > 20)).sum())


@pytest.mark.parametrize("finish", [Finish.TYPED, Finish.HAND_NUMBERED])
def test_the_same_letter_prints_to_the_same_bytes(finish: Finish) -> None:
    letter = SAMPLES["03-quyet-dinh-mau"]

    assert render_pdf(letter, finish, seed=3) == render_pdf(letter, finish, seed=3)


def test_another_seed_writes_with_another_hand() -> None:
    letter = SAMPLES["03-quyet-dinh-mau"]

    assert render_pdf(letter, Finish.HAND_NUMBERED, 1) != render_pdf(
        letter, Finish.HAND_NUMBERED, 2
    )


@pytest.mark.parametrize("quality", list(Quality))
def test_a_scan_is_repeatable_has_no_text_and_keeps_the_page_size(quality: Quality) -> None:
    pdf = render_pdf(SAMPLES["04-giay-moi"], Finish.SIGNED)
    scanned = scan(pdf, quality, seed=5)

    assert scanned == scan(pdf, quality, seed=5)
    assert scanned != scan(pdf, quality, seed=6)
    assert pages_of(scanned) == [""]
    width, height = pdfium.PdfDocument(scanned)[0].get_size()
    assert (width, height) == (pytest.approx(595, abs=2), pytest.approx(842, abs=2))


def test_a_fax_is_a_black_and_white_tiff_with_every_page() -> None:
    pdf = render_pdf(SAMPLES["02-bao-cao-hai-trang"], Finish.SIGNED)
    image = Image.open(io.BytesIO(scan(pdf, Quality.FAX, 1, Container.TIFF)))

    assert (image.format, image.mode, getattr(image, "n_frames", 1)) == ("TIFF", "1", 2)


def test_a_telephone_gives_a_colour_jpeg() -> None:
    pdf = render_pdf(SAMPLES["09-anh-dien-thoai"], Finish.SIGNED)
    image = Image.open(io.BytesIO(scan(pdf, Quality.PHONE, 1, Container.JPEG)))

    assert (image.format, image.mode) == ("JPEG", "RGB")


def test_signatures_are_intact_trusted_and_carry_number_and_date() -> None:
    from asn1crypto import x509  # type: ignore[import-untyped]
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    letter = SAMPLES["07-ky-so"]
    pdf = render_signed_pdf(letter)
    trusted = ValidationContext(
        trust_roots=[x509.Certificate.load(demo_authority())], allow_fetching=False
    )
    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures

    assert [one.field_name for one in signatures] == [
        "KyLanhDao",
        "SoVanBan",
        "NgayVanBan",
        "KyCoQuan",
    ]
    for one in signatures:
        status = validate_pdf_signature(one, trusted)
        assert (status.intact, status.valid, status.trusted) == (True, True, True)
        assert one.self_reported_timestamp is not None
        assert one.self_reported_timestamp.date() == letter.issued_on
    assert squeeze(letter.symbol) not in printed(pdf)
    seen = squeeze(text_as_seen(pdf))
    assert squeeze(letter.symbol) in seen
    assert squeeze(letter.dateline) in seen


def text_as_seen(pdf: bytes) -> str:
    """Page 1 line by line, with the appearances of the widgets made part of the page."""
    import pdfplumber
    import pikepdf

    flat = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.flatten_annotations("screen")
        document.save(flat)
    with pdfplumber.open(flat) as document:
        text: str = document.pages[0].extract_text(y_tolerance=6)
    return text
