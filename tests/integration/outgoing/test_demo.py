"""The documents that the demo office has written, from draft to issued."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import reading, transaction
from app.demo import office as demo_office
from app.demo import writing
from app.files.store import current_store
from app.incoming.quarantine import current_quarantine
from app.outgoing.models import DraftVersion, OutgoingDocument, OutgoingStatus
from app.registers.queries import all_series, proof
from app.web.shell import settings
from workflows import issuing
from workflows.runtime import Runtime


@pytest.fixture(autouse=True)
def books() -> None:
    """The demo office opens its own."""


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_the_demo_office_has_documents_at_every_desk(app: Flask) -> None:
    with transaction() as session:
        office = demo_office.build(session)

    running = Runtime(settings(app), current_store(), current_quarantine())
    assert writing.load(office, lambda: issuing.run_next(running)) == len(writing.DOCUMENTS)

    with reading() as session:
        found = Counter(d.status.value for d in session.scalars(sa.select(OutgoingDocument)))
        assert found == {
            "issued": 3, "numbered": 1, "leader_sign": 2, "format_check": 1, "unit_review": 1,
            "draft": 2,
        }  # fmt: skip
        numbered = session.scalars(
            sa.select(OutgoingDocument).where(OutgoingDocument.code_number.is_not(None))
        ).first()
        assert numbered is not None
        series = next(s for s in all_series(session) if s.name.startswith("Sổ văn bản đi của UBND"))
        year = numbered.code_year or 0
        assert proof(session, series.id, year).sentence == "1…4 đủ."
    with reading() as session:
        pages = sa.select(sa.func.count(DraftVersion.pdf_file_id))
        assert session.scalar(pages) == len(writing.DOCUMENTS)
        rows = sa.select(OutgoingDocument.status, DraftVersion.findings).join(
            DraftVersion, DraftVersion.document_id == OutgoingDocument.id
        )
        found_errors = [
            one["rule"]
            for status, findings in session.execute(rows)
            for one in findings
            if one["severity"] == "error" and status is not OutgoingStatus.DRAFT
        ]
        assert found_errors == []
