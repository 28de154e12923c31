from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.documents import open_document
from ocr.engine import NullEngine
from ocr.evidence import Evidence
from ocr.fields import extract_fields
from ocr.fields.dates import _iso
from ocr.fields.hints import due_date, references
from ocr.fields.lexicon import PROVINCES, TYPE_OF_CODE
from ocr.fields.number import clean_digits, repair_notation
from ocr.fields.organ import issuer_start
from ocr.fields.signer import _as_name
from ocr.fields.snap import best_match, edit_distance, snap
from ocr.page_reading import read_page
from ocr.types import FIELD_NAMES, Field, PageText, ReadOptions, Word
from tests.unit.ocr.papers import Paper, write_pdf


def fields_of(tmp: Path, paper: Paper) -> dict[str, Field | None]:
    path = write_pdf(tmp / "paper.pdf", paper)
    with open_document(path, ReadOptions()) as document:
        pages = [read_page(document, n, NullEngine()) for n in range(1, len(document) + 1)]
    return extract_fields(pages, [], Evidence(), ())


def value(fields: dict[str, Field | None], name: str) -> Any:
    field = fields[name]
    return None if field is None else field.value


def page_of(text: str) -> PageText:
    return PageText(1, 1000, 1400, 100, 0.0, "embedded", 100.0, text)


def number_page(*words: tuple[str, float, float, float]) -> PageText:
    """A head with words of a number line: (text, left, right, confidence)."""
    placed = [
        *_row("SỞ NỘI VỤ", 0.10, 0.2), *_row("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0.10, 0.52),
        *_row("Độc lập - Tự do - Hạnh phúc", 0.12, 0.58),
        *[Word(t, (x0, 0.15, x1, 0.163), c) for t, x0, x1, c in words],
        *_row("Kính gửi: Sở Tài chính", 0.3, 0.35),
    ]  # fmt: skip
    return PageText(1, 1000, 1400, 100, 0.0, "ocr", 90.0, "", tuple(placed))


def _row(text: str, top: float, left: float) -> list[Word]:
    words, x = [], left
    for word in text.split():
        width = 0.011 * len(word)
        words.append(Word(word, (x, top, x + width, top + 0.013), 95))
        x += width + 0.008
    return words


def test_the_head_of_an_official_letter(tmp_path: Path) -> None:
    fields = fields_of(tmp_path, Paper())

    assert value(fields, "document_type") == "Công văn"
    assert value(fields, "issuing_organ") == "SỞ NỘI VỤ"
    assert value(fields, "parent_organ") == "UBND TỈNH NINH BÌNH"
    assert value(fields, "code_number") == "123"
    assert value(fields, "code_notation") == "SNV-CCHC"
    assert value(fields, "issue_place") == "Ninh Bình"
    assert value(fields, "issued_date") == "2026-01-05"
    assert (
        value(fields, "subject_summary") == "V/v triển khai công tác cải cách hành chính năm 2026"
    )
    assert value(fields, "addressees") == ["Ủy ban nhân dân các xã, phường"]
    assert value(fields, "distribution_list") == ["Như trên", "Lưu: VT, CCHC"]
    assert value(fields, "signing_authority") == "KT."
    assert value(fields, "signer_position") == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]
    assert value(fields, "signer_name") == "Nguyễn Văn Bình"
    assert value(fields, "urgency") == "normal"
    assert value(fields, "due_date_hint") == "2026-03-20"
    assert value(fields, "references") == ["15/2024/QĐ-UBND"]


def test_the_head_of_a_decision_with_an_organ_of_two_lines(tmp_path: Path) -> None:
    fields = fields_of(
        tmp_path,
        Paper(
            parent="", organ=("ỦY BAN NHÂN DÂN", "PHƯỜNG MINH HỌA"), number="Số: 07/QĐ-UBND",
            about=(), title="QUYẾT ĐỊNH", to=(),
            summary=("Về việc ban hành Quy chế làm việc của", "Ủy ban nhân dân phường Minh Họa"),
            body=("Căn cứ Luật Tổ chức chính quyền địa phương năm 2025;", *Paper().body),
            posts=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), signer="Trần Thị Hoa",
        ),
    )  # fmt: skip

    assert value(fields, "document_type") == "Quyết định"
    assert value(fields, "issuing_organ") == "ỦY BAN NHÂN DÂN PHƯỜNG MINH HỌA"
    assert fields["parent_organ"] is None
    assert (value(fields, "code_number"), value(fields, "code_notation")) == ("07", "QĐ-UBND")
    assert value(fields, "subject_summary") == (
        "Về việc ban hành Quy chế làm việc của Ủy ban nhân dân phường Minh Họa"
    )
    assert fields["addressees"] is None
    assert value(fields, "signing_authority") == "TM."


