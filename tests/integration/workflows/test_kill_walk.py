"""`kill -9` at every step of intake and reading: nothing lost, nothing double, nothing stuck.

Each step runs in a process of its own that kills itself with SIGKILL where the step begins; then
the others go on with what it left behind.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from importlib import import_module

import pytest
import sqlalchemy as sa
from PIL import Image, ImageDraw, ImageFont

from app import clock, db, relay
from app.db import reading
from app.files.models import Blob, FileRole, StoredFile
from app.files.store import current_store
from app.incoming import chores, entry
from app.incoming.models import (
    IncomingDocument,
    IntakeItem,
    IntakeSource,
    IntakeState,
    JobState,
    LetterFile,
    PageText,
    ReadingJob,
)
from app.incoming.quarantine import current_quarantine
from app.incoming.services import Arrival, jobs
from app.outbox import OutboxDelivery
from app.relay import HandlerConsumer
from app.security import SYSTEM
from config.settings import Settings
from ocr import sandbox
from tests.factories import Office
from workflows import reading as readings
from workflows.runtime import Runtime

LATER = jobs.LEASE + timedelta(seconds=1)


def killed_at(settings: Settings, where: str, step: Callable[[], object]) -> None:
    """Run `step` in another process that dies by SIGKILL when it comes to `where`."""
    db.dispose()  # a connection belongs to one process

    def run() -> None:
        db.configure(settings.database_url)
        sandbox._server = type(sandbox._server)()  # the parent's cannot be shared
        module, _, name = where.partition(":")
        owner: object = import_module(module)
        *path, last = name.split(".")
        for part in path:
            owner = getattr(owner, part)
        setattr(owner, last, lambda *_a, **_k: os.kill(os.getpid(), signal.SIGKILL))
        step()

    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    child.join(timeout=60)
    assert child.exitcode == -signal.SIGKILL, f"the process did not come to {where}"


@cache
def scan() -> bytes:
    """A page as a scanner gives it, with little on it: a searchable copy of it has to be made."""
    page = Image.new("L", (827, 1169), 255)
    ImageDraw.Draw(page).text((120, 300), "UBND 145", font=ImageFont.load_default(48), fill=0)
    found = io.BytesIO()
    page.save(found, "PNG", dpi=(100, 100))
    return found.getvalue()


def upload() -> entry.Taken:
    arrival = Arrival("mot-trang.png", IntakeSource.UPLOAD)
    return entry.take_in(SYSTEM, io.BytesIO(scan()), arrival, limit=10**8)


def work_to_the_end(running: Runtime) -> None:
    while readings.run_next(running):
        pass


def must_be_whole() -> None:
    """One letter, one original with its text, one searchable copy; nothing is left over."""
    with reading() as session:
        [item] = session.scalars(sa.select(IntakeItem).where(IntakeItem.state == IntakeState.READ))
        assert session.scalars(sa.select(IncomingDocument.id)).all() == [item.letter_id]
        assert session.scalars(sa.select(LetterFile.intake_id)).all() == [item.id]
        roles = session.scalars(sa.select(StoredFile.role).order_by(StoredFile.id)).all()
        assert roles == [FileRole.MAIN, FileRole.SEARCHABLE]
        pages = session.scalars(sa.select(PageText.number)).all()
        assert pages == list(range(1, (item.pages or 0) + 1))
        states = set(session.scalars(sa.select(ReadingJob.state)))
        assert states <= {JobState.DONE, JobState.FAILED}
        hashes = set(session.scalars(sa.select(Blob.sha256)))
    store, quarantine = current_store(), current_quarantine()
    assert hashes <= set(store.all())
    assert list(quarantine.ids()) == []


@pytest.mark.parametrize(
    "where",
    [
        "app.incoming.entry:take_bytes",  # the row is there, no byte has come
        "app.incoming.entry:settle",  # all bytes lie in quarantine, the row does not know
        "app.incoming.services.jobs:enqueue",  # in the transaction that says so
    ],
)
def test_web_killed_while_a_file_arrives(
    settings: Settings, running: Runtime, staffed: Office, where: str
) -> None:
    killed_at(settings, where, upload)
    with reading() as session:
        [lost] = session.scalars(sa.select(IntakeItem))
        assert lost.state is IntakeState.RECEIVED  # the row from the first byte

    with clock.frozen(clock.now() + entry.UNFINISHED_AFTER * 2):
        chores.keep_up()
    upload()  # the sender had no answer
    work_to_the_end(running)

    must_be_whole()
    with reading() as session:
        assert session.get_one(IntakeItem, lost.id).reject_code == "unfinished"


@pytest.mark.parametrize(
    "where",
    [
        "workflows.reading:check_first_page",  # claimed, page 1 not judged
        "app.incoming.services.reading:pass_quarantine",  # in the store, without a row
        "app.incoming.quarantine:Quarantine.purge",  # stored, the quarantine folder left
        "workflows.reading:read_file",  # page 1 read, the others not
        "app.incoming.services.reading:finish_reading",  # all read, nothing written
    ],
)
def test_a_worker_killed_while_it_reads(
    settings: Settings, running: Runtime, staffed: Office, where: str
) -> None:
    upload()
    killed_at(settings, where, lambda: readings.run_next(running))
    assert not readings.run_next(running)  # its lease still holds

    with clock.frozen(clock.now() + LATER):
        chores.release_leases()
        work_to_the_end(running)
        chores.keep_up()

    must_be_whole()
    with reading() as session:
        assert session.scalars(sa.select(ReadingJob.attempts).order_by(ReadingJob.id)).all() == [
            2, 1,
        ]  # fmt: skip


@pytest.mark.parametrize(
    "where",
    ["workflows.reading:derive_searchable", "app.incoming.services.reading:finish_derivative"],
)
def test_a_worker_killed_while_it_makes_the_searchable_copy(
    settings: Settings, running: Runtime, staffed: Office, where: str
) -> None:
    upload()
    assert readings.run_next(running)
    killed_at(settings, where, lambda: readings.run_next(running))

    with clock.frozen(clock.now() + LATER):
        chores.release_leases()
        work_to_the_end(running)

    must_be_whole()


def test_a_relay_killed_after_it_handed_a_job_over_hands_it_over_again(
    settings: Settings, running: Runtime, staffed: Office
) -> None:
    consumer = HandlerConsumer("jobs", lease=timedelta(seconds=60))
    consumer.on("incoming.reading_wanted", lambda payload: work_to_the_end(running))
    upload()
    killed_at(settings, "app.outbox:settle", lambda: relay.deliver_once(consumer))
    must_be_whole()

    with clock.frozen(clock.now() + timedelta(seconds=61)):
        while relay.deliver_once(consumer):
            pass

    must_be_whole()  # the second hand-over found nothing left to do
    with reading() as session:
        open_ones = sa.select(OutboxDelivery.id).where(
            OutboxDelivery.consumer == "jobs", OutboxDelivery.done_at.is_(None)
        )
        assert session.scalars(open_ones).all() == []
