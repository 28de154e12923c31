"""The report's page: figures, their dossiers, and the table as XLSX."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.factories import sign_in_as
from tests.integration.procedures.conftest import BIRTH, MONDAY, Counter

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("monday"),
]


def test_a_number_of_the_report_leads_to_exactly_its_dossiers(
    counter: Counter, client: FlaskClient
) -> None:
    late = counter.receive(received_at=MONDAY - timedelta(days=20))
    other = counter.receive(BIRTH)
    sign_in_as(client, counter.office.leader)
    page = client.get("/mot-cua/bao-cao").get_data(as_text=True)
    assert "Hộ kinh doanh" in page
    assert "Hộ tịch" in page
    links = re.findall(r'href="(/mot-cua/bao-cao/ho-so\?[^"]*cot=overdue[^"]*dong=[^"]*)"', page)
    listed = client.get(links[0].replace("&amp;", "&")).get_data(as_text=True)
    assert late.code is not None
    assert late.code in listed
    assert other.code is not None
    assert other.code not in listed
    for by in ("unit", "officer", "procedure"):
        assert client.get(f"/mot-cua/bao-cao?theo={by}").status_code == 200


def test_a_figure_above_the_table_leads_to_all_that_it_counts(
    counter: Counter, client: FlaskClient
) -> None:
    late = counter.receive(received_at=MONDAY - timedelta(days=20))
    going = counter.receive()
    sign_in_as(client, counter.office.leader)
    page = client.get("/mot-cua/bao-cao").get_data(as_text=True)
    found = re.search(r'href="(/mot-cua/bao-cao/ho-so\?[^"]*cot=under_way[^"]*)"', page)
    assert found is not None
    listed = client.get(found[1].replace("&amp;", "&")).get_data(as_text=True)
    assert late.code is not None
    assert going.code is not None
    assert late.code in listed  # overdue and within the limit
    assert going.code in listed
    settled = client.get("/mot-cua/bao-cao/ho-so?cot=settled").get_data(as_text=True)
    assert late.code not in settled


def test_the_table_comes_as_a_workbook_whose_last_line_has_the_sums(
    counter: Counter, client: FlaskClient
) -> None:
    counter.receive()
    counter.receive(BIRTH)
    sign_in_as(client, counter.office.leader)
    answer = client.get("/mot-cua/bao-cao.xlsx?theo=procedure")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    sums = next(row for row in rows if row[0] == "Tổng số")
    assert sums[2] == 2
    assert any(row[0] == "Đăng ký khai sinh" and row[2] == 1 for row in rows)


def test_a_period_that_makes_no_sense_is_answered_with_a_sentence(
    counter: Counter, client: FlaskClient
) -> None:
    sign_in_as(client, counter.office.leader)
    for days in ("tu=02/02/2026&den=01/02/2026", "tu=hôm+qua"):
        answer = client.get(f"/mot-cua/bao-cao?{days}")
        assert answer.status_code == 422
        assert "Ngày" in answer.get_data(as_text=True)
    assert client.get("/mot-cua/bao-cao?theo=gi").status_code == 404
    assert client.get("/mot-cua/bao-cao/ho-so?cot=gi").status_code == 404