def test_a_list_of_addressees_is_taken_line_by_line(tmp_path: Path) -> None:
    to = ("Kính gửi:", "- Sở Tài chính;", "- Sở Xây dựng;", "- Các phòng, ban trực thuộc.")

    fields = fields_of(tmp_path, Paper(to=to))

    assert value(fields, "addressees") == [
        "Sở Tài chính", "Sở Xây dựng", "Các phòng, ban trực thuộc",
    ]  # fmt: skip


def test_an_invitation_gives_time_place_and_participants(tmp_path: Path) -> None:
    fields = fields_of(
        tmp_path,
        Paper(
            number="Số: 45/GM-SNV", about=(), title="GIẤY MỜI",
            summary=("Dự họp triển khai công tác cải cách hành chính",),
            body=(
                "1. Thời gian: 14 giờ 30 phút, ngày 12 tháng 01 năm 2026 (thứ Hai).",
                "2. Địa điểm: Phòng họp số 2, trụ sở Sở Nội vụ.",
                "3. Thành phần: Lãnh đạo các phòng chuyên môn.",
                "Đề nghị các đại biểu có mặt đúng thời gian và địa điểm nêu trên để cuộc họp đạt",
                "kết quả; các đơn vị chuẩn bị báo cáo và gửi về Văn phòng Sở trước khi họp.",
            ),
        ),
    )  # fmt: skip

    assert value(fields, "document_type") == "Giấy mời"
    assert value(fields, "invitation") == {
        "start": "2026-01-12T14:30",
        "place": "Phòng họp số 2, trụ sở Sở Nội vụ",
        "participants": "Lãnh đạo các phòng chuyên môn",
    }


def test_a_draft_without_a_number_has_its_symbol_only(tmp_path: Path) -> None:
    fields = fields_of(tmp_path, Paper(number="Số:          /UBND-VP"))

    number = fields["code_number"]
    assert number is not None
    assert number.value is None
    assert value(fields, "code_notation") == "UBND-VP"


@pytest.mark.parametrize(
    ("number", "notation", "line"),
    [
        ("15", "QĐ-BNV", "Số: 15/QĐ-BNV"),
        ("30", "2020/NĐ-CP", "Số: 30/2020/NĐ-CP"),
        ("421", "QĐ-VP.UBND", "Số: 421/QĐ-VP.UBND"),
        ("1811", "QĐ-TTPVHCC", "Số: 1811/QĐ-TTPVHCC"),
        ("12", "TB-UBND", "Số: 12 /TB-UBND"),
        ("9a", "KH-UBND", "Số: 9a/KH-UBND"),
        ("354", "QĐ-UBND", "Số: 3 5 4 /QĐ-UBND"),
        ("15", "QĐ/TU", "Số: 15-QĐ/TU"),
        ("123", "CV/VPTU", "Số 123-CV/VPTU"),
    ],
)
def test_numbers_and_symbols_of_all_kinds(
    tmp_path: Path, number: str, notation: str, line: str
) -> None:
    fields = fields_of(tmp_path, Paper(number=line, about=()))

    assert (value(fields, "code_number"), value(fields, "code_notation")) == (number, notation)


def test_symbol_and_title_that_differ_are_flagged_not_guessed(tmp_path: Path) -> None:
    paper = Paper(number="Số: 9/TB-SNV", about=(), title="KẾ HOẠCH", summary=("Kiểm tra năm 2026",))

    kind = fields_of(tmp_path, paper)["document_type"]

    assert kind is not None
    assert kind.doubtful


def test_numbers_in_the_body_are_never_the_documents_own(tmp_path: Path) -> None:
    fields = fields_of(tmp_path, Paper(number=""))

    assert fields["code_number"] is None
    assert fields["code_notation"] is None


def test_a_stamp_of_arrival_is_not_the_number(tmp_path: Path) -> None:
    stamp = ((25, 12, "ĐẾN", 10.0), (25, 17, "Số: 4711", 10.0), (25, 22, "Ngày: 06/01/2026", 10.0))

    assert value(fields_of(tmp_path, Paper(extra=stamp)), "code_number") == "123"


