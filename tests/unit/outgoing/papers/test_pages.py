"""Papers as PDF: both ways give the same letter, in the places that the decree gives."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date

import pdfplumber
import pikepdf
import pytest

from app.outgoing import checking
from app.outgoing.papers import convert, docx, layout
from app.outgoing.papers.docx import DocumentFault
from ocr.types import Limits
from tests.unit.outgoing.papers.examples import DECISION, LETTER, REPORT

MM = 72 / 25.4
TODAY = date(2026, 11, 22)


def words(pdf: bytes, page: int = 0) -> dict[str, tuple[float, float]]:
    """Places of the words of a page in mm from the left and the top, the first of each."""
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        found: dict[str, tuple[float, float]] = {}
        for word in opened.pages[page].extract_words():
            found.setdefault(word["text"], (word["x0"] / MM, word["top"] / MM))
        return found


def text(pdf: bytes) -> str:
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return " ".join("\n".join(page.extract_text() for page in opened.pages).split())


@pytest.fixture(scope="module")
def by_word() -> bytes:
    """One conversion for all tests of this module."""
    return convert.to_pdf(docx.fill(docx.default_template("decision"), DECISION))


@pytest.fixture(scope="module")
def by_browser() -> bytes:
    return layout.to_pdf(DECISION)


def test_both_ways_say_the_same(by_word: bytes, by_browser: bytes) -> None:
    assert text(by_word) == text(by_browser)


def test_both_ways_put_the_head_in_the_same_place(by_word: bytes, by_browser: bytes) -> None:
    one, other = words(by_word), words(by_browser)

    for word in ("CỘNG", "Độc", "PHƯỜNG", "Số:", "Hoa", "QUYẾT", "Căn", "Điều"):
        assert one[word] == pytest.approx(other[word], abs=4), word


@pytest.mark.parametrize("way", ["by_word", "by_browser"])
def test_the_page_is_a4_with_the_margins_of_the_decree(
    way: str, request: pytest.FixtureRequest
) -> None:
    with pdfplumber.open(io.BytesIO(request.getfixturevalue(way))) as opened:
        assert len(opened.pages) == 2
        for page in opened.pages:
            assert (page.width / MM, page.height / MM) == pytest.approx((210, 297), abs=0.5)
            body = [w for w in page.extract_words() if w["top"] > 19 * MM]
            assert min(w["x0"] for w in body) / MM == pytest.approx(30, abs=0.7)
            assert max(w["x1"] for w in body) / MM <= 195.7
            assert max(w["bottom"] for w in body) / MM <= 277.5


@pytest.mark.parametrize("way", ["by_word", "by_browser"])
def test_the_page_number_stands_in_the_top_middle_from_page_two_on(
    way: str, request: pytest.FixtureRequest
) -> None:
    with pdfplumber.open(io.BytesIO(request.getfixturevalue(way))) as opened:
        tops = [[w for w in p.extract_words() if w["bottom"] < 20 * MM] for p in opened.pages]
    assert tops[0] == []
    [number] = tops[1]
    assert number["text"] == "2"
    assert (number["x0"] + number["x1"]) / 2 / MM == pytest.approx(112.5, abs=1)


@pytest.mark.parametrize("way", ["by_word", "by_browser"])
def test_it_is_pdf_a_2b_with_every_font_inside(way: str, request: pytest.FixtureRequest) -> None:
    with pikepdf.open(io.BytesIO(request.getfixturevalue(way))) as pdf:
        metadata = str(pdf.Root.Metadata.read_bytes(), "utf-8")
        assert "pdfaid" in metadata
        fonts = [font for page in pdf.pages for font in page.Resources.get("/Font", {}).values()]
        assert fonts
        for font in fonts:
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            descriptor = inner.FontDescriptor
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor


def test_the_last_paragraph_stays_on_the_page_of_the_signature() -> None:
    for count in range(9, 14):
        body = "".join(f"<p>Đoạn {n} của công văn này.</p>" * 3 for n in range(count))
        pdf = layout.to_pdf(replace(LETTER, body_html=f"{body}<p>Kết thúc./.</p>"))
        with pdfplumber.open(io.BytesIO(pdf)) as opened:
            last = opened.pages[-1].extract_text()
        assert "Kết thúc./." in last
        assert "Trần Thị Minh" in last


def test_an_urgent_report_to_two_organs_shows_its_mark_and_list() -> None:
    found = text(layout.to_pdf(REPORT))

    assert "HỎA TỐC BÁO CÁO" in found
    assert "Kính gửi: - Ủy ban nhân dân tỉnh Ninh Bình; - Sở Nội vụ tỉnh Ninh Bình." in found


def test_what_is_typed_is_shown_as_text_and_never_as_markup() -> None:
    found = text(layout.to_pdf(replace(LETTER, subject="so sánh <b>A</b> & B")))

    assert "V/v so sánh <b>A</b> & B" in found


def test_the_papers_of_the_office_pass_its_own_form_check(
    by_word: bytes, by_browser: bytes
) -> None:
    filled = docx.fill(docx.default_template("decision"), DECISION)

    found = [
        *checking.check(by_word, docx=filled, on=TODAY),
        *checking.check(by_browser, on=TODAY),
        *checking.check(layout.to_pdf(LETTER), on=TODAY),
        *checking.check(layout.to_pdf(REPORT), on=TODAY),
    ]

    assert [(finding.rule, finding.found) for finding in found] == []


def with_outside_picture(data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(made, "w") as out:
        for name in package.namelist():
            content = package.read(name)
            if name == "word/_rels/document.xml.rels":
                content = content.replace(
                    b"</Relationships>",
                    b'<Relationship Id="rIdX" Type="http://x/image" Target="file:///etc/passwd" '
                    b'TargetMode="External"/><Relationship Id="rIdY" Type="http://x/hyperlink" '
                    b'Target="http://192.0.2.1/" TargetMode="External"/></Relationships>',
                )
            if name == "word/document.xml":
                content = content.replace(
                    b"</w:body>",
                    b'<w:p><w:fldSimple w:instr="INCLUDETEXT /etc/passwd"/><w:r><w:instrText>INCL'
                    b"</w:instrText><w:instrText>UDETEXT x</w:instrText></w:r></w:p></w:body>",
                )
            out.writestr(name, content)
        out.writestr("word/vbaProject.bin", b"macro")
    return made.getvalue()


def test_what_would_fetch_other_files_is_taken_out_before_the_conversion() -> None:
    harmless = convert.without_fetching(with_outside_picture(docx.default_template("plan")))

    with zipfile.ZipFile(io.BytesIO(harmless)) as package:
        relations = package.read("word/_rels/document.xml.rels")
        body = package.read("word/document.xml")
        assert "word/vbaProject.bin" not in package.namelist()
    assert b"passwd" not in relations
    assert b"192.0.2.1" in relations  # a link to click stays
    assert b"INCL" not in body


@pytest.mark.parametrize("bad", [b"<w:document", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_a_document_whose_xml_is_cut_or_has_entities_is_refused(bad: bytes) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("word/document.xml", bad)

    with pytest.raises(DocumentFault, match="hỏng"):
        convert.to_pdf(made.getvalue())


def test_a_conversion_that_takes_too_long_is_ended_with_a_sentence() -> None:
    limits = replace(convert.LIMITS, wall_s=0.3)

    with pytest.raises(convert.ConversionFault) as error:
        convert.to_pdf(docx.default_template("plan"), limits=limits)

    assert "quá thời gian" in error.value.user_message
    assert error.value.passing


def test_a_file_that_is_no_word_document_never_reaches_the_converter() -> None:
    with pytest.raises(DocumentFault):
        convert.to_pdf(b"%PDF-1.7 not a docx", limits=Limits(wall_s=0.001))
