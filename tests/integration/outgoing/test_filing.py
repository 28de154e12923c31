"""Documents going out in case files."""

from __future__ import annotations

from flask import Flask

from app.casefiles.documents import facts_of
from app.db import reading
from app.outgoing.models import OutgoingDocument
from tests.factories import Office
from tests.integration.incoming.pages import browser, page
from tests.integration.outgoing.conftest import Writers


def test_an_issued_document_is_described_with_its_number_and_file(
    app: Flask, office: Office, writers: Writers
) -> None:
    document_id, draft_id = writers.issued(), writers.draft()
    with reading() as session:
        found = facts_of(session, [("outgoing", document_id), ("outgoing", draft_id)])
        token = session.get_one(OutgoingDocument, document_id).token
    facts = found["outgoing", document_id]
    assert (facts.full_code, facts.signer_name) == ("01/UBND-KT", office.leader.name)
    assert facts.to_places == "Sở Nội vụ; Phòng Văn hóa"
    assert [one.name for one in facts.files] == ["du-thao.pdf"]
    assert (found["outgoing", draft_id].full_code, found["outgoing", draft_id].files) == ("", ())
    client = browser(app, office.specialist)
    assert f"/dua-vao/outgoing/{document_id}" in page(client, f"/van-ban-di/{token}")
