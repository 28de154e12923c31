"""The signer signs with their own tool, or with the helper program; the document goes on."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyhanko.sign.signers import SimpleSigner

from app.clock import VIETNAM, now
from app.db import reading, transaction
from app.files.store import current_store
from app.incoming.quarantine import current_quarantine
from app.outgoing import chores, services
from app.outgoing.models import OutgoingDocument, OutgoingJob, OutgoingStatus, WorkKind
from app.outgoing.services import jobs
from app.outgoing.signing import fields, verdict
from app.web.shell import settings
from ocr.errors import SENTENCES
from tests.factories import Office
from tests.integration.incoming.pages import browser, page
from tests.integration.outgoing.conftest import Writers
from tests.integration.outgoing.test_workflow import approved, failed, pdf_of
from tests.unit.outgoing.signing import desktop_tool, keys
from tests.unit.outgoing.signing.keys import revoking
from workflows import issuing
from workflows.runtime import Runtime

S = OutgoingStatus


# Bytes are the same on every database: one is enough.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Table:
    """The signer's desk: an approved document that the server has no key for."""

    id: int
    at: str
    root: keys.Identity
    signer: keys.Identity
    client: FlaskClient
    running: Runtime

    def send(self, where: str, data: bytes) -> str:
        answer = self.client.post(
            f"{self.at}/{where}",
            data={"file": (io.BytesIO(data), "tep")},
            follow_redirects=True,
        )
        return answer.get_data(as_text=True)

    def bring(self, where: str, data: bytes) -> str:
        """Send it, let the worker check it; what the page says then."""
        assert "đang kiểm tra" in self.send(where, data)
        assert "Kiểm tra bản đã ký" in page(self.client, self.at)  # while it waits
        assert issuing.run_next(self.running)
        return page(self.client, self.at)

    def sign(self, pdf: bytes, who: keys.Identity, folder: Path) -> bytes:
        """What an own tool makes of a file."""
        (folder / "in.pdf").write_bytes(pdf)
        (folder / "key.p12").write_bytes(who.pkcs12(self.root))
        files = (folder / "in.pdf", folder / "out.pdf", folder / "key.p12")
        desktop_tool.sign(*files, keys.PASSPHRASE, fields.SIGNER)
        return files[1].read_bytes()


@pytest.fixture
def table(app: Flask, office: Office, writers: Writers) -> Table:
    running = Runtime(settings(app), current_store(), current_quarantine())
    root = keys.issue("CA thử")
    running.settings.trust_dir.mkdir(parents=True)
    (running.settings.trust_dir / "root.der").write_bytes(root.der)
    document_id = approved(writers, running)
    assert issuing.run_next(running)  # the fields; the server has no key to go on
    with reading() as session:
        at = f"/van-ban-di/{session.get_one(OutgoingDocument, document_id).token}"
    signer = keys.issue(office.leader.name, root)
    return Table(document_id, at, root, signer, browser(app, office.leader), running)


def test_the_signed_file_is_taken_and_the_document_goes_on(
    table: Table, office: Office, writers: Writers, tmp_path: Path
) -> None:
    assert "Tải xuống để ký" in page(table.client, table.at)
    said = table.bring("nop-ban-da-ky", table.sign(pdf_of(table.id), table.signer, tmp_path))

    assert "Kiểm tra bản đã ký" not in said
    assert (writers.status(table.id), failed(table.id)) == (S.SIGNED, [])
    assert "Tải xuống để ký" not in page(table.client, table.at)
    with transaction() as session:
        services.number_document(session, office.clerk, document_id=table.id)
    assert issuing.run_next(table.running)  # the number into its field
    [one] = verdict.read(pdf_of(table.id), [table.root.der])
    assert (one.signer, one.ok) == (office.leader.name, True)


def test_a_revoked_certificate_is_refused_and_a_missing_list_is_said(
    table: Table, office: Office, writers: Writers, tmp_path: Path
) -> None:
    signed = table.sign(pdf_of(table.id), table.signer, tmp_path)
    lists, at = table.running.settings.trust_dir / "ca.crl", datetime.now(UTC) - timedelta(hours=1)
    lists.write_bytes(revoking(table.root, table.signer, at))
    assert "đã bị thu hồi lúc" in table.bring("nop-ban-da-ky", signed)
    lists.unlink()
    strict = replace(table.running.settings, revocation_required=True)
    careful = replace(table, running=replace(table.running, settings=strict))
    assert "thiếu danh sách thu hồi còn hạn" in careful.bring("nop-ban-da-ky", signed)
    assert writers.status(table.id) is S.APPROVED

    assert "Chưa kiểm tra: không có danh sách thu hồi" in table.bring("nop-ban-da-ky", signed)
    assert writers.status(table.id) is S.SIGNED


