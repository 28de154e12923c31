"""Word templates are made, edited by an office, filled and read."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from app.outgoing.papers import docx
from app.outgoing.papers.shapes import all_shapes
from tests.unit.outgoing.papers.examples import DECISION, LETTER, REPORT


def edited(template: bytes, change: object) -> bytes:
    document = Document(io.BytesIO(template))
    change(document)  # type: ignore[operator]
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("code", sorted(all_shapes()))
def test_the_template_of_every_type_knows_its_fields_and_fills(code: str) -> None:
    template = docx.default_template(code)

    label = all_shapes()[code].label
    text = docx.text(docx.fill(template, replace(REPORT, type_name=label, body_html=None)))

    assert docx.unknown_fields(template) == []
    assert "{{" not in text
    assert "Số: 125/BC-UBND" in text


def test_a_letter_reads_in_the_order_of_its_cells() -> None:
    lines = docx.text(docx.fill(docx.default_template("official_letter"), LETTER)).split("\n")

    wanted = [
        "ỦY BAN NHÂN DÂN",
        "PHƯỜNG HOA LƯ",
        "V/v rà soát hồ sơ cán bộ, công chức cấp xã",
        "Kính gửi: Sở Nội vụ tỉnh Ninh Bình",
        "1. Rà soát hồ sơ;",
        "- Họ và tên;",
        "Trân trọng cảm ơn sự phối hợp của quý Sở./.",
        "Nơi nhận:",
        "- Lưu: VT, VHXH.",
        "TM. ỦY BAN NHÂN DÂN",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "Trần Thị Minh",
    ]
    assert [line for line in lines if line in wanted] == wanted


def test_a_decision_has_its_grounds_in_italics_and_its_articles_numbered() -> None:
    filled = docx.fill(docx.default_template("decision"), DECISION)

    paragraphs = Document(io.BytesIO(filled)).paragraphs
    grounds = [p for p in paragraphs if p.text.startswith(("Căn cứ", "Theo đề nghị"))]
    assert [p.text[-1] for p in grounds] == [";", ";", "."]
    assert all(run.italic for p in grounds for run in p.runs)
    at = [p.text for p in paragraphs].index("QUYẾT ĐỊNH:")
    assert paragraphs[at + 1].runs[0].text == "Điều 1."
    assert paragraphs[at + 1].runs[0].bold


def test_a_template_whose_fields_word_split_into_runs_still_fills() -> None:
    def split(document: object) -> None:
        paragraph = document.tables[0].rows[1].cells[0].paragraphs[0]  # type: ignore[attr-defined]
        paragraph.clear()
        for piece in ("Số: {", "{S", "ố }}/{{ký  ", "hiệu", "}}"):
            paragraph.add_run(piece)

    template = edited(docx.default_template("decision"), split)

    assert "Số: 07/QĐ-UBND" in docx.text(docx.fill(template, DECISION))


def test_a_content_control_named_after_a_field_is_filled() -> None:
    control = (
        f"<w:sdt {nsdecls('w')}><w:sdtPr><w:alias w:val='Họ tên người ký'/></w:sdtPr><w:sdtContent>"
        "<w:p><w:r><w:t>Bấm để nhập</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )

    def add(document: object) -> None:
        document.element.body.insert(0, parse_xml(control))  # type: ignore[attr-defined]

    text = docx.text(docx.fill(edited(docx.default_template("decision"), add), DECISION))

    assert text.startswith("Nguyễn Văn Bình\n")
    assert "Bấm để nhập" not in text


def test_a_field_that_nobody_knows_is_named_in_a_sentence() -> None:
    template = edited(
        docx.default_template("decision"), lambda d: d.add_paragraph("{{số fax}} {{trích yếu}}")
    )

    with pytest.raises(docx.TemplateFault) as error:
        docx.fill(template, DECISION)

    assert docx.unknown_fields(template) == ["số fax"]
    assert "{{số fax}}" in error.value.user_message


def test_a_body_is_never_lost_in_a_template_without_a_place_for_it() -> None:
    def put_into_table(document: object) -> None:
        for paragraph in document.paragraphs:  # type: ignore[attr-defined]
            if paragraph.text == "{{nội dung}}":
                paragraph.clear()
        cell = document.tables[0].rows[2].cells[1]  # type: ignore[attr-defined]
        cell.paragraphs[0].add_run("{{nội dung}}")

    with pytest.raises(docx.TemplateFault, match="nội dung"):
        docx.fill(edited(docx.default_template("decision"), put_into_table), DECISION)


def test_a_template_saved_by_libreoffice_keeps_one_part_of_each_name() -> None:
    made = io.BytesIO()
    source = io.BytesIO(docx.default_template("decision"))
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(made, "w") as out:
        for name in package.namelist():
            content = package.read(name)
            if name == "_rels/.rels":  # as LibreOffice writes it
                content = content.replace(
                    b"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core",
                    b"http://schemas.openxmlformats.org/officedocument/2006/relationships/metadata/core",
                )
            out.writestr(name, content)

    filled = docx.fill(made.getvalue(), DECISION)

    with zipfile.ZipFile(io.BytesIO(filled)) as package:
        assert len(package.namelist()) == len(set(package.namelist()))


def test_a_draft_without_a_signer_keeps_the_place_of_one() -> None:
    facts = replace(DECISION, position="", signer_name="")

    lines = docx.text(docx.fill(docx.default_template("decision"), facts)).splitlines()

    assert lines[-2:] == ["[CHỨC VỤ CỦA NGƯỜI KÝ]", "[Họ và tên người ký]"]


def test_braces_in_a_fact_do_not_become_a_field() -> None:
    facts = replace(DECISION, subject="Về việc {{số}} lạ")

    assert "Về việc ((số)) lạ" in docx.text(docx.fill(docx.default_template("decision"), facts))


def test_a_template_of_old_age_is_given_the_same_bytes_again() -> None:
    assert docx.default_template("plan") == docx.default_template("plan")


def broken_package() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("hello.txt", "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "rỗng"),
        (b"%PDF-1.7", "hỏng"),
        (docx.default_template("plan")[:2000], "hỏng"),
        (broken_package(), "không phải"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "đời cũ"),
    ],
)
def test_what_is_no_word_document_is_refused_with_its_reason(data: bytes, word: str) -> None:
    with pytest.raises(docx.DocumentFault) as error:
        docx.text(data)

    assert word in error.value.user_message
