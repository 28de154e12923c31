"""An office that writes: books for what goes out, letters to answer, drafts on their way."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import transaction
from app.files.store import current_store
from app.organisation.models import Unit
from app.outgoing import services
from app.outgoing.models import (
    Channel,
    DraftFormat,
    Medium,
    OutgoingDocument,
    OutgoingJob,
    OutgoingStatus,
    WorkKind,
    WorkState,
)
from app.outgoing.services import DraftData, NewVersion, RecipientData, jobs, results
from app.outgoing.services.issuing import note_sealed, note_signed
from app.registers import services as registers
from app.registers.models import Direction
from app.security import SYSTEM, Actor
from tests.factories import Office
from tests.integration.incoming.conftest import Desk, books

__all__ = ["books", "desk"]


@pytest.fixture
def desk(office: Office) -> Desk:
    """The clerk's desk, for letters to answer."""
    return Desk(office)


@dataclass(frozen=True, slots=True)
class Writers:
    """The acts of an office that writes; each in its own transaction, as views do them."""

    office: Office
    series_id: int

    def data(self, **values: Any) -> DraftData:
        """Data of a draft; all but what the test is about is filled in."""
        plain = DraftData(
            issuing_body_id=self.office.committee_id,
            document_type="official_letter",
            subject_summary="Về việc rà soát vị trí việc làm",
            addressees=["Sở Nội vụ"],
            signer_post_id=self.office.leader.post_id,
            recipients=[
                RecipientData(name="Sở Nội vụ", channel=Channel.EDXML),
                RecipientData(
                    name="Phòng Văn hóa", channel=Channel.INTERNAL, unit_id=self.office.culture
                ),
            ],
        )
        return replace(plain, **values)

    def draft(self, actor: Actor | None = None, **values: Any) -> int:
        """A draft without a version; its id."""
        with transaction() as session:
            made = services.start_draft(
                session, actor or self.office.specialist, self.data(**values)
            )
            return made.id

    def write(
        self, document_id: int, text: str = "Kính gửi", actor: Actor | None = None,
        *, checked: bool = True,
    ) -> int:  # fmt: skip
        """The next version, as a PDF, with the form checked; its number."""
        blob = current_store().put(io.BytesIO(b"%PDF-1.7\n" + text.encode()))
        new = NewVersion(format=DraftFormat.PDF, blob=blob, name="du-thao.pdf", text=text)
        with transaction() as session:
            version = services.add_version(
                session, actor or self.office.specialist, document_id=document_id, new=new
            )
            no = version.no
        if checked:
            self.check(document_id)
        return no

    def check(self, document_id: int, *findings: dict[str, str]) -> None:
        """What the worker writes down when it has checked the newest version."""
        with transaction() as session:
            rows = sa.select(OutgoingJob.id).filter_by(
                document_id=document_id, kind=WorkKind.CHECK, state=WorkState.QUEUED
            )
            claim = jobs.claim_job(session, job_id=session.scalars(rows).one())
            assert claim is not None
            results.finish_check(session, claim, findings, "", 1)

    def submit(self, document_id: int, signer: Actor | None = None, **values: str) -> None:
        post_id = (signer or self.office.leader).post_id
        assert post_id is not None
        with transaction() as session:
            services.submit_draft(
                session, self.office.specialist, document_id=document_id,
                signer_post_id=post_id, **values,
            )  # fmt: skip

    def approve(self, document_id: int, *actors: Actor) -> None:
        for actor in actors:
            with transaction() as session:
                services.approve(session, actor, document_id=document_id)

    def approved(self, **values: Any) -> int:
        """A document that went all the way to the signer's agreement."""
        document_id = self.draft(**values)
        self.write(document_id)
        self.submit(document_id)
        self.approve(document_id, self.office.head, self.office.chief, self.office.leader)
        return document_id

    def sealed(self, **values: Any) -> int:
        """A paper document with signature, number and seal."""
        document_id = self.approved(medium=Medium.PAPER, **values)
        with transaction() as session:
            services.number_document(session, self.office.clerk, document_id=document_id)
            services.seal_paper(session, self.office.clerk, document_id=document_id)
        return document_id

    def issued(self, **values: Any) -> int:
        document_id = self.sealed(**values)
        with transaction() as session:
            services.issue_document(session, self.office.clerk, document_id=document_id)
        return document_id

    def signed(self, document_id: int) -> None:
        """What the signing job writes down when the signature is in the file."""
        with transaction() as session:
            note_signed(session, SYSTEM, session.get_one(OutgoingDocument, document_id))

    def seal(self, document_id: int) -> None:
        with transaction() as session:
            note_sealed(session, SYSTEM, session.get_one(OutgoingDocument, document_id))

    def status(self, document_id: int) -> OutgoingStatus:
        with transaction() as session:
            return session.get_one(OutgoingDocument, document_id).status


@pytest.fixture
def writers(office: Office) -> Writers:
    with transaction() as session:
        session.get_one(Unit, office.economy).code = "KT"
        series = registers.create_series(
            session, office.chief, name="Sổ văn bản đi của UBND",
            direction=Direction.OUTGOING, issuing_body_id=office.committee_id,
        )  # fmt: skip
        return Writers(office, series.id)
