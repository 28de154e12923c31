"""The worker on real scans: from the upload to the form, secrets, false hits, cutting by pages."""

from __future__ import annotations

import io
import subprocess
import threading
import time
from pathlib import Path

import docx
import pytest
import sqlalchemy as sa

import app.demo
from app import clock
from app.db import reading, transaction
from app.demo.make_samples import SENTINEL
from app.errors import InvalidInput, RuleViolated
from app.files.models import FileRole, StoredFile
from app.incoming import entry, queries, services
from app.incoming.models import (
    HeldReason,
    IncomingDocument,
    IntakeItem,
    IntakeSource,
    IntakeState,
    JobState,
    PageText,
    ReadingJob,
)
from app.incoming.services import grouping
from app.outbox import OutboxEvent, ThingProgressed
from tests.factories import Office
from workflows import reading as readings
from workflows import worker
from workflows.runtime import Runtime

# Reading a real scan costs seconds. The SQL of its steps runs on both kinds in test_kill_walk.py
# and in tests/integration/incoming.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SAMPLES = Path(app.demo.__file__).parent / "samples"
LIMIT = 10**8


def upload(office: Office, name: str) -> entry.Taken:
    with (SAMPLES / name).open("rb") as source:
        arrival = services.Arrival(name, IntakeSource.UPLOAD)
        return entry.take_in(office.clerk, source, arrival, limit=LIMIT)


def work(running: Runtime) -> None:
    while readings.run_next(running):
        pass


def item_of(taken: entry.Taken) -> IntakeItem:
    with reading() as session:
        return session.get_one(IntakeItem, taken.intake_id)


