"""What the strip and the control sheet say of each step, and who took the books away."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.audit import AuditLog
from app.clock import frozen
from app.procedures import printing, services
from app.procedures.clocks import calendar_id
from app.procedures.models import ProcedureBook
from app.worktime.queries import load_calendar
from tests.integration.procedures.conftest import COPY, MONDAY, Counter, act, look
from tests.integration.procedures.test_pages import browser, page

pytestmark = [
    pytest.mark.usefixtures("monday"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


def test_each_step_says_how_much_working_time_it_took(app: Flask, counter: Counter) -> None:
    dossier = counter.receive()
    with frozen(MONDAY + timedelta(hours=2)):
        act(
            services.assign, counter.office.head, dossier_id=dossier.id,
            post_id=counter.office.specialist.post_id,
        )  # fmt: skip
    with frozen(MONDAY + timedelta(days=2)):  # Tuesday is a holiday
        shown = page(browser(app, counter.office.one_stop), f"/mot-cua/ho-so/{dossier.token}")
        lines = printing.control_lines(
            counter.now(dossier), {}, {}, look(lambda s: load_calendar(s, calendar_id(s)))
        )
    spent = {line.name: line.spent for line in lines}
    assert spent["Phân công xử lý"] == "2 giờ làm việc"
    assert "2 giờ làm việc" in shown
    assert spent["Thẩm định"] == "5 giờ làm việc"
    assert spent["Ký kết quả"] == ""


def test_taking_a_book_or_the_register_away_is_written_down(app: Flask, counter: Counter) -> None:
    book = look(lambda s: s.scalar(sa.select(ProcedureBook.id).filter_by(code=COPY.book)))
    client = browser(app, counter.office.one_stop)
    assert client.get(f"/mot-cua/so/{book}.xlsx?nam=2026").status_code == 200
    days = "tu=01/11/2026&den=30/11/2026"
    assert client.get(f"/mot-cua/so/mau-07.xlsx?{days}").status_code == 200
    rows = look(
        lambda s: s.execute(
            sa.select(AuditLog.action, AuditLog.person_id, AuditLog.detail)
            .where(AuditLog.action.in_(["dossier.book_printed", "dossier.register_printed"]))
            .order_by(AuditLog.id)
        ).all()
    )
    person = counter.office.one_stop.person_id
    assert [row[:2] for row in rows] == [
        ("dossier.book_printed", person), ("dossier.register_printed", person),
    ]  # fmt: skip
    assert rows[0].detail == {"book": "sao-y", "year": 2026, "rows": 0}