def test_a_number_by_hand_that_was_misread_is_left_to_a_person() -> None:
    page = number_page(("Số:", 0.2, 0.23, 93), ("Zý#2", 0.24, 0.29, 16), ("/BC-UBND", 0.3, 0.4, 91))

    number = extract_fields([page], [], Evidence(), ())["code_number"]

    assert number is not None
    assert (number.value, number.handwritten) == (None, True)
    assert number.box is not None
    assert number.box[0] < 0.26 < number.box[2]


def test_a_number_in_blue_ink_is_left_to_a_person_however_sure_the_engine_was() -> None:
    digits = (0.24, 0.15, 0.29, 0.163)
    page = number_page(("Số:", 0.2, 0.23, 95), ("203", 0.24, 0.29, 96), ("/BC-UBND", 0.3, 0.4, 95))

    number = extract_fields([page], [], Evidence(pen=(digits,)), ())["code_number"]

    assert number is not None
    assert (number.value, number.handwritten) == (None, True)


def test_ink_where_the_number_should_stand_is_a_number_by_hand() -> None:
    page = number_page(("Số:", 0.2, 0.23, 95), ("/BC-UBND", 0.3, 0.4, 95))
    ink = Evidence(loose=((0.24, 0.148, 0.28, 0.165),))

    number = extract_fields([page], [], ink, ())["code_number"]

    assert number is not None
    assert number.handwritten


def test_a_printed_number_is_taken() -> None:
    page = number_page(("Số:", 0.2, 0.23, 95), ("203/BC-UBND", 0.24, 0.4, 92))

    number = extract_fields([page], [], Evidence(), ())["code_number"]

    assert number is not None
    assert (number.value, number.handwritten) == ("203", False)


@pytest.mark.parametrize(
    ("read", "kind", "meant"),
    [
        ("TIr-KTHT", "Tờ trình", "TTr-KTHT"), ("T1r-BNV", "Tờ trình", "TTr-BNV"),
        ("QD-UBND", "Quyết định", "QĐ-UBND"), ("QĐ-HDND", "Quyết định", "QĐ-HĐND"),
        ("HD-SNV", "Hướng dẫn", "HD-SNV"), ("HD-SNV", "Hợp đồng", "HĐ-SNV"),
        ("CTR-UBND", "Chương trình", "CTr-UBND"), ("BGDDT-CNTT", None, "BGDĐT-CNTT"),
    ],
)  # fmt: skip
def test_misread_symbols_are_put_right_by_the_grammar(read: str, kind: Any, meant: str) -> None:
    assert repair_notation(read, kind)[0] == meant


@given(code=st.sampled_from(sorted(TYPE_OF_CODE)), organ=st.sampled_from(["UBND", "HĐND", "SNV"]))
def test_a_correct_symbol_is_never_changed(code: str, organ: str) -> None:
    assert repair_notation(f"{code}-{organ}", TYPE_OF_CODE[code]) == (f"{code}-{organ}", 1.0)
    assert repair_notation(f"{code}-{organ}", None)[0] == f"{code}-{organ}"


@given(st.text(alphabet="0123456789OlI|. …_ab/x?", max_size=12))
def test_digits_are_never_made_out_of_nothing(raw: str) -> None:
    cleaned = clean_digits(raw)

    assert cleaned == "" or any(c.isdigit() for c in raw)
    assert sum(c.isdigit() for c in cleaned) <= sum(c.isalnum() or c in "|!" for c in raw)


@given(st.integers(-5, 99), st.integers(-5, 99), st.integers(0, 9999))
def test_a_date_is_a_day_of_the_calendar_or_nothing(day: int, month: int, year: int) -> None:
    answer = _iso(day, month, year)

    assert answer is None or answer == f"{year:04d}-{month:02d}-{day:02d}"


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.text(min_size=1, max_size=9), *[st.floats(0, 1)] * 2), max_size=30))
def test_any_words_give_all_fields_and_no_error(words: Any) -> None:
    placed = [Word(t, (x, y, min(1, x + 0.05), min(1, y + 0.01)), 50) for t, x, y in words]
    text = " ".join(t for t, _, _ in words)
    page = PageText(1, 1000, 1400, 100, 0.5, "ocr", 50.0, text, tuple(placed))

    fields = extract_fields([page], [], Evidence(), ())

    assert set(fields) == set(FIELD_NAMES)
    for field in fields.values():
        assert field is None or 0 <= field.confidence <= 1