def traces(running: Runtime) -> list[str]:
    return subprocess.run(
        ["grep", "-rlaF", SENTINEL, str(running.settings.var_dir)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()


def test_a_scan_becomes_a_form_page_by_page(running: Runtime, staffed: Office) -> None:
    taken = upload(staffed, "02-bao-cao-hai-trang.pdf")
    work(running)

    with reading() as session:
        letter = session.get_one(IncomingDocument, taken.letter_id)
        form = queries.proposed_form(session, letter)
        assert form.value("document_type") == "report"
        assert form.value("code_number")
        assert form.fields["code_number"].box is not None
        assert item_of(taken).pages == 2
        told = session.scalars(
            sa.select(OutboxEvent.payload).where(OutboxEvent.name == ThingProgressed.name)
        ).all()
        roles = session.scalars(sa.select(StoredFile.role).order_by(StoredFile.id)).all()
    assert [(one["done"], one["total"]) for one in told] == [(1, 2), (2, 2)]
    assert roles == [FileRole.MAIN, FileRole.SEARCHABLE]


def test_the_marked_sample_is_held_confirmed_and_leaves_no_word(
    running: Runtime, staffed: Office
) -> None:
    taken = upload(staffed, "08-mat.pdf")
    work(running)
    item = item_of(taken)
    assert (item.held_reason, item.held_word) == (HeldReason.CERTAIN, "MẬT")
    assert running.quarantine.crop(taken.intake_id).startswith(b"\x89PNG")
    with reading() as session:
        assert session.scalars(sa.select(PageText.id)).all() == []

    entry.confirm_secret(staffed.clerk, taken.intake_id)

    assert traces(running) == []
    scratch = running.settings.var_dir / "scratch"
    assert not [path for path in scratch.rglob("*") if path.is_file()]
    assert list(running.store.all()) == []


def test_a_false_hit_is_released_read_and_loses_nothing(running: Runtime, staffed: Office) -> None:
    taken = upload(staffed, "08-mat.pdf")
    work(running)
    with transaction() as session:
        services.release(session, staffed.clerk, intake_id=taken.intake_id, reason="Mẫu tập huấn")
    work(running)

    item = item_of(taken)
    assert item.state is IntakeState.READ
    assert item.sha256 is not None
    assert running.store.path(item.sha256).read_bytes() == (SAMPLES / "08-mat.pdf").read_bytes()


def test_an_attachment_with_a_mark_holds_its_letter_until_a_person_decides(
    running: Runtime, staffed: Office
) -> None:
    clerk, out = staffed.clerk, io.BytesIO()
    document = docx.Document()
    document.add_paragraph("MẬT")
    document.save(out)
    main = upload(staffed, "01-cong-van.pdf")
    arrival = services.Arrival("Phụ lục.docx", IntakeSource.UPLOAD, letter_id=main.letter_id)
    taken = entry.take_in(clerk, io.BytesIO(out.getvalue()), arrival, limit=LIMIT)
    assert taken.state is IntakeState.QUARANTINED
    work(running)

    item = item_of(taken)
    assert (item.held_reason, item.held_word, item.held_until) == (HeldReason.POSSIBLE, "MẬT", None)
    assert not item.has_crop
    data = services.RegistrationData(
        issuing_body_id=staffed.committee_id, subject_summary="Gửi phụ lục", organ_name="Sở Y tế"
    )
    assert main.letter_id is not None
    with transaction() as session, pytest.raises(RuleViolated, match="giữ lại"):
        services.register_letter(session, clerk, letter_id=main.letter_id, data=data)
    with transaction() as session:
        services.release(session, clerk, intake_id=taken.intake_id, reason="Tên cột của biểu mẫu")
    work(running)

    item = item_of(taken)
    assert item.state is IntakeState.REVIEW
    assert item.sha256 is not None
    assert running.store.path(item.sha256).read_bytes() == out.getvalue()
    assert list(running.quarantine.ids()) == []


def test_an_attachment_nobody_can_look_into_waits_for_a_person(
    running: Runtime, staffed: Office
) -> None:
    arrival = services.Arrival("Phụ lục.zip", IntakeSource.UPLOAD)
    taken = entry.take_in(staffed.clerk, io.BytesIO(b"PK\x03\x04x"), arrival, limit=LIMIT)
    work(running)

    assert (item_of(taken).held_reason, item_of(taken).held_word) == (HeldReason.POSSIBLE, None)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.7\nbroken", "broken"), (b"\xff\xd8\xff\xe0 no picture", "broken")],
)
def test_a_broken_file_gets_a_sentence(
    running: Runtime, staffed: Office, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    with path.open("rb") as source:
        taken = entry.take_in(
            staffed.clerk, source, services.Arrival("a.pdf", IntakeSource.UPLOAD), limit=LIMIT
        )
    work(running)

    item = item_of(taken)
    assert (item.state, item.reject_code) == (IntakeState.REJECTED, code)
    assert item.reject_reason
    assert list(running.quarantine.ids()) == []


def test_one_scan_is_cut_into_two_letters(running: Runtime, staffed: Office) -> None:
    taken = upload(staffed, "02-bao-cao-hai-trang.pdf")
    work(running)
    wrongs: list[list[list[int]]] = [[[1, 1]], [[3]], [[]], []]
    for wrong in wrongs:
        with pytest.raises(InvalidInput):
            entry.split_by_pages(staffed.clerk, taken.intake_id, wrong, limit=LIMIT)

    parts = entry.split_by_pages(staffed.clerk, taken.intake_id, [[1], [2]], limit=LIMIT)
    work(running)

    assert [item_of(part).state for part in parts] == [IntakeState.READ, IntakeState.READ]
    assert [item_of(part).pages for part in parts] == [1, 1]
    assert len({part.letter_id for part in parts}) == 2
    assert item_of(taken).reject_code == "split"
    with reading() as session:
        assert session.get(IncomingDocument, taken.letter_id) is None


def test_a_cut_that_died_half_way_is_done_again_without_doubles(
    running: Runtime, staffed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = upload(staffed, "02-bao-cao-hai-trang.pdf")
    work(running)
    with monkeypatch.context() as dying:

        def die(*_args: object, **_kwargs: object) -> None:
            raise KeyboardInterrupt

        dying.setattr(grouping, "settle_split", die)
        with pytest.raises(KeyboardInterrupt):
            entry.split_by_pages(staffed.clerk, taken.intake_id, [[1], [2]], limit=LIMIT)

    entry.split_by_pages(staffed.clerk, taken.intake_id, [[2, 1]], limit=LIMIT)
    work(running)

    with reading() as session:
        states = session.scalars(sa.select(IntakeItem.state).order_by(IntakeItem.id)).all()
    assert states.count(IntakeState.READ) == 1
    assert states.count(IntakeState.REJECTED) == 3  # the scan, and two parts of the first try


def test_a_worker_without_prefect_starts_within_a_second(running: Runtime, staffed: Office) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=worker.poll, args=(running, stop))
    thread.start()
    try:
        taken = upload(staffed, "11-thong-bao-dien-tu.pdf")
        ends = time.monotonic() + 120
        while item_of(taken).state is not IntakeState.READ and time.monotonic() < ends:
            time.sleep(0.1)
    finally:
        stop.set()
        thread.join(timeout=60)
    with reading() as session:
        first = session.scalars(sa.select(ReadingJob).order_by(ReadingJob.id)).first()
    assert first is not None
    assert first.state is JobState.DONE
    assert first.started_at is not None
    waited = (first.started_at - first.created_at).total_seconds()
    assert waited < 5  # the benchmark measures; here only that nothing else wakes it
    assert first.created_at <= clock.now()
