"""Writing in the browser, and findings put right by machine."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import reading, transaction
from app.outgoing import services
from app.outgoing.checking.types import Finding, Repair
from app.outgoing.models import DraftFormat, DraftVersion, OutgoingDocument
from app.outgoing.papers.docx import text
from tests.factories import Office
from tests.integration.incoming.pages import browser, page
from tests.integration.outgoing.conftest import Writers

# Pages are looked at on one database; the services behind them are tested on both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def address(document_id: int) -> str:
    with reading() as session:
        return f"/van-ban-di/{session.get_one(OutgoingDocument, document_id).token}"


def versions() -> list[DraftVersion]:
    with reading() as session:
        return list(session.scalars(sa.select(DraftVersion).order_by(DraftVersion.no)))


def test_what_is_written_in_the_browser_is_the_next_version(
    app: Flask, office: Office, writers: Writers
) -> None:
    at = address(writers.draft())
    client = browser(app, office.specialist)
    assert f"{at}/soan-thao" in page(client, at)
    assert 'data-controller="editor"' in page(client, f"{at}/soan-thao")

    body = "<p>Trả lời <strong>như sau</strong>.</p><script>x()</script>"
    assert client.post(f"{at}/soan-thao", data={"body": body}).status_code == 302
    [first] = versions()
    assert (first.format, first.body_html) == (
        DraftFormat.HTML, "<p>Trả lời <strong>như sau</strong>.</p>",
    )  # fmt: skip
    assert first.text == "Trả lời như sau."
    assert "như sau&lt;/strong&gt;" in page(client, f"{at}/soan-thao")


def test_an_empty_text_is_no_version(app: Flask, office: Office, writers: Writers) -> None:
    at = address(writers.draft())
    client = browser(app, office.specialist)
    assert client.post(f"{at}/soan-thao", data={"body": "<p> </p>"}).status_code == 422
    assert client.post(f"{at}/soan-thao", data={"body": ""}).status_code == 422
    assert versions() == []


def test_what_was_typed_stays_when_somebody_else_has_the_draft_out(
    app: Flask, office: Office, writers: Writers
) -> None:
    document_id = writers.draft()
    with transaction() as session:
        services.check_out(session, office.head, document_id=document_id)
    client = browser(app, office.specialist)
    answer = client.post(f"{address(document_id)}/soan-thao", data={"body": "Câu đã gõ"})
    assert answer.status_code == 409
    assert "Câu đã gõ" in answer.get_data(as_text=True)
    assert "đang được" in answer.get_data(as_text=True)


def test_others_do_not_write_here(app: Flask, office: Office, writers: Writers) -> None:
    at = address(writers.draft())
    client = browser(app, office.clerk)
    assert client.get(f"{at}/soan-thao").status_code in (403, 404)


def found_fault(old: str) -> None:
    """What the worker would have found in version 1."""
    fault = Finding(
        rule="x", severity="error", page=1, box=None, message="Viết hoa sai", source="",
        repair=Repair("replace", old, "Sở Nội Vụ"),
    )  # fmt: skip
    with transaction() as session:
        session.scalars(sa.select(DraftVersion)).one().findings = [fault.to_json()]


@pytest.mark.parametrize(("old", "count"), [("Sở Nội vụ", 2), ("không có chữ này", 1)])
def test_a_finding_is_put_right_in_the_next_version_or_says_why_not(
    app: Flask, office: Office, writers: Writers, old: str, count: int
) -> None:
    document_id = writers.draft(signer_post_id=office.leader.post_id)
    at = address(document_id)
    client = browser(app, office.specialist)
    filled = client.get(f"{at}/mau.docx").data
    client.post(f"{at}/phien-ban", data={"file": (io.BytesIO(filled), "a.docx")})
    found_fault(old)
    assert f"{at}/phien-ban/1/sua-loi/0" in page(client, at)

    answer = client.post(f"{at}/phien-ban/1/sua-loi/0", follow_redirects=True)

    assert len(versions()) == count
    if count == 1:
        assert "Không tìm thấy chỗ cần sửa" in answer.get_data(as_text=True)
        return
    made = versions()[1]
    assert (made.format, made.note) == (DraftFormat.DOCX, "Sửa thể thức: Viết hoa sai")
    assert "Kính gửi: Sở Nội Vụ" in made.text
    assert "Sở Nội vụ" in text(filled)
    assert client.post(f"{at}/phien-ban/1/sua-loi/0").status_code == 302  # it is not the newest now
    assert len(versions()) == 2