@pytest.mark.parametrize(
    ("lines", "start"),
    [
        (["UBND TỈNH NINH BÌNH", "SỞ NỘI VỤ"], 1),
        (["ỦY BAN NHÂN DÂN", "TỈNH NINH BÌNH"], 0),
        (["UBND HUYỆN GIA VIỄN", "ỦY BAN NHÂN DÂN", "XÃ GIA SINH"], 1),
        (["BỘ GIÁO DỤC", "VÀ ĐÀO TẠO"], 0),
        (["BỘ GIÁO DỤC VÀ ĐÀO TẠO", "CỤC CÔNG NGHỆ THÔNG TIN"], 1),
        (["SỞ VĂN HÓA,", "THỂ THAO VÀ DU LỊCH"], 0),
        (["CÔNG AN TỈNH LÀO CAI", "PHÒNG CẢNH SÁT GIAO THÔNG"], 1),
    ],
)
def test_where_the_issuing_organ_begins(lines: list[str], start: int) -> None:
    assert issuer_start(lines) == start


@given(st.sampled_from(PROVINCES))
def test_provinces_are_found_again_without_their_marks(name: Any) -> None:
    from ocr.lines import fold

    snapped, known = snap(fold(name), PROVINCES)

    assert known == 1
    assert fold(snapped) == fold(name)


def test_capitals_that_were_misread_are_snapped() -> None:
    phrases = ("Cần Thơ", "thành phố")

    assert snap("THÀNH PHÓ CÀN THƠ", phrases)[0] == "THÀNH PHỐ CẦN THƠ"


def test_an_organ_that_the_office_knows_replaces_what_was_read() -> None:
    assert best_match("SỞ NÔI VỤ TINH NINH BlNH", ["Sở Nội vụ tỉnh Ninh Bình", "Sở Y tế"]) == (
        "Sở Nội vụ tỉnh Ninh Bình"
    )
    assert best_match("SỞ TÀI CHÍNH", ["Sở Nội vụ", "Sở Y tế"]) is None


@given(st.text(max_size=8), st.text(max_size=8))
def test_the_distance_of_two_strings_is_symmetric_and_zero_only_for_equals(a: str, b: str) -> None:
    assert edit_distance(a, b, 20) == edit_distance(b, a, 20)
    assert (edit_distance(a, b, 20) == 0) == (a == b)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("GS.TS Nguyễn Văn Phúc", "Nguyễn Văn Phúc"), ("` Trần Thị Hoa", "Trần Thị Hoa"),
        ("Đỉnh Văn Hằng", "Đinh Văn Hằng"), ("CHỦ TỊCH", None), ("một câu bình thường", None),
        ("Nguyễn", None),
    ],
)  # fmt: skip
def test_personal_names(text: str, name: Any) -> None:
    assert _as_name(text) == name


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("gửi về Sở Nội vụ trước ngày 15/3/2026 để tổng hợp", "2026-03-15"),
        ("hoàn thành chậm nhất ngày 01 tháng 4 năm 2026.", "2026-04-01"),
        ("trong thời hạn 05 ngày làm việc kể từ ngày nhận", "trong thời hạn 05 ngày làm việc"),
        ("Căn cứ Quyết định ngày 15/3/2026 của Sở", None),
        ("trước ngày 31/02/2026", None),
    ],
)
def test_due_dates_of_the_text(text: str, due: str | None) -> None:
    hint = due_date([page_of(text)], "2026-01-01")

    assert (hint.value if hint else None) == due


def test_a_day_before_the_letter_is_no_due_date() -> None:
    assert due_date([page_of("trước ngày 15/3/2025")], "2026-01-01") is None


def test_references_are_found_once_and_never_the_own_number() -> None:
    text = (
        "Căn cứ Nghị định số 30/2020/NĐ-CP; Công văn số 12/SNV-CCHC; Nghị định số 30/2020/NĐ-CP;"
        " Quyết định số 15-QĐ/TU; tỷ lệ 3/4; ngày 12/5/2026; số 99/QĐ-SNV"
    )

    found = references([page_of(text)], own="99/QĐ-SNV")

    assert found is not None
    assert found.value == ["30/2020/NĐ-CP", "12/SNV-CCHC", "15-QĐ/TU"]