def test_a_valid_list_without_the_certificate_is_named_on_the_page(
    table: Table, writers: Writers, tmp_path: Path
) -> None:
    other, at = keys.issue("Người Khác", table.root), datetime.now(UTC)
    listed = revoking(table.root, other, at)
    (table.running.settings.trust_dir / "ca.crl").write_bytes(listed)
    said = table.bring("nop-ban-da-ky", table.sign(pdf_of(table.id), table.signer, tmp_path))
    assert f"Không bị thu hồi theo danh sách ngày {at.astimezone(VIETNAM):%d/%m/%Y}" in said
    assert "Chưa kiểm tra" not in said
    assert writers.status(table.id) is S.SIGNED


def test_other_signatures_files_and_people_are_refused(
    app: Flask, office: Office, table: Table, writers: Writers, tmp_path: Path
) -> None:
    before = pdf_of(table.id)
    other = table.sign(before, keys.issue("Người Khác", table.root), tmp_path)
    assert "không phải của người ký văn bản này" in table.bring("nop-ban-da-ky", other)
    assert SENTENCES["broken"] in table.bring("nop-ban-da-ky", b"chu khong phai PDF")
    assert "Chưa chọn tệp nào." in table.send("nop-ban-da-ky", b"")
    signed = table.sign(before, table.signer, tmp_path)
    for person in (office.specialist, office.chief):
        client = browser(app, person)
        assert "Tải xuống để ký" not in page(client, table.at)
        client.post(f"{table.at}/nop-ban-da-ky", data={"file": (io.BytesIO(signed), "a.pdf")})
    assert (writers.status(table.id), pdf_of(table.id)) == (S.APPROVED, before)


def answered(request_: dict[str, str], who: keys.Identity, root: keys.Identity) -> bytes:
    """What the helper program makes of a request."""
    signer = SimpleSigner.load_pkcs12_data(who.pkcs12(root), [], keys.PASSPHRASE.encode())
    assert signer is not None
    digest = base64.b64decode(request_["digest"])
    cms = asyncio.run(signer.async_sign(digest, request_["algorithm"], use_pades=True))
    return json.dumps({"cms": base64.b64encode(cms.dump()).decode()}).encode()


def test_the_helpers_answer_is_put_in_its_place(
    table: Table, office: Office, writers: Writers
) -> None:
    asked = table.client.get(f"{table.at}/yeu-cau-ky.json").get_json()
    assert asked == table.client.get(f"{table.at}/yeu-cau-ky.json").get_json()
    assert asked["signer"] == office.leader.name
    wrong = answered(asked, keys.issue("Người Khác", table.root), table.root)
    assert "không phải của" in table.bring("nop-chu-ky", wrong)
    forged = answered(asked, keys.issue(office.leader.name), keys.issue("CA lạ"))
    table.bring("nop-chu-ky", forged)  # the right name, but nobody vouches for it
    assert writers.status(table.id) is S.APPROVED

    table.bring("nop-chu-ky", answered(asked, table.signer, table.root))
    assert writers.status(table.id) is S.SIGNED
    [one] = verdict.read(pdf_of(table.id), [table.root.der])
    assert (one.signer, one.ok) == (office.leader.name, True)


def test_what_was_brought_outlives_a_worker_that_dies(
    table: Table, writers: Writers, tmp_path: Path
) -> None:
    table.send("nop-ban-da-ky", table.sign(pdf_of(table.id), table.signer, tmp_path))
    with transaction() as session:
        claim = jobs.claim_job(session)  # by a worker that is killed now
        assert claim is not None
        assert claim.kind is WorkKind.ACCEPT
        session.get_one(OutgoingJob, claim.job_id).leased_until = now() - timedelta(seconds=1)
    assert not issuing.run_next(table.running)
    chores.release_leases()
    assert issuing.run_next(table.running)
    assert (writers.status(table.id), failed(table.id)) == (S.SIGNED, [])


def test_a_signature_brought_after_the_document_went_back_counts_no_more(
    table: Table, office: Office, writers: Writers, tmp_path: Path
) -> None:
    table.send("nop-ban-da-ky", table.sign(pdf_of(table.id), table.signer, tmp_path))
    with transaction() as session:
        services.return_approved(session, office.leader, document_id=table.id, comment="Sửa mục 2")
    issuing.run_next(table.running)
    assert writers.status(table.id) is S.DRAFT
