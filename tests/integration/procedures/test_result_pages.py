"""From a dossier to its result: a document drafted for it, issued, and chosen as the result."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import transaction
from app.notifications.models import Notification
from app.outgoing import services as outgoing
from app.outgoing.models import Medium, OutgoingDocument
from app.procedures import handlers, queries, services
from app.procedures.models import Dossier, DossierStatus
from app.registers import catalogue
from app.registers import services as registers
from tests.integration.outgoing.conftest import Writers, writers
from tests.integration.procedures.conftest import Counter, act, look
from tests.integration.procedures.test_pages import browser, page

__all__ = ["writers"]

pytestmark = [
    pytest.mark.usefixtures("monday"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


def with_the_specialist(counter: Counter) -> Dossier:
    dossier = counter.receive()
    specialist = counter.office.specialist
    act(services.assign, counter.office.head, dossier_id=dossier.id, post_id=specialist.post_id)
    return dossier


def issue(writers: Writers, document_id: int) -> None:
    """The document goes its own way, on paper."""
    with transaction() as session:
        session.get_one(OutgoingDocument, document_id).medium = Medium.PAPER
    writers.submit(document_id)
    writers.approve(document_id, writers.office.head, writers.office.chief, writers.office.leader)
    for step in (outgoing.number_document, outgoing.seal_paper, outgoing.issue_document):
        act(step, writers.office.clerk, document_id=document_id)


def told_of(dossier: Dossier) -> list[int]:
    """The posts that were told that its result was issued."""
    rows = sa.select(Notification.post_id).filter_by(
        kind=queries.KIND, thing_id=dossier.id, event=queries.RESULT_ISSUED
    )
    found: list[int] = look(lambda s: list(s.scalars(rows)))
    return found


def test_a_result_is_drafted_with_the_dossiers_references_issued_and_chosen(
    app: Flask, counter: Counter, writers: Writers
) -> None:
    with transaction() as session:
        registers.load_document_types(session, catalogue.read_document_types())
    dossier = with_the_specialist(counter)
    client, address = browser(app, counter.office.specialist), f"/mot-cua/ho-so/{dossier.token}"
    assert 'id="act-ket-qua"' not in page(client, address)
    assert client.post(f"{address}/van-ban-ket-qua").status_code == 302
    (document,) = look(lambda s: queries.result_documents(s, dossier.id))
    assert f"theo hồ sơ số {dossier.code} nhận ngày 23/11/2026" in document.subject_summary
    assert document.addressees == [dossier.applicant_name]
    assert client.post(f"{address}/van-ban-ket-qua").status_code == 409
    early = {"ket-qua-document": str(document.id)}
    assert client.post(f"{address}/ket-qua", data=early).status_code == 422
    issue(writers, document.id)
    assert told_of(dossier) == []
    for _again in range(2):  # an event may come twice
        handlers.on_issued({"document_id": document.id})
    assert set(told_of(dossier)) == {
        counter.office.specialist.post_id, counter.office.one_stop.post_id,
    }  # fmt: skip
    assert len(told_of(dossier)) == 2
    shown = page(client, address)
    (chosen,) = re.findall(r'<option selected value="(\d+)">', shown)
    assert int(chosen) == document.id
    assert client.post(f"{address}/ket-qua", data={"ket-qua-document": chosen}).status_code == 302
    done = counter.now(dossier)
    assert (done.status, done.result_document_id) == (DossierStatus.DONE, document.id)
    assert document.subject_summary in done.result


def test_only_whoever_has_the_dossier_begins_its_result_and_nothing_typed_replaces_a_signature(
    app: Flask, counter: Counter
) -> None:
    dossier = with_the_specialist(counter)
    address = f"/mot-cua/ho-so/{dossier.token}"
    stranger = browser(app, counter.office.one_stop)
    assert stranger.post(f"{address}/van-ban-ket-qua").status_code == 403
    assert look(lambda s: queries.result_documents(s, dossier.id)) == []
    client = browser(app, counter.office.specialist)
    typed = client.post(f"{address}/ket-qua", data={"ket-qua-result": "Đã cấp"})
    assert typed.status_code == 403
    assert counter.now(dossier).status is DossierStatus.PROCESSING
