"""Templates of drafts: checked before they count, versioned, by issuing body."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from docx import Document
from flask import Flask

from app.audit import AuditLog
from app.db import reading, transaction
from app.files.store import current_store
from app.incoming.quarantine import current_quarantine
from app.outgoing.models import DraftTemplate, TemplateState
from app.outgoing.papers.docx import default_template, text
from app.outgoing.services import template_checks, templates
from app.outgoing.services.leases import LeaseLost
from app.outgoing.services.templates import NewTemplate
from app.web.shell import settings
from tests.factories import Office
from tests.integration.incoming.pages import browser, page
from tests.integration.outgoing.conftest import Writers
from tests.integration.outgoing.test_views import address
from workflows import templating
from workflows.runtime import Runtime

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WHERE = "/van-ban-di/mau/official_letter"


def edited(words: str) -> bytes:
    """The letter's template with another sentence at its end."""
    document = Document(io.BytesIO(default_template("official_letter")))
    document.add_paragraph(words)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def with_macro() -> bytes:
    made = io.BytesIO(edited("Chân trang"))
    with zipfile.ZipFile(made, "a") as package:
        package.writestr("word/vbaProject.bin", b"macro")
    return made.getvalue()


def sent(data: bytes) -> dict[str, object]:
    return {"file": (io.BytesIO(data), "mau.docx"), "note": "Đổi chân trang"}


@pytest.fixture
def running(app: Flask) -> Runtime:
    return Runtime(settings(app), current_store(), current_quarantine())


def uploaded(office: Office, body: int | None, words: str) -> int:
    """A version as the page stores it, still to be checked; its id."""
    new = NewTemplate(
        document_type="official_letter", issuing_body_id=body,
        blob=current_store().put(io.BytesIO(edited(words))),
    )  # fmt: skip
    with transaction() as session:
        return templates.add_template(session, office.clerk, new).id


def add(office: Office, body: int | None, words: str) -> int:
    """A version that a worker found usable; its id."""
    made = uploaded(office, body, words)
    pdf = current_store().put(io.BytesIO(b"%PDF-1.7 a page"))
    with transaction() as session:
        claim = template_checks.claim_template(session)
        assert claim is not None
        template_checks.finish_template(session, claim, pdf)
    return made


def state_of(template_id: int) -> tuple[TemplateState, str]:
    with reading() as session:
        row = session.get_one(DraftTemplate, template_id)
        return row.state, row.fault


def test_a_template_from_word_counts_once_a_worker_has_filled_it_and_made_its_page(
    app: Flask, office: Office, writers: Writers, running: Runtime
) -> None:
    client = browser(app, office.clerk)
    assert "Mẫu gốc của hệ thống" in page(client, "/van-ban-di/mau")
    where = f"{address(writers.draft())}/mau.docx"
    assert client.post(f"{WHERE}/0", data=sent(edited("Chân trang"))).status_code == 302
    assert "Đang kiểm tra" in page(client, f"{WHERE}/0")
    drafter = browser(app, office.specialist)
    assert "Chân trang" not in text(drafter.get(where).data)

    assert templating.run_next(running)
    assert not templating.run_next(running)

    assert "Đang kiểm tra" not in page(client, f"{WHERE}/0")
    with reading() as session:
        made = session.scalars(sa.select(DraftTemplate.id)).one()
    shown = client.get(f"/van-ban-di/mau/tep/{made}.pdf")
    assert shown.data.startswith(b"%PDF-")
    assert "Chân trang" in text(drafter.get(where).data)


def test_a_template_whose_checker_died_is_taken_up_again_and_given_up_after_two(
    app: Flask, office: Office
) -> None:
    made = uploaded(office, None, "Chân trang")
    for attempt in (1, 2):
        with transaction() as session:
            claim = template_checks.claim_template(session, lease=timedelta(0))
            assert claim is not None, attempt
        with transaction() as session:
            assert template_checks.release_templates(session) == 1
    state, fault = state_of(made)
    assert state is TemplateState.UNUSABLE
    assert "hai lần" in fault
    assert claim is not None
    with pytest.raises(LeaseLost), transaction() as session:
        template_checks.refuse_template(session, claim, "muộn")


def test_a_body_has_its_own_template_and_an_old_version_comes_back(
    app: Flask, office: Office, writers: Writers
) -> None:
    add(office, None, "Chân trang chung")
    where = f"{address(writers.draft())}/mau.docx"
    drafter = browser(app, office.specialist)
    assert "Chân trang chung" in text(drafter.get(where).data)
    first = add(office, office.committee_id, "Chân trang riêng")
    add(office, office.committee_id, "Chân trang mới")
    assert "Chân trang mới" in text(drafter.get(where).data)

    client = browser(app, office.clerk)
    assert client.post(f"/van-ban-di/mau/dung-lai/{first}").status_code == 302

    assert "Chân trang riêng" in text(drafter.get(where).data)
    assert "Dùng lại phiên bản 2" in page(client, f"{WHERE}/{office.committee_id}")
    with reading() as session:
        acts = list(session.scalars(sa.select(AuditLog.action)))
    assert acts.count("draft_template.added") == 3
    assert acts.count("draft_template.taken_back") == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (edited("Fax: {{số fax}}"), "{{số fax}}"),
        (edited("Ngày {{ ký"), "dấu {{"),
        (with_macro(), "macro"),
        (b"PK\x03\x04 and no more", "hỏng"),
    ],
)
def test_a_template_that_would_not_fill_is_kept_unusable_with_its_reason(
    app: Flask, office: Office, running: Runtime, data: bytes, said: str
) -> None:
    client = browser(app, office.clerk)
    assert client.post(f"{WHERE}/0", data=sent(data)).status_code == 302
    assert templating.run_next(running)
    with reading() as session:
        made = session.scalars(sa.select(DraftTemplate.id)).one()
        assert templates.template_in_force(session, "official_letter", office.committee_id) is None
    state, fault = state_of(made)
    assert state is TemplateState.UNUSABLE
    assert said in fault
    shown = page(client, f"{WHERE}/0")
    assert "Không dùng được" in shown
    assert client.get(f"/van-ban-di/mau/tep/{made}.docx").data == data
    assert client.post(f"/van-ban-di/mau/dung-lai/{made}").status_code == 422


@pytest.mark.parametrize(("data", "said"), [(b"%PDF-1.7", "không phải Word"), (b"", "Chưa chọn")])
def test_what_is_no_word_file_is_refused_at_once(
    app: Flask, office: Office, data: bytes, said: str
) -> None:
    answer = browser(app, office.clerk).post(f"{WHERE}/0", data=sent(data))
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count(DraftTemplate.id))) == 0


def test_the_built_in_template_can_be_tried_and_comes_back_after_a_check(
    app: Flask, office: Office
) -> None:
    client = browser(app, office.clerk)
    tried = client.get("/van-ban-di/mau/goc/official_letter.docx?dien_thu=1")
    assert "{{" not in text(tried.data)
    assert client.post(f"{WHERE}/0/mau-goc").status_code == 302
    with reading() as session:
        assert len(template_checks.waiting_templates(session)) == 1


def test_only_the_office_changes_templates(app: Flask, office: Office) -> None:
    client = browser(app, office.specialist)
    assert client.get("/van-ban-di/mau").status_code == 403
    assert client.post(f"{WHERE}/0", data=sent(edited("x"))).status_code == 403
