"""The pages of the register books, and books on paper."""

from __future__ import annotations

import io

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app.clock import today
from app.db import reading, transaction
from app.registers import services
from app.registers.models import Direction
from app.registers.printing import Column, Heading, book_pdf, book_xlsx
from app.registers.queries import proof
from app.security import SYSTEM
from tests.factories import Office, sign_in_as

HEADING = Heading("UBND phường Minh Họa", "Sổ đăng ký văn bản đến", "Năm 2026", ("1…2 đủ.",))
COLUMNS = [Column("Số đến", 20, number=True), Column("Trích yếu", 80)]


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def series_id(office: Office) -> int:
    with transaction() as session:
        return services.create_series(
            session,
            office.chief,
            name="Sổ văn bản đến",
            direction=Direction.INCOMING,
            issuing_body_id=None,
        ).id


def give(series_id: int, thing_id: int) -> int:
    with transaction() as session:
        return services.allocate(
            session, SYSTEM, series_id=series_id, kind="test", thing_id=thing_id
        ).id


def test_the_clerk_sees_the_books_and_the_proof(
    client: FlaskClient, office: Office, series_id: int
) -> None:
    give(series_id, 1)
    sign_in_as(client, office.clerk)

    assert "Sổ văn bản đến" in client.get("/so-dang-ky").text
    page = client.get(f"/so-dang-ky/{series_id}/{today().year}")
    assert "1…1 đủ." in page.text


def test_a_specialist_does_not_see_the_books(
    client: FlaskClient, office: Office, series_id: int
) -> None:
    sign_in_as(client, office.specialist)
    assert client.get("/so-dang-ky").status_code == 403
    assert client.get(f"/so-dang-ky/{series_id}/2026").status_code == 403


def test_a_book_starts_at_the_number_typed(
    client: FlaskClient, office: Office, series_id: int
) -> None:
    sign_in_as(client, office.clerk)
    url = f"/so-dang-ky/{series_id}/{today().year}/so-bat-dau"

    assert client.post(url, data={"number": "2185", "reason": ""}).status_code == 422
    answer = client.post(url, data={"number": "2185", "reason": "Tiếp sổ giấy"})

    assert answer.status_code == 302
    give(series_id, 1)
    with reading() as session:
        assert proof(session, series_id, today().year).start == 2185


def test_a_number_is_voided_with_a_reason(
    client: FlaskClient, office: Office, series_id: int
) -> None:
    entry_id = give(series_id, 1)
    sign_in_as(client, office.clerk)

    assert client.post(f"/so-dang-ky/so/{entry_id}/huy", data={"reason": ""}).status_code == 422
    assert client.post(f"/so-dang-ky/so/{entry_id}/huy", data={"reason": "Nhầm"}).status_code == 302
    with reading() as session:
        assert "hủy: 1 (Nhầm)" in proof(session, series_id, today().year).sentence


def test_the_chief_opens_and_closes_a_book(client: FlaskClient, office: Office) -> None:
    sign_in_as(client, office.chief)
    data = {
        "name": "Sổ của HĐND", "direction": "incoming",
        "issuing_body_id": str(office.council_id), "year_reset": "y",
    }  # fmt: skip
    assert client.get("/so-dang-ky/moi").status_code == 200
    assert client.post("/so-dang-ky/moi", data=data).status_code == 302
    again = client.post("/so-dang-ky/moi", data=data)
    assert again.status_code == 422
    assert "Đã có sổ tên" in again.text
    assert client.post("/so-dang-ky/1/khoa").status_code == 302
    assert "Đã khóa" in client.get("/so-dang-ky").text


def test_a_book_of_no_year_is_not_found(
    client: FlaskClient, office: Office, series_id: int
) -> None:
    sign_in_as(client, office.clerk)
    assert client.get(f"/so-dang-ky/{series_id}/1999").status_code == 404
    assert client.get("/so-dang-ky/999/2026").status_code == 404


def test_a_book_prints_as_pdf_a_with_every_row(app: Flask) -> None:
    rows = [(number, f"Về việc số {number}") for number in range(1, 61)]
    with app.app_context():
        made = book_pdf(HEADING, COLUMNS, rows)

    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) >= 2
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")
        box = pdf.pages[0].mediabox
        assert float(box[2]) > float(box[3])  # landscape


def test_a_workbook_holds_every_row_and_runs_no_formula() -> None:
    made = book_xlsx(HEADING, COLUMNS, [(1, "=cmd|' /C calc'!A0"), (2, "Về việc họp")])

    sheet = load_workbook(io.BytesIO(made)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5, max_row=7)]
    assert rows[0][:2] == ["Số đến", "Trích yếu"]
    assert rows[1][:2] == [1, "'=cmd|' /C calc'!A0"]
    assert rows[2][:2] == [2, "Về việc họp"]
