"""Label, slip and books: what comes out is a PDF or a workbook with what was registered."""

from __future__ import annotations

import io

import pikepdf
import pytest
from flask import Flask
from openpyxl import load_workbook

from app.clock import today
from app.incoming.stamping import MARGIN_MM, STAMP_MM, find_place
from app.incoming.views import printing
from tests.factories import Office
from tests.integration.incoming.conftest import Desk
from tests.integration.incoming.pages import address, browser, page

A4 = (210.0, 297.0)
BOOK = "/van-ban-den/in-so"


def millimetres(pdf: bytes) -> tuple[int, int]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        _x, _y, width, height = (float(edge) for edge in opened.pages[0].mediabox)
        return round(width / 72 * 25.4), round(height / 72 * 25.4)


def test_the_label_has_the_size_of_the_stamp(app: Flask, office: Office, desk: Desk) -> None:
    letter_id = desk.register(b"1")
    client = browser(app, office.clerk)
    answer = client.get(f"{address(letter_id)}/tem")
    assert millimetres(answer.data) == (50, 35)
    with pikepdf.open(io.BytesIO(answer.data)) as opened:
        assert len(opened.pages) == 1
    draft = desk.read(b"2")
    assert client.get(f"{address(draft.letter_id)}/tem").status_code == 409


def test_the_slip_is_an_archive_pdf(app: Flask, office: Office, desk: Desk) -> None:
    letter_id = desk.register(b"1")
    answer = browser(app, office.leader).get(f"{address(letter_id)}/phieu")
    assert millimetres(answer.data) == (210, 297)
    with pikepdf.open(io.BytesIO(answer.data)) as opened:
        assert opened.open_metadata().pdfa_status == "2B"


def test_the_register_prints_ten_columns_and_the_follow_up_book_seven(
    app: Flask, office: Office, desk: Desk, books: int
) -> None:
    desk.register(b"1", subject_summary="Về việc tiêm chủng")
    client = browser(app, office.clerk)
    query = f"?series_id={books}&year={today().year}"
    pdf = client.get(f"{BOOK}/so-dang-ky.pdf{query}")
    assert millimetres(pdf.data) == (297, 210)
    sheet = load_workbook(io.BytesIO(client.get(f"{BOOK}/so-dang-ky.xlsx{query}").data)).active
    assert sheet is not None
    rows = [[cell for cell in row if cell is not None] for row in sheet.values]
    assert len(rows[4]) == 10
    assert any("Về việc tiêm chủng" in str(cell) for cell in rows[5])
    follow = load_workbook(io.BytesIO(client.get(f"{BOOK}/so-theo-doi.xlsx{query}").data)).active
    assert follow is not None
    assert len([cell for cell in list(follow.values)[4] if cell]) == 7


def test_a_book_is_narrowed_to_numbers_or_days(
    app: Flask, office: Office, desk: Desk, books: int
) -> None:
    for number in ("1", "2", "3"):
        desk.register(number.encode(), code_number=number, subject_summary=f"Việc {number}")
    client = browser(app, office.clerk)

    def shown(query: str) -> set[str]:
        path = f"{BOOK}/so-dang-ky.xlsx?series_id={books}&year={today().year}{query}"
        sheet = load_workbook(io.BytesIO(client.get(path).data)).active
        assert sheet is not None
        return {number for row in sheet.values for number in "123" if f"Việc {number}" in str(row)}

    assert shown("") == {"1", "2", "3"}
    assert shown("&first=2") == {"2", "3"}
    assert shown("&first=2&last=2") == {"2"}
    assert shown(f"&since={today():%d/%m/%Y}") == {"1", "2", "3"}
    assert shown("&until=01/01/2020") == set()


def test_a_book_that_is_too_long_says_so_before_it_is_read(
    app: Flask, office: Office, desk: Desk, books: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.register(b"1")
    desk.register(b"2", code_number="2")
    monkeypatch.setattr(printing, "MOST_ROWS", 1)
    path = f"{BOOK}/so-dang-ky.pdf?series_id={books}&year={today().year}"
    answer = browser(app, office.clerk).get(path)
    assert answer.status_code == 422
    assert "Sổ có 2 dòng" in answer.get_data(as_text=True)
    assert browser(app, office.clerk).get(f"{path}&last=1").status_code == 200


def test_a_book_that_is_none_is_refused(app: Flask, office: Office) -> None:
    client = browser(app, office.clerk)
    assert client.get(f"{BOOK}/so-khac.pdf").status_code == 404
    assert client.get(f"{BOOK}/so-dang-ky.doc").status_code == 404
    assert client.get(f"{BOOK}/so-dang-ky.pdf?series_id=99&year=2026").status_code == 422
    assert "In sổ văn bản đến" in page(client, BOOK)
    assert browser(app, office.specialist).get(BOOK).status_code == 403


def test_the_stamp_takes_the_first_free_place() -> None:
    head = (0.05, 0.05, 0.95, 0.15)
    empty = find_place(A4, [])
    assert (empty.left, empty.top) == (MARGIN_MM, MARGIN_MM)
    below = find_place(A4, [head])
    assert below.top >= 0.15 * A4[1]
    right = find_place(A4, [(0.0, 0.0, 0.4, 1.0)])
    assert right.left == A4[0] - MARGIN_MM - STAMP_MM[0]
    full = find_place(A4, [(0.0, 0.0, 1.0, 1.0)])
    assert full.top == A4[1] - MARGIN_MM - STAMP_MM[1]
