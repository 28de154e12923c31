"""The places are found on the page; the fields are empty first, then show what they were given."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pdfplumber
import pikepdf
import pypdfium2 as pdfium
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from app.demo import ink
from app.demo.letters import Letter, load_letters
from app.demo.paper import Finish, render_pdf
from app.outgoing.papers import layout
from app.outgoing.papers.facts import DraftFacts
from app.outgoing.signing import fields, places
from app.outgoing.signing.errors import FieldUnusable, PlacesNotFound
from app.outgoing.signing.places import MM
from tests.unit.outgoing.papers.examples import DECISION, LETTER, REPORT

LETTERS = load_letters(date(2026, 11, 18))
PARTY = next(one for one in LETTERS if one.party)


def drawn(number: str, dateline: str, *, space: float = 80, name: str = "Lê Thị Mẫu") -> bytes:
    """A page of a head, a signature block and nothing else."""
    for face in ("Regular", "Italic"):
        pdfmetrics.registerFont(TTFont(face, ink.font_file(f"LiberationSerif-{face}")))
    out = io.BytesIO()
    page = Canvas(out, pagesize=A4)
    page.setFont("Regular", 13)
    page.drawString(100, 760, number)
    page.drawString(100, 300, "Nơi nhận:")
    page.drawCentredString(430, 300, "CHỦ TỊCH")
    page.drawCentredString(430, 300 - space, name)
    page.setFont("Italic", 13)
    page.drawString(310, 760, dateline)
    page.save()
    return out.getvalue()


def flattened_text(pdf: bytes) -> str:
    """The text of page 1 as people see it: fields included."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.flatten_annotations("screen")
        document.save(out)
    with pdfplumber.open(out) as document:
        return document.pages[0].extract_text(y_tolerance=6)


@pytest.mark.parametrize("letter", [LETTERS[3], LETTERS[8], PARTY], ids=lambda one: one.key)
def test_number_date_and_signature_stand_in_their_gaps(letter: Letter) -> None:
    pdf = render_pdf(letter, Finish.UNNUMBERED)
    found = places.find(pdf, letter.signer)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        for gap in (found.number, found.day, found.month, found.signature):
            assert gap is not None
            x0, y0, x1, y1 = gap.box
            page = document.pages[gap.page]
            inside = page.crop((x0, page.height - y1, x1, page.height - y0)).extract_text()
            assert inside.strip() == ""


@pytest.mark.parametrize("facts", [LETTER, DECISION, REPORT], ids=["letter", "decision", "report"])
def test_what_the_office_lays_out_itself_has_all_its_places(facts: DraftFacts) -> None:
    pdf = layout.to_pdf(replace(facts, number=None, issued_on=None, year=2026))
    found = places.find(pdf, facts.signer_name)
    assert found.number
    assert found.number.box[2] - found.number.box[0] > 26  # four figures of 13 points
    assert found.day
    assert found.month
    assert places.find(pdf).signature == found.signature


def test_the_signature_is_found_without_the_name_of_the_signer(letter: Letter) -> None:
    pdf = render_pdf(letter, Finish.UNNUMBERED)
    assert places.find(pdf) == places.find(pdf, letter.signer)


def test_the_seal_is_real_size_and_covers_the_left_third_of_the_signature(
    unsigned: bytes,
) -> None:
    found = places.find(unsigned)
    signature, seal = found.signature.box, found.seal.box
    assert seal[2] - seal[0] == pytest.approx(36 * MM)
    assert seal[3] - seal[1] == pytest.approx(36 * MM)
    assert seal[2] - signature[0] == pytest.approx((signature[2] - signature[0]) / 3)


def test_leader_dots_are_covered_and_blanks_are_not() -> None:
    dotted = places.find(drawn("Số: ....../UBND-VX", "Sông Mẫu, ngày ...... tháng ...... năm 2026"))
    blank = places.find(drawn("Số:          /UBND-VX", "Mẫu, ngày        tháng       năm 2026"))
    assert dotted.number
    assert dotted.number.dotted
    assert blank.number
    assert not blank.number.dotted
    assert dotted.day
    assert dotted.day.italic


