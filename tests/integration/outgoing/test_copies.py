"""Sao y, sao lục, trích sao: a marked derivative beside an original that nobody touches."""

from __future__ import annotations

import io
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask

from app.clock import now
from app.db import reading, transaction
from app.errors import RuleViolated
from app.files.models import FileRole, StoredFile
from app.files.services import record_file
from app.files.store import current_store
from app.incoming.models import IncomingDocument
from app.incoming.quarantine import current_quarantine
from app.organisation.models import Post
from app.outgoing import chores
from app.outgoing.models import CertifiedCopy, CopyKind, CopyWanted
from app.outgoing.papers.layout import to_pdf
from app.outgoing.services import CopyOrder, copy_work, make_copy, scans
from app.outgoing.services.leases import LeaseLost
from app.registers.models import RegisterEntry
from app.security import SYSTEM
from app.web.shell import settings
from tests.factories import Office
from tests.integration.incoming.conftest import Desk
from tests.integration.incoming.pages import browser, page
from tests.integration.outgoing.conftest import Writers
from tests.integration.outgoing.test_views import address
from tests.unit.outgoing.papers.examples import LETTER
from workflows import copying
from workflows.runtime import Runtime

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def typed(office: Office, **values: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "sao-copy_kind": "copy_true", "sao-issuing_body_id": office.committee_id,
        "sao-medium": "electronic", "sao-signer_post_id": office.leader.post_id,
        "sao-copies": "2", "sao-for_whom": "Sở Nội vụ",
    }  # fmt: skip
    return plain | {f"sao-{name}": value for name, value in values.items()}


