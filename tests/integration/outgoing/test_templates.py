"""Templates of drafts: checked before they count, versioned, by issuing body."""

from __future__ import annotations

import io
import zipfile

import pytest
import sqlalchemy as sa
from docx import Document
from flask import Flask

from app.audit import AuditLog
from app.db import reading, transaction
from app.files.store import current_store
from app.outgoing.models import DraftTemplate
from app.outgoing.papers.docx import default_template, text
from app.outgoing.services import templates
from app.outgoing.services.templates import NewTemplate
from tests.factories import Office
from tests.integration.incoming.pages import browser, page
from tests.integration.outgoing.conftest import Writers
from tests.integration.outgoing.test_views import address

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


def add(office: Office, body: int | None, words: str) -> int:
    """A version that was checked, as the page stores it; its id."""
    store = current_store()
    new = NewTemplate(
        document_type="official_letter", issuing_body_id=body,
        blob=store.put(io.BytesIO(edited(words))), pdf=store.put(io.BytesIO(b"%PDF-1.7 a page")),
    )  # fmt: skip
    with transaction() as session:
        return templates.add_template(session, office.clerk, new).id


def test_a_template_from_word_is_filled_made_a_page_and_used(
    app: Flask, office: Office, writers: Writers
) -> None:
    client = browser(app, office.clerk)
    assert "Mẫu gốc của hệ thống" in page(client, "/van-ban-di/mau")
    assert client.post(f"{WHERE}/0", data=sent(edited("Chân trang"))).status_code == 302
    with reading() as session:
        made = session.scalars(sa.select(DraftTemplate.id)).one()
    shown = client.get(f"/van-ban-di/mau/tep/{made}.pdf")
    assert shown.data.startswith(b"%PDF-")
    drafter = browser(app, office.specialist)
    assert "Chân trang" in text(drafter.get(f"{address(writers.draft())}/mau.docx").data)


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
        (b"%PDF-1.7", "hỏng"),
        (b"", "Chưa chọn tệp"),
    ],
)
def test_a_template_that_would_not_fill_is_refused_with_its_reason(
    app: Flask, office: Office, data: bytes, said: str
) -> None:
    answer = browser(app, office.clerk).post(f"{WHERE}/0", data=sent(data))
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count(DraftTemplate.id))) == 0


def test_only_the_office_changes_templates(app: Flask, office: Office) -> None:
    client = browser(app, office.specialist)
    assert client.get("/van-ban-di/mau").status_code == 403
    assert client.post(f"{WHERE}/0", data=sent(edited("x"))).status_code == 403