def test_a_number_and_a_date_that_are_printed_need_no_fields() -> None:
    found = places.find(drawn("Số: 07/UBND-VX", "Sông Mẫu, ngày 05 tháng 11 năm 2026"))
    assert (found.number, found.day, found.month) == (None, None, None)


def test_marks_in_two_code_points_are_read_alike() -> None:
    pdf = drawn("So\u0302\u0301:          /QĐ-UBND", "Mẫu, ngày        tháng       năm 2026")
    assert places.find(pdf).number is not None


@pytest.mark.parametrize(
    ("pdf", "said"),
    [
        (drawn("Số:/UBND-VX", "Mẫu, ngày       tháng       năm 2026"), "quá hẹp"),
        (drawn("Cơ sở: /", "Mẫu, ngày       tháng       năm 2026"), "chỗ ghi số"),
        (drawn("Số:        /UBND-VX", "Sông Mẫu, hôm nay"), "ngày … tháng"),
        (drawn("Số:        /UB", "Mẫu, ngày      tháng      năm 2026", space=20), "chỗ ký"),
    ],
    ids=["narrow", "no-number", "no-date", "no-space"],
)
def test_a_page_without_a_place_says_which_is_missing(pdf: bytes, said: str) -> None:
    with pytest.raises(PlacesNotFound) as caught:
        places.find(pdf)
    assert said in caught.value.user_message


def test_all_fields_exist_and_are_empty_before_the_first_signature(prepared: bytes) -> None:
    assert fields.read_values(prepared) == {
        fields.NUMBER: "",
        fields.DAY: "",
        fields.MONTH: "",
    }
    assert set(fields.empty_signatures(prepared)) == {fields.SIGNER, fields.SEAL}


def test_preparing_changes_nothing_that_is_seen(unsigned: bytes, prepared: bytes) -> None:
    def picture(pdf: bytes) -> bytes:
        document = pdfium.PdfDocument(pdf)
        document.init_forms()
        return bytes(document[0].render(may_draw_forms=True).to_numpy().tobytes())

    assert picture(unsigned) == picture(prepared)


def test_filling_keeps_every_byte_and_shows_the_number(prepared: bytes, letter: Letter) -> None:
    filled = fields.fill_number(prepared, "15đ", "05", "11")
    assert filled.startswith(prepared)
    assert fields.read_values(filled)[fields.NUMBER] == "15đ"
    text = "".join(flattened_text(filled).split())
    assert f"Số:15đ/{letter.notation}" in text
    assert "ngày05tháng11năm2026" in text


def test_a_long_number_is_made_smaller_and_stays_within_its_gap() -> None:
    page = drawn("Số:      /UBND-VX", "Mẫu, ngày        tháng       năm 2026")
    filled = fields.fill_number(fields.prepare(page, places.find(page)), "123456", "05", "11")
    assert "Số:123456/UBND-VX" in "".join(flattened_text(filled).split())


def test_dots_do_not_show_through_the_number() -> None:
    page = drawn("Số: ............./UBND", "Mẫu, ngày ........ tháng ........ năm 2026")
    filled = fields.fill_number(fields.prepare(page, places.find(page)), "07", "05", "11")
    document = pdfium.PdfDocument(filled)
    document.init_forms()
    gap = places.find(page).number
    assert gap is not None
    seen = document[0].render(scale=4, may_draw_forms=True).to_numpy().min(axis=2)
    top, left = int((A4[1] - gap.box[3]) * 4), int(gap.box[0] * 4)
    edge = seen[top + 4 : int((A4[1] - gap.box[1]) * 4) - 4, left + 4 : left + 16]
    assert edge.min() > 200  # the first dot of the leader is gone


def test_a_filled_field_is_not_filled_again(prepared: bytes) -> None:
    filled = fields.fill_number(prepared, "07", "05", "11")
    with pytest.raises(FieldUnusable, match="đã được điền"):
        fields.fill_number(filled, "08", "05", "11")


def test_a_letter_that_cannot_be_printed_is_refused(prepared: bytes) -> None:
    with pytest.raises(FieldUnusable, match="Không in được"):
        fields.fill_number(prepared, "七", "05", "11")


def test_a_document_is_prepared_once(prepared: bytes) -> None:
    with pytest.raises(FieldUnusable, match="đã có ô"):
        fields.prepare(prepared, places.find(prepared))
