"""The one door for bytes: page, API, command and watched folder all come in here.

Row first, then bytes, then the row says they are all there. Each step is its own transaction, so
a process may die between any two: `recover` goes on from what the ledger says.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

from app.clock import now
from app.db import reading, transaction
from app.files.store import StoredBlob, TooBig, current_store
from app.incoming.models import IntakeItem, IntakeSource, IntakeState, JobKind
from app.incoming.purging import carry_out
from app.incoming.quarantine import current_quarantine
from app.incoming.queries import ledger
from app.incoming.services import grouping, intake, jobs, secrecy
from app.incoming.services.intake import Arrival
from app.incoming.services.secrecy import Purge
from app.security import SYSTEM, Actor
from ocr import SNIFF_BYTES, sniff, split

UNFINISHED_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file that came in. `sentence` says why it was refused or found double."""

    intake_id: int
    token: str
    letter_id: int | None
    state: IntakeState
    sentence: str | None


def take_in(actor: Actor, source: BinaryIO, arrival: Arrival, *, limit: int) -> Taken:
    """Receive one file of at most `limit` bytes. When this returns, it cannot be lost any more.

    Call it outside any block. A file that is too big, empty, of no known type or double is an
    answer, not an error.
    """
    with transaction("incoming.receive") as session:
        intake_id = intake.receive(session, actor, arrival).id
    return take_bytes(actor, intake_id, source, limit=limit)


def take_bytes(actor: Actor, intake_id: int, source: BinaryIO, *, limit: int) -> Taken:
    """Receive the bytes of a row that is in the ledger already."""
    quarantine = current_quarantine()
    try:
        blob = quarantine.receive(intake_id, source, limit=limit)
    except TooBig as error:
        with transaction("incoming.reject") as session:
            item = intake.reject_intake(
                session, actor, intake_id=intake_id, code="too_big", reason=error.user_message
            )
            taken = _taken(item)
        quarantine.purge(intake_id)
        return taken
    return settle(actor, intake_id, blob)


def settle(actor: Actor, intake_id: int, blob: StoredBlob) -> Taken:
    """All bytes lie in quarantine: say so. A worker looks into what is kept without being read,
    too, before it is stored: that may take seconds, and somebody waits for this answer."""
    quarantine = current_quarantine()
    file_type = sniff(quarantine.head(intake_id, SNIFF_BYTES))
    with transaction("incoming.arrived") as session:
        item = intake.arrived(session, actor, intake_id=intake_id, blob=blob, file_type=file_type)
        if item.state is IntakeState.QUARANTINED and not file_type.readable:
            jobs.enqueue(session, item, JobKind.READ)
        taken = _taken(item)
    if item.settled:
        quarantine.purge(intake_id)
    return taken


def split_by_pages(
    actor: Actor, intake_id: int, groups: Sequence[Sequence[int]], *, limit: int
) -> list[Taken]:
    """Cut one scan into several letters: one a group of page numbers, in the order given.

    One group reorders the pages. The parts come in like any other file, so page 1 of each is
    judged for itself; the scan stays in the store and in the ledger. Repeated after a crash it
    gives up the parts of the first attempt.

    Raises:
        InvalidInput: a page is named twice or is none of the scan's.
        RuleViolated: the letter is registered, or the scan has not been stored.
        FileRefused: the reader cannot cut the file.
    """
    store = current_store()
    with reading() as session:
        scan = grouping.scan_to_split(session, actor, intake_id=intake_id, groups=groups)
    with transaction("incoming.split_again") as session:
        for part_id in grouping.open_parts(session, intake_id):
            intake.reject_intake(
                session, actor, intake_id=part_id, code="split", reason="Lần tách trước chưa xong."
            )
    taken: list[Taken] = []
    with tempfile.TemporaryDirectory(prefix="split-") as folder:
        parts = split(store.path(scan.sha256), [list(group) for group in groups], folder)
        for pages, part in zip(groups, parts, strict=True):
            name = f"{scan.stem} (trang {pages_label(pages)}).pdf"
            arrival = Arrival(name, IntakeSource.MANUAL, split_from_id=intake_id)
            with part.open("rb") as source:
                taken.append(take_in(actor, source, arrival, limit=limit))
    with transaction("incoming.settle_split") as session:
        grouping.settle_split(session, actor, intake_id=intake_id, parts=len(taken))
    return taken


def pages_label(pages: Sequence[int]) -> str:
    """1-3, or 1,3,2."""
    if len(pages) > 1 and list(pages) == list(range(pages[0], pages[-1] + 1)):
        return f"{pages[0]}-{pages[-1]}"
    return ",".join(str(page) for page in pages)


def recover() -> int:
    """Finish or give up what a process left behind when it died. Returns how many rows.

    Bytes that lie complete in quarantine are settled only if the row says so: a row that does not
    may have half a file, and its sender got no answer and sends again.
    """
    moment = now() - UNFINISHED_AFTER
    quarantine = current_quarantine()
    with reading() as session:
        half = [item.id for item in ledger.unfinished(session, moment)]
        whole = ledger.unstored(session, now() - timedelta(minutes=1))
    for intake_id in half:
        with transaction("incoming.unfinished") as session:
            intake.give_up_unfinished(session, SYSTEM, intake_id=intake_id)
        quarantine.purge(intake_id)
    for intake_id in whole:
        with transaction("incoming.judge") as session:
            jobs.enqueue(session, ledger.get_intake(session, intake_id), JobKind.READ)
    return len(half) + len(whole)


def confirm_secret(actor: Actor, intake_id: int) -> Purge:
    """Purge a file as secret: rows, bytes, sources, index and log. Says what to wipe by hand."""
    with transaction("incoming.confirm_secret") as session:
        purge = secrecy.confirm_secret(session, actor, intake_id=intake_id)
    carry_out(purge, current_store(), current_quarantine())
    return purge


def _taken(item: IntakeItem) -> Taken:
    sentence = item.reject_reason
    if item.state is IntakeState.DUPLICATE:
        sentence = "Tệp này đã có trong hệ thống, không lưu lần nữa."
    return Taken(item.id, item.token, item.letter_id, item.state, sentence)
