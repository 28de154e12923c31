"""The office's side of supplements by link, and remitting a fee, as pages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask

from app.procedures import queries, services
from app.procedures.models import Dossier, DossierStatus, Supplement
from app.procedures.records import FeeRecord
from app.security import SYSTEM
from tests.integration.procedures.conftest import LICENCE, MONDAY, Counter, act, look
from tests.integration.procedures.test_pages import browser, page

pytestmark = [
    pytest.mark.usefixtures("monday"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


def asked_to_supplement(counter: Counter) -> Dossier:
    dossier = counter.receive()
    act(services.ask_supplements, SYSTEM, dossier_id=dossier.id, items=["Hợp đồng"], reason="Thiếu")
    return dossier


def link_of(dossier: Dossier) -> str | None:
    found: Supplement = look(lambda s: queries.open_supplement(s, dossier.id))
    return found.link_token


def test_the_counter_gives_a_code_for_the_link_that_is_shown_once_and_opens_it(
    app: Flask, counter: Counter
) -> None:
    dossier = asked_to_supplement(counter)
    client = browser(app, counter.office.one_stop)
    address = f"/mot-cua/ho-so/{dossier.token}"
    answer = client.post(f"{address}/bo-sung/ma")
    code = re.findall(r"\b(\d{6})</b>", answer.get_data(as_text=True))[0]
    assert answer.headers["Cache-Control"] == "no-store"
    later = page(client, address)
    assert f"{code}</b>" not in later
    assert f"/cong-dan/bo-sung/{link_of(dossier)}" in later
    citizen = app.test_client()
    entered = citizen.post(f"/cong-dan/bo-sung/{link_of(dossier)}", data={"code": code})
    assert entered.status_code == 302


def test_a_revoked_link_opens_nothing_and_a_new_code_makes_another_link(
    app: Flask, counter: Counter
) -> None:
    dossier = asked_to_supplement(counter)
    client, first = browser(app, counter.office.one_stop), link_of(dossier)
    address = f"/mot-cua/ho-so/{dossier.token}/bo-sung"
    assert client.post(f"{address}/thu-hoi").status_code == 302
    assert link_of(dossier) is None
    assert client.post(f"{address}/thu-hoi").status_code == 409
    assert app.test_client().get(f"/cong-dan/bo-sung/{first}").status_code == 404
    assert client.post(f"{address}/ma").status_code == 200
    assert link_of(dossier) not in (None, first)


def test_who_neither_receives_nor_has_the_dossier_gives_no_code(
    app: Flask, counter: Counter
) -> None:
    dossier = asked_to_supplement(counter)
    client = browser(app, counter.office.clerk)
    assert client.post(f"/mot-cua/ho-so/{dossier.token}/bo-sung/ma").status_code in (403, 404)
    kept: Supplement = look(lambda s: queries.open_supplement(s, dossier.id))
    assert kept.code_hash is None


def test_a_remitted_fee_lets_a_dossier_that_waited_for_it_go_on(
    app: Flask, counter: Counter
) -> None:
    dossier = counter.receive()
    act(services.ask_fees, SYSTEM, dossier_id=dossier.id, reason="Nộp lệ phí")
    assert counter.now(dossier).status is DossierStatus.FINANCE
    fee = look(lambda s: queries.fees_of(s, dossier.id))[0]
    client = browser(app, counter.office.one_stop)
    address = f"/mot-cua/ho-so/{dossier.token}"
    assert "Miễn khoản này" in page(client, address)
    client.post(f"{address}/khoan-phi/{fee.id}/mien", data={"ground": " "})
    assert counter.now(dossier).status is DossierStatus.FINANCE
    client.post(f"{address}/khoan-phi/{fee.id}/mien", data={"ground": "Hộ nghèo"})
    assert counter.now(dossier).status is DossierStatus.PROCESSING
    shown = page(client, address)
    assert "Miễn: Hộ nghèo" in shown
    assert "Miễn khoản này" not in shown


def test_a_fee_by_notice_is_written_down_with_its_amount_and_then_owed(
    app: Flask, counter: Counter
) -> None:
    taxed = replace(
        LICENCE, valid_from=MONDAY.date(), fees=(FeeRecord("Thuế thu nhập", None, "tax"),)
    )
    act(services.import_catalogue, SYSTEM, records=[taxed])
    dossier = counter.receive()
    address = f"/mot-cua/ho-so/{dossier.token}"
    client = browser(app, counter.office.head)
    (fee,) = look(lambda s: queries.version_whole(s, dossier.procedure_version_id).fees)
    assert 'id="act-khoan-thu"' in page(client, address)
    given = {"khoan-thu-fee": str(fee.id), "khoan-thu-amount": "250000"}
    foreign = client.post(f"{address}/khoan-thu", data=given | {"khoan-thu-fee": "999"})
    assert foreign.status_code == 422
    assert client.post(f"{address}/khoan-thu", data=given).status_code == 302
    assert look(lambda s: queries.amount_due(s, dossier.id)) == 250_000
    other = browser(app, counter.office.specialist2)
    assert other.post(f"{address}/khoan-thu", data=given).status_code in (403, 404)
