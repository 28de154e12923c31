"""A draft whose first page bears a mark of secrecy is held, shown to nobody, purged or released."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import reading, transaction
from app.errors import RuleViolated
from app.files.store import current_store
from app.incoming.quarantine import current_quarantine
from app.outgoing import services
from app.outgoing.models import DraftFormat, DraftVersion
from app.outgoing.services import NewVersion, held_versions, jobs
from app.web.shell import settings
from tests.factories import Office
from tests.integration.incoming.pages import SAMPLES, browser, page
from tests.integration.outgoing.conftest import Writers
from tests.integration.outgoing.test_views import address
from workflows import issuing
from workflows.runtime import Runtime

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MARKED = (SAMPLES / "08-mat.pdf").read_bytes()
HELD = "Bị giữ lại: trang 1 có dấu"


def hand_in(writers: Writers, document_id: int) -> str:
    """The marked file as the next version; its address as the author saw it before the check."""
    blob = current_store().put(io.BytesIO(MARKED))
    new = NewVersion(format=DraftFormat.PDF, blob=blob, name="du-thao.pdf", text="")
    with transaction() as session:
        services.add_version(session, writers.office.specialist, document_id=document_id, new=new)
    return blob.sha256


def version(document_id: int) -> DraftVersion:
    rows = sa.select(DraftVersion).filter_by(document_id=document_id)
    with reading() as session:
        return session.scalars(rows.order_by(DraftVersion.no.desc())).first()  # type: ignore[return-value]


def file_address(html: str) -> str:
    return str(re.findall(r"/van-ban-di/tep/[\w-]+", html)[0])


def test_a_marked_draft_is_held_released_by_the_clerk_or_purged_by_its_author(
    app: Flask, office: Office, writers: Writers
) -> None:
    running = Runtime(settings(app), current_store(), current_quarantine())
    document_id = writers.draft()
    sha256 = hand_in(writers, document_id)
    author, clerk, at = browser(app, office.specialist), browser(app, office.clerk), ""
    at = address(document_id)
    file = file_address(page(author, at))
    assert author.get(file).status_code == 200

    assert issuing.run_next(running)
    said = page(author, at)
    assert HELD in said
    assert "/van-ban-di/tep/" not in said
    assert author.get(file).status_code == 404
    assert (version(document_id).text, version(document_id).findings) == ("", None)
    with pytest.raises(RuleViolated, match="dấu chỉ độ mật"):
        writers.submit(document_id)
    assert "Không phải dấu mật, mở lại" not in said
    author.post(f"{at}/phien-ban/1/khong-mat", data={"reason": "tôi muốn"})
    assert version(document_id).is_held

    assert HELD in page(clerk, at)
    clerk.post(f"{at}/phien-ban/1/khong-mat", data={"reason": "Mẫu tập huấn"})
    assert issuing.run_next(running)  # checked as any other, not held again
    assert version(document_id).findings is not None
    assert author.get(file).status_code == 200

    hand_in(writers, document_id)
    with transaction() as session:  # what the worker writes down, without reading the page again
        claim = jobs.claim_job(session)
        assert claim is not None
        held_versions.hold_version(session, claim, "MẬT")
    author.post(f"{at}/phien-ban/2/mat")
    assert version(document_id).held == {"word": "MẬT", "purged": True}
    assert "Đã xóa: mang dấu" in page(author, at)
    assert current_store().path(sha256).is_file()  # the released version still needs the bytes
    assert "không bị giữ lại" in author.post(
        f"{at}/phien-ban/2/mat", follow_redirects=True
    ).get_data(as_text=True)
