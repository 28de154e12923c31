"""Word files, repairs, scans, broken files, the command."""

from __future__ import annotations

import io
import json
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.shared import Mm, Pt
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from app.outgoing.checking import (
    Finding,
    NotRepairable,
    Repair,
    UnreadablePdf,
    check,
    docx_file,
    repair,
    repair_all,
)
from app.outgoing.checking.__main__ import main
from app.outgoing.checking.docx_file import UnreadableDocx
from app.outgoing.checking.reading import describe_font
from ocr.lines import fold
from tests.unit.outgoing.checking.cases import TEXT, TODAY
from tests.unit.outgoing.checking.making import DECISION, LETTER, draw


def word(*texts: str, change: Callable[[Any], None] | None = None) -> bytes:
    """A Word file with these paragraphs, set as the decree asks unless `change` changes it."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for side, size in (("top", 20), ("bottom", 20), ("left", 30), ("right", 15)):
        setattr(section, f"{side}_margin", Mm(size))
    for text in texts:
        run = document.add_paragraph().add_run(text)
        run.font.name, run.font.size = "Times New Roman", Pt(14)
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def words(docx: bytes) -> list[str]:
    return list(docx_file.facts(docx).texts)


def found(docx: bytes, sheet: Any = LETTER) -> list[Finding]:
    return check(draw(sheet), docx=docx, on=TODAY)


def narrow(document: Any) -> None:
    document.sections[0].left_margin = Mm(20)


def arial(document: Any) -> None:
    document.paragraphs[0].runs[0].font.name = "Arial"


def test_a_word_file_set_as_the_decree_asks_has_no_findings() -> None:
    assert [f.message for f in found(word(*TEXT))] == []


@pytest.mark.parametrize(
    ("rule", "docx", "says"),
    [
        ("page.margins", word(*TEXT, change=narrow), "trái 20 mm"),
        ("page.font_declared", word(*TEXT, change=arial), "Arial"),
        ("language.double_space", word(*TEXT, "Phường  xin cảm ơn."), "Phường  xin"),
        ("language.decomposed", word(unicodedata.normalize("NFD", TEXT[0])), "Thực hiện"),
    ],
)
def test_a_fault_of_the_word_file_is_found_and_repaired(rule: str, docx: bytes, says: str) -> None:
    [finding] = found(docx)
    assert finding.rule == rule
    assert says in finding.found

    assert found(repair(docx, finding)) == []


def test_the_zero_of_the_day_is_put_into_the_word_file_and_nowhere_else() -> None:
    date_line = "Hoa Lư, ngày 5 tháng 01 năm 2026"
    docx = word("Số: 07/QĐ-UBND", date_line, "Mời họp ngày 5 tháng 3 năm 2026.")
    [finding] = check(draw(DECISION.but(date=date_line)), on=TODAY)

    assert words(repair(docx, finding)) == [
        "Số: 07/QĐ-UBND",
        "Hoa Lư, ngày 05 tháng 01 năm 2026",
        "Mời họp ngày 5 tháng 3 năm 2026.",
    ]


def test_words_over_several_runs_are_replaced_and_keep_the_look_of_the_first() -> None:
    def in_pieces(document: Any) -> None:
        paragraph = document.add_paragraph("Đề nghị ")
        paragraph.add_run("bổ ").bold = True
        paragraph.add_run("xung")
        paragraph.add_run(" kinh phí.")

    docx = word(change=in_pieces)
    after = docx_file.repaired(docx, Repair("replace", "bổ xung", "bổ sung"))

    [paragraph] = Document(io.BytesIO(after)).paragraphs
    assert paragraph.text == "Đề nghị bổ sung kinh phí."
    assert [(run.text, run.bold) for run in paragraph.runs if run.text] == [
        ("Đề nghị ", None),
        ("bổ sung", True),
        (" kinh phí.", None),
    ]


def test_paper_is_made_a4() -> None:
    def letter_size(document: Any) -> None:
        document.sections[0].page_width = Mm(215.9)
        document.sections[0].page_height = Mm(279.4)

    section = docx_file.facts(
        docx_file.repaired(word(change=letter_size), Repair("paper"))
    ).sections[0]
    assert (section.width, section.height) == (210.0, 297.0)


def test_what_can_be_repaired_is_repaired_and_the_rest_is_left_to_a_person() -> None:
    sheet = DECISION.but(number="Số: 7/QĐ-UBND", received=DECISION.received[:2])
    findings = check(draw(sheet), on=TODAY)
    assert [f.rule for f in findings] == ["number.leading_zero", "recipients.keep_missing"]

    docx, done = repair_all(word("Số: 7/QĐ-UBND"), findings)

    assert words(docx) == ["Số: 07/QĐ-UBND"]
    assert [f.rule for f in done] == ["number.leading_zero"]


def test_a_repair_whose_words_are_not_in_the_file_says_so() -> None:
    [finding] = check(draw(DECISION.but(number="Số: 7/QĐ-UBND")), on=TODAY)

    with pytest.raises(NotRepairable) as refused:
        repair(word("Số: 8/QĐ-UBND"), finding)

    assert "Không tìm thấy chỗ cần sửa" in refused.value.user_message


def test_a_scan_is_said_to_be_unreadable_and_not_full_of_faults() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.rect(100, 100, 300, 500, fill=1)
    canvas.save()

    assert [f.rule for f in check(out.getvalue(), on=TODAY)] == ["page.no_text"]


def test_what_a_foreign_reader_wrote_under_a_scan_is_not_checked() -> None:
    pdf = draw(DECISION.but(**{
        part: tuple(fold(text).capitalize() for text in getattr(DECISION, part))
        for part in ("organ", "subject", "bases", "body", "received")
    }))  # fmt: skip

    assert [f.rule for f in check(pdf, on=TODAY)] == ["page.no_text"]


def test_fonts_of_before_unicode_are_named() -> None:
    pdf = draw(LETTER).replace(b"+LiberationSerif", b"+.VnTimeLegacyXy")

    findings = check(pdf, on=TODAY)

    assert {"page.legacy_font", "page.font"} == {f.rule for f in findings}


@pytest.mark.parametrize(
    ("name", "family", "bold", "italic"),
    [
        ("ABCDEF+TimesNewRomanPS-BoldItalicMT", "timesnewroman", True, True),
        ("Times New Roman,Italic", "timesnewroman", False, True),
        ("TimesNewRomanPSMT", "timesnewroman", False, False),
        ("Liberation-Serif-Bold", "liberationserif", True, False),
        (".VnTimeH", ".vntimeh", False, False),
    ],
)
def test_names_of_fonts_are_understood(name: str, family: str, bold: bool, italic: bool) -> None:
    assert describe_font(name, 0) == (family, bold, italic)


def test_what_is_no_pdf_and_no_word_file_is_refused_with_a_sentence() -> None:
    with pytest.raises(UnreadablePdf) as no_pdf:
        check(b"nothing", on=TODAY)
    with pytest.raises(UnreadableDocx) as no_docx:
        check(draw(LETTER), docx=b"nothing", on=TODAY)

    assert "PDF" in no_pdf.value.user_message
    assert "Word" in no_docx.value.user_message


def test_findings_survive_json() -> None:
    findings = check(draw(DECISION.but(number="Số: 7/QĐ-UBND", received=())), on=TODAY)

    again = [Finding.from_json(json.loads(json.dumps(f.to_json()))) for f in findings]

    assert [(f.rule, f.message, f.repair) for f in again] == [
        (f.rule, f.message, f.repair) for f in findings
    ]


def test_a_finding_shows_the_place_of_its_words() -> None:
    [finding] = check(draw(DECISION.but(number="Số: 7/QĐ-UBND")), on=TODAY)

    assert finding.box is not None
    x0, y0, x1, y1 = finding.box
    assert x0 < 62 / 210 < x1  # the middle of the left column
    assert 0.08 < y0 < y1 < 0.16


def test_the_command_prints_findings_and_tells_by_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(draw(LETTER))
    bad.write_bytes(draw(DECISION.but(number="Số: 7/QĐ-UBND")))

    assert main([str(good), "--on", "2026-01-06"]) == 0
    assert main([str(bad), "--on", "2026-01-06"]) == 1
    assert main([str(tmp_path / "none.pdf")]) == 2
    assert "LỖI [number.leading_zero]" in capsys.readouterr().out


def test_a_page_is_checked_in_less_than_half_a_second() -> None:
    pdf = draw(LETTER)
    check(pdf, on=TODAY)  # the rules are read once
    times = []
    for _ in range(3):
        started = time.perf_counter()
        check(pdf, on=TODAY)
        times.append(time.perf_counter() - started)

    assert min(times) < 0.5