def texts(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [one.get_textpage().get_text_bounded() for one in document]


def make_next(app: Flask) -> bool:
    """What the worker does with the order that waits longest."""
    return copying.run_next(Runtime(settings(app), current_store(), current_quarantine()))


def newest() -> CertifiedCopy:
    with reading() as session:
        return session.scalars(sa.select(CertifiedCopy).order_by(CertifiedCopy.id.desc())).first()  # type: ignore[return-value]


def test_a_document_of_ours_is_copied_with_the_mark_and_stays_as_it_is(
    app: Flask, office: Office, writers: Writers
) -> None:
    document_id = writers.issued()
    letter = to_pdf(LETTER)
    blob = current_store().put(io.BytesIO(letter))
    with transaction() as session:
        scans.attach_scan(session, SYSTEM, document_id=document_id, blob=blob, pages=1)
    client, where = browser(app, office.clerk), f"/van-ban-di/sao/outgoing/{document_id}"
    assert where in page(client, address(document_id))

    assert client.post(where, data=typed(office)).status_code == 302
    assert "Đang làm: Sao y" in page(client, where)
    assert make_next(app)
    assert "Đang làm" not in page(client, where)

    got = client.get(f"/van-ban-di/sao/tep/{newest().token}.pdf")
    assert "SAO Y" in texts(got.data)[0]
    assert current_store().path(blob.sha256).read_bytes() == letter
    assert "/AcroForm" not in pikepdf.open(io.BytesIO(got.data)).Root
    assert "01/SY-UBND" in page(client, address(document_id))
    assert browser(app, office.specialist2).get(got.request.path).status_code == 404


def test_a_letter_is_copied_in_part_for_printing(
    app: Flask, office: Office, desk: Desk, writers: Writers
) -> None:
    letter_id = desk.register()
    blob = current_store().put(io.BytesIO(to_pdf(LETTER)))
    with transaction() as session:
        letter = session.get_one(IncomingDocument, letter_id)
        letter.main_file_id = record_file(
            session, SYSTEM, blob, name="den.pdf", media_type="application/pdf",
            role=FileRole.MAIN, kind="incoming", thing_id=letter_id,
        ).id  # fmt: skip
    client, where = browser(app, office.clerk), f"/van-ban-di/sao/incoming/{letter_id}"
    assert "phần được trích" in client.post(
        where, data=typed(office, copy_kind="copy_extract")
    ).get_data(as_text=True)
    wrong = client.post(where, data=typed(office, pages="1,x"))
    assert wrong.status_code == 422

    client.post(
        where, data=typed(office, copy_kind="copy_extract", part="Mục 1", pages="1", medium="paper")
    )

    assert make_next(app)
    copy = newest()
    pdf = client.get(f"/van-ban-di/sao/tep/{copy.token}.pdf").data
    words = "\n".join(texts(pdf))
    assert "TRÍCH SAO" in words
    assert f"Số: 01/{copy.code_notation}" in words
    with reading() as session:
        file = session.get_one(StoredFile, copy.file_id)
        assert file.derived_from_id is not None


def test_a_document_without_a_file_gets_its_number_and_a_warning(
    app: Flask, office: Office, writers: Writers
) -> None:
    where = f"/van-ban-di/sao/outgoing/{writers.issued()}"
    answer = browser(app, office.clerk).post(where, data=typed(office), follow_redirects=True)
    assert "Văn bản chưa có tệp để sao" in answer.get_data(as_text=True)
    assert newest().file_id is None


def test_a_copy_that_cannot_be_made_uses_no_number_up(
    app: Flask, office: Office, writers: Writers
) -> None:
    document_id = writers.issued()
    blob = current_store().put(io.BytesIO(to_pdf(LETTER)))
    with transaction() as session:
        scans.attach_scan(session, SYSTEM, document_id=document_id, blob=blob, pages=1)
        unit = session.get_one(Post, office.specialist.post_id)
        taken = sa.select(sa.func.count(RegisterEntry.id))
        before = session.scalar(taken)
    client, where = browser(app, office.clerk), f"/van-ban-di/sao/outgoing/{document_id}"

    assert client.post(where, data=typed(office, pages="9")).status_code == 302
    assert make_next(app)
    said = page(client, where)
    assert "Hãy chọn trang từ 1 đến" in said
    assert "Chưa cấp số." in said
    with transaction() as session, pytest.raises(RuleViolated, match="chưa được giao ký"):
        order = CopyOrder(
            kind="outgoing", thing_id=document_id, copy_kind=CopyKind.TRUE_COPY,
            issuing_body_id=office.committee_id, signer_post_id=unit.id,
        )  # fmt: skip
        make_copy(session, office.clerk, order)

    with reading() as session:
        assert session.scalar(taken) == before
        assert session.scalar(sa.select(sa.func.count(CertifiedCopy.id))) == 0
    assert client.post(where, data=typed(office, pages="1")).status_code == 302
    assert make_next(app)
    assert newest().full_code == "01/SY-UBND"


def test_a_copy_whose_worker_died_after_the_number_keeps_that_number(
    app: Flask, office: Office, writers: Writers
) -> None:
    document_id = writers.issued()
    blob = current_store().put(io.BytesIO(to_pdf(LETTER)))
    with transaction() as session:
        scans.attach_scan(session, SYSTEM, document_id=document_id, blob=blob, pages=1)
    where = f"/van-ban-di/sao/outgoing/{document_id}"
    browser(app, office.clerk).post(where, data=typed(office))
    with transaction() as session:
        claim = copy_work.claim_copy(session)
        assert claim is not None
        copy_work.number_copy(session, claim)  # the worker is killed now
        session.get_one(CopyWanted, claim.wanted_id).leased_until = now() - timedelta(seconds=1)
    assert not make_next(app)
    assert chores.release_leases() == 1

    assert make_next(app)
    assert not make_next(app)
    with reading() as session:
        [copy] = session.scalars(sa.select(CertifiedCopy)).all()
    assert (copy.full_code, copy.file_id is not None) == ("01/SY-UBND", True)
    with transaction() as session, pytest.raises(LeaseLost):
        copy_work.refuse_copy(session, claim, "muộn")
