"""Looking into the mailbox. A mail is marked read only after all of it has been committed.

A process may die anywhere: the mail is still unread, its row says how far it came, and the next
look goes on from there.
"""

from __future__ import annotations

import hashlib
import imaplib
import io
import logging
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import audit
from app.clock import now
from app.db import reading, transaction
from app.errors import AppError
from app.exchange import entry, permissions
from app.exchange.folders import current_folders
from app.exchange.mail import taking
from app.exchange.mail.imap import Box
from app.exchange.mail.taking import Coming, Place
from app.exchange.models import ArrivalState, Mailbox
from app.files.store import StoredBlob
from app.incoming import entry as incoming
from app.security import SYSTEM, Actor, authorize
from config.settings import MailboxSettings
from ocr import FileRefused, sandbox
from ocr.types import Limits

log = logging.getLogger(__name__)

READ = "app.exchange.mail.read:read_file"
PAUSE = timedelta(minutes=2)
MOST_AT_ONCE, MOST_MARKED = 50, 500
ENCODING_GROWTH = 2  # a mail is larger than its attachments by a third, and has several
TOO_BIG = "Thư lớn hơn giới hạn cho phép."
BROKEN = "Thư bị hỏng hoặc quá phức tạp, không đọc được."
UNFORESEEN = "Không đọc được thư này; quản trị hệ thống xem nhật ký."


def ask(actor: Actor, box: MailboxSettings) -> None:
    """“Lấy thư ngay”: the relay looks at its next turn; nobody waits for it."""
    actor = authorize(actor, permissions.HANDLE)
    with transaction("mailbox.ask") as session:
        row = session.get(Mailbox, box.name)
        if row is None:
            row = Mailbox(name=box.name)
            session.add(row)
        row.asked_at = now()
        audit.record(session, actor, "mailbox.asked", 0)


def poll_when_due(box: MailboxSettings | None, *, limit: int) -> int:
    """Look into the mailbox if its time has come or somebody asked. Returns how many came.

    Failures are noted for the page, never raised: the next look may succeed.
    """
    if box is None or not _claim(box.name):
        return 0
    error = ""
    taken = 0
    try:
        taken = poll(box, limit=limit)
    except (OSError, imaplib.IMAP4.error, AppError) as failure:
        error = f"{type(failure).__name__}: {failure}"[:300]
        log.warning("mailbox: %s", type(failure).__name__)
    with transaction("mailbox.polled") as session:
        row = session.get_one(Mailbox, box.name)
        row.error = error
        if not error:
            row.succeeded_at = now()
    return taken


def _claim(name: str) -> bool:
    """Whether it is time; whoever claims it first looks."""
    with transaction("mailbox.claim") as session:
        row = session.get(Mailbox, name, with_for_update=True)
        if row is None:
            row = Mailbox(name=name)
            session.add(row)
        asked = row.asked_at is not None and (row.polled_at is None or row.asked_at > row.polled_at)
        due = row.polled_at is None or row.polled_at < now() - PAUSE
        if asked or due:
            row.polled_at = now()
        return asked or due


def poll(box: MailboxSettings, *, limit: int) -> int:
    """Take in what is new, attachments of at most `limit` bytes each. Returns how many mails.

    Raises:
        OSError: the server is away.
        imaplib.IMAP4.error: it refuses the password, the folder or a command.
    """
    taken = 0
    with Box(box) as server:
        with reading() as session:
            first = taking.first_open_uid(session, box.name, server.uidvalidity)
        unread, coming = server.unread_before(first)[:MOST_MARKED], server.uids(first)
        with reading() as session:
            done = taking.settled_uids(session, box.name, server.uidvalidity, first, unread)
        for uid in done.intersection(unread):  # a process took it in and died before this
            server.mark_read(uid)
        new = [uid for uid in (*unread, *coming) if uid not in done]
        for uid in new[:MOST_AT_ONCE]:
            place = Place(box.name, server.uidvalidity, uid)
            if _take_safely(server, place, limit, box):
                server.mark_read(uid)
                taken += 1
    return taken


