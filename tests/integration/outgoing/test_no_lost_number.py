"""Numbers under pressure: 32 writers at once, and a worker killed between number and signature."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from app.clock import frozen, now
from app.db import reading, transaction
from app.files.models import FileRole, StoredFile
from app.files.services import record_file
from app.files.store import current_store
from app.incoming.quarantine import current_quarantine
from app.outgoing import services
from app.outgoing.models import (
    DraftFormat,
    DraftVersion,
    OutgoingDocument,
    OutgoingJob,
    OutgoingStatus,
    PaperStage,
    Stage,
    WorkKind,
    WorkState,
)
from app.outgoing.papers import layout
from app.outgoing.services import jobs
from app.outgoing.services.facts import facts_of
from app.outgoing.services.issuing import record_stage
from app.outgoing.services.leases import LEASE
from app.outgoing.services.ordering import set_order
from app.outgoing.signing import fields, places, verdict
from app.registers.models import RegisterEntry
from app.registers.queries import proof
from app.web.shell import settings
from tests.factories import Office
from tests.integration.outgoing.conftest import Writers
from tests.integration.outgoing.test_workflow import approved, give_keys, pdf_of
from workflows import issuing
from workflows.runtime import Runtime

S = OutgoingStatus
ROOT = Path(__file__).parents[3]
WRITERS = 32
WORKER = """
from workflows import issuing, runtime
running = runtime.start()
while issuing.run_next(running):
    pass
"""


def running_of(app: Flask) -> Runtime:
    return Runtime(settings(app), current_store(), current_quarantine())


def waiting_for_numbers(writers: Writers, count: int) -> list[int]:
    """Signed letters with a real page, which all share, its fields made."""
    body = "<p>Ủy ban nhân dân phường Minh Họa trả lời như sau.</p>"
    with transaction() as session:
        ids, blob, ready = list[int](), None, None
        for _ in range(count):
            made = services.start_draft(session, writers.office.specialist, writers.data())
            if blob is None or ready is None:
                pdf = layout.to_pdf(facts_of(session, made, body_html=body))
                blob = current_store().put(io.BytesIO(pdf))
                with_fields = fields.prepare(pdf, places.find(pdf, writers.office.leader.name))
                ready = current_store().put(io.BytesIO(with_fields))
            file = record_file(
                session, writers.office.specialist, blob, name="van-ban.pdf",
                media_type="application/pdf", role=FileRole.MAIN, kind="outgoing",
                thing_id=made.id,
            )  # fmt: skip
            session.add(
                DraftVersion(
                    document_id=made.id, no=1, format=DraftFormat.PDF, file_id=file.id,
                    pdf_file_id=file.id, findings=[], author_post_id=made.drafter_post_id,
                )
            )  # fmt: skip
            made.status, made.signed_at, made.approved_no = S.SIGNED, now(), 1
            made.signer_name = writers.office.leader.name
            session.flush()
            record_stage(session, writers.office.specialist, made, Stage.PREPARED, ready)
            ids.append(made.id)
        return ids


def test_32_at_once_have_the_number_of_the_book_in_the_page(
    app: Flask, office: Office, writers: Writers
) -> None:
    ids, faults = waiting_for_numbers(writers, WRITERS), list[BaseException]()
    ready = threading.Barrier(WRITERS)

    def write(document_id: int) -> None:
        try:
            ready.wait()
            with transaction() as session:
                services.number_document(session, office.clerk, document_id=document_id)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(id_,)) for id_ in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    running = running_of(app)
    with reading() as session:
        stamps = sa.select(OutgoingJob.id).filter_by(kind=WorkKind.STAMP)
        work = session.scalars(stamps).all()
    assert len(work) == WRITERS
    for job_id in work[::4]:  # each takes a while; the order of the threads is anybody's
        with transaction() as session:
            claim = jobs.claim_job(session, job_id=job_id)
        assert claim is not None
        issuing.run(running, claim)

    with reading() as session:
        assert proof(session, writers.series_id, now().year).sentence == "1…32 đủ."
        rows = session.execute(
            sa.select(RegisterEntry.label, StoredFile.sha256)
            .join(PaperStage, PaperStage.document_id == RegisterEntry.thing_id)
            .join(StoredFile, StoredFile.id == PaperStage.file_id)
            .where(RegisterEntry.kind == "outgoing", PaperStage.stage == Stage.NUMBERED)
        ).all()
    assert len(rows) == WRITERS // 4
    for label, sha256 in rows:
        values = fields.read_values(Path(current_store().path(sha256)).read_bytes())
        assert values[fields.NUMBER].lstrip("0") == label


def killed_while_signing(app: Flask) -> None:
    """Start a real worker; kill it with the number in the page, while it waits for the authority
    of time, the signature half made."""
    of = settings(app)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(90)
        env = os.environ | {
            "DATABASE_URL": of.database_url, "VAR_DIR": str(of.var_dir), "PYTHONPATH": str(ROOT),
            "SECRET_KEY": of.secret_key, "AUDIT_KEY": of.audit_key,
            "TSA_URL": f"http://127.0.0.1:{silent.getsockname()[1]}/",
        }  # fmt: skip
        worker = subprocess.Popen([sys.executable, "-c", WORKER], env=env, cwd=ROOT)
        try:
            asked, _ = silent.accept()
        finally:
            os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(30) == -signal.SIGKILL
        asked.close()


def test_a_worker_killed_between_number_and_signature_loses_neither(
    app: Flask, office: Office, writers: Writers
) -> None:
    running = running_of(app)
    roots = give_keys(running, office)
    with transaction() as session:
        set_order(session, office.chief, issuing_body_id=office.committee_id, number_first=True)
    document_id = approved(writers, running)
    with transaction() as session:
        services.number_document(session, office.clerk, document_id=document_id)

    killed_while_signing(app)

    with reading() as session:
        document = session.get_one(OutgoingDocument, document_id)
        assert (document.status, document.code_number) == (S.NUMBERED, 1)
        job = session.scalars(sa.select(OutgoingJob).filter_by(kind=WorkKind.SIGN)).one()
        assert job.state is WorkState.RUNNING  # the dead one still holds it
    with frozen(now() + 2 * LEASE), transaction() as session:
        assert jobs.release_expired(session) == 1
    while issuing.run_next(running):
        pass

    assert writers.status(document_id) is S.SEALED
    pdf = pdf_of(document_id)
    assert fields.read_values(pdf)[fields.NUMBER] == "01"
    assert [one.ok for one in verdict.read(pdf, roots)] == [True, True]
    with reading() as session:
        assert proof(session, writers.series_id, now().year).sentence == "1…1 đủ."