def _take_safely(server: Box, place: Place, limit: int, box: MailboxSettings) -> bool:
    """As `_take`; what no rule foresaw refuses this mail and holds up no other."""
    try:
        return _take(server, place, limit, box)
    except (OSError, imaplib.IMAP4.error, sa.exc.OperationalError, sa.exc.TimeoutError):
        raise  # the server, the disk or the database is away: all mails wait
    except Exception:
        log.exception("mailbox: mail %s/%s", place.uidvalidity, place.uid)
        _refuse(place, 0, UNFORESEEN)
        return True


def _take(server: Box, place: Place, limit: int, box: MailboxSettings) -> bool:
    """Whether the mail is done with; False when it has gone from the server meanwhile."""
    size = server.size(place.uid)
    if size > limit * ENCODING_GROWTH:
        _refuse(place, size, TOO_BIG)
        return True
    content = server.fetch(place.uid)
    if content is None:
        return False
    work = current_folders().work()
    try:
        (work / "raw").write_bytes(content)
        blob = StoredBlob(hashlib.sha256(content).hexdigest(), len(content))
        try:
            message = _read(work, limit)
        except FileRefused as error:
            _refuse(place, size, TOO_BIG if error.code == "too_big" else BROKEN)
            return True
        _keep(place, blob, message, work, limit, speaks_for=box.speaks_for(message["sender"]))
        return True
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _refuse(place: Place, size: int, reason: str) -> None:
    with transaction("mailbox.refuse") as session:
        taking.refuse(session, place, size, reason)


def _read(work: Path, limit: int) -> dict[str, Any]:
    """Read the raw mail in the sandbox; its parts lie in `work` afterwards."""
    mib = limit * ENCODING_GROWTH // (1024 * 1024) + 1
    limits = Limits(wall_s=60, cpu_s=30, memory_mb=1024, file_mb=mib)

    def collect(folder: Path, answer: Any) -> dict[str, Any]:
        if not isinstance(answer, dict):
            raise FileRefused("crashed", "the child's answer is no mail")
        for one in answer["parts"]:
            sandbox.take(folder, one["path"], work / Path(one["path"]).name, max_bytes=limit)
        return answer

    args = {"path": str(work / "raw"), "limit": limit}
    message: dict[str, Any] = sandbox.run(READ, args, limits, collect=collect)
    return message


def _keep(
    place: Place,
    blob: StoredBlob,
    message: dict[str, Any],
    work: Path,
    limit: int,
    *,
    speaks_for: frozenset[str],
) -> None:
    with transaction("mailbox.receive") as session:
        row, coming = taking.open_mail(session, place, blob, message)
        arrival_id, is_open = row.id, row.state is ArrivalState.RECEIVED
    if not is_open:
        return
    packets, refused = dict[int, str](), list[str]()
    for one in coming:
        received = _take_part(one, work, limit, speaks_for)
        if received is None:
            continue
        if received.packet_token:
            packets[one.position] = received.packet_token
        if not received.ok:
            refused.append(f"{one.name}: {received.sentence}")
    with transaction("mailbox.settle") as session:
        taking.settle(session, arrival_id, " ".join(refused), packets)


def _take_part(
    one: Coming, work: Path, limit: int, speaks_for: frozenset[str]
) -> entry.Received | None:
    """Let one attachment in; what became of a packet or status, None for any other file.

    A packet says itself whom it comes from, so the mail's address must be allowed to bring it.
    """
    content = io.BytesIO((work / Path(one.path).name).read_bytes())
    if one.intake_id is not None:
        incoming.take_bytes(SYSTEM, one.intake_id, content, limit=limit)
        return None
    return entry.take_in(SYSTEM, content, one.name, limit=limit, speaks_for=speaks_for)
