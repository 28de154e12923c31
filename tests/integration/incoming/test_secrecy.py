"""Secret papers: held, shown to the clerk only, confirmed and purged, or released."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock, db
from app.audit import AuditLog
from app.db import reading, transaction
from app.errors import PermissionDenied, RuleViolated
from app.files.store import current_store
from app.incoming import chores, entry, queries, services
from app.incoming.models import (
    HeldReason,
    IncomingDocument,
    IntakeItem,
    IntakeState,
    PageText,
)
from app.incoming.quarantine import current_quarantine
from app.incoming.services import ProposalData
from app.incoming.services import reading as results
from app.notifications.models import Notification
from app.outbox import OutboxEvent
from app.security import SYSTEM
from app.tasks import services as tasks
from app.tasks.models import Outcome, Task, TaskStatus
from app.tasks.parties import Party
from app.tasks.services import DirectiveOrder, TaskOrder
from config.settings import Settings
from ocr import SecrecyMark
from tests.factories import Office
from tests.integration.incoming.conftest import PDF, Desk, claim, finish, reading_of, send

SENTINEL = "phượngtímbímật"
CERTAIN = SecrecyMark("certain", "MẬT", 1, (0.1, 0.1, 0.2, 0.12), "boxed")
POSSIBLE = SecrecyMark("possible", "MẬT", 1, (0.1, 0.5, 0.2, 0.52), "line")


def hold(office: Office, mark: SecrecyMark, content: bytes = b"") -> entry.Taken:
    taken = send(office.clerk, PDF + SENTINEL.encode() + content, f"{SENTINEL}.pdf")
    held = claim()
    current_quarantine().keep_crop(taken.intake_id, b"\x89PNG")
    with transaction() as session:
        results.hold_for_mark(session, SYSTEM, held, mark)
    return taken


def item_of(taken: entry.Taken) -> IntakeItem:
    with reading() as session:
        return session.get_one(IntakeItem, taken.intake_id)


def traces(settings: Settings) -> list[str]:
    """Files below var/ (database and log among them) and rows of PostgreSQL with the word."""
    found = subprocess.run(
        ["grep", "-rlaF", SENTINEL, str(settings.var_dir)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    if not db.is_sqlite():
        for table in sa.inspect(db.engine()).get_table_names():
            with db.engine().connect() as connection:
                rows = connection.exec_driver_sql(f'SELECT t::text FROM "{table}" t').scalars()
                found += [table for row in rows if SENTINEL in row]
    return found


def test_a_certain_mark_is_held_and_only_the_clerk_sees_it(office: Office) -> None:
    taken = hold(office, CERTAIN)

    item = item_of(taken)
    assert (item.held, item.held_reason, item.held_word) == (True, HeldReason.CERTAIN, "MẬT")
    assert current_quarantine().crop(taken.intake_id) == b"\x89PNG"
    with reading() as session:
        assert [row.id for row in queries.held_items(session, office.clerk)] == [item.id]
        for other in (office.leader, office.chief, office.admin, office.specialist):
            with pytest.raises(PermissionDenied):
                queries.held_items(session, other)


def test_nothing_of_a_held_file_is_in_the_store_or_the_text(office: Office) -> None:
    hold(office, CERTAIN)

    assert list(current_store().all()) == []
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PageText)) == 0


def test_a_confirmed_secret_leaves_a_row_without_content(
    office: Office, settings: Settings
) -> None:
    taken = hold(office, CERTAIN)
    assert traces(settings) != []  # the search would find it

    purge = entry.confirm_secret(office.clerk, taken.intake_id)

    assert any("máy quét" in sentence for sentence in purge.by_hand)
    item = item_of(taken)
    assert (item.state, item.reject_code) == (IntakeState.REJECTED, "secret")
    assert (item.file_name, item.sha256, item.file_id) == ("", None, None)
    assert item.received_at is not None
    assert item.purged_at is not None
    assert traces(settings) == []
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(IncomingDocument)) == 0
        acts = session.scalars(sa.select(AuditLog.action)).all()
        events = session.scalars(sa.select(OutboxEvent.name)).all()
    assert "intake.purged" in acts
    assert "thing.purged" in events


def test_only_the_clerk_confirms_or_releases(office: Office) -> None:
    taken = hold(office, CERTAIN)
    for other in (office.leader, office.chief, office.specialist):
        with pytest.raises(PermissionDenied):
            entry.confirm_secret(other, taken.intake_id)
        with pytest.raises(PermissionDenied), transaction() as session:
            services.release(session, other, intake_id=taken.intake_id, reason="x")
    assert item_of(taken).held


def test_a_certain_mark_nobody_answers_is_purged_after_30_minutes(
    office: Office, settings: Settings
) -> None:
    taken = hold(office, CERTAIN)
    with clock.frozen(clock.now() + timedelta(minutes=29)):
        chores.keep_up()
    assert item_of(taken).held
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        chores.keep_up()

    assert item_of(taken).purged_at is not None
    assert traces(settings) == []


def test_a_possible_mark_is_never_deleted_by_itself(office: Office) -> None:
    taken = hold(office, POSSIBLE)
    with clock.frozen(clock.now() + timedelta(days=30)):
        chores.keep_up()

    assert item_of(taken).held
    assert current_quarantine().path(taken.intake_id).exists()


def test_a_false_hit_is_released_with_a_reason_and_loses_nothing(office: Office) -> None:
    taken = hold(office, CERTAIN)
    original = current_quarantine().path(taken.intake_id).read_bytes()
    with pytest.raises(RuleViolated), transaction() as session:
        services.release(session, office.clerk, intake_id=taken.intake_id, reason="  ")
    with transaction() as session:
        services.release(
            session, office.clerk, intake_id=taken.intake_id, reason="Chữ trong trích yếu"
        )
    again = claim()
    assert again.released  # the worker does not look for a mark again
    finish(again, reading_of("Kính gửi"))

    item = item_of(taken)
    assert (item.state, item.released_reason) == (IntakeState.READ, "Chữ trong trích yếu")
    assert item.sha256 is not None
    assert current_store().path(item.sha256).read_bytes() == original


def test_the_clerk_may_declare_a_file_secret_before_it_is_read(office: Office) -> None:
    taken = send(office.clerk, PDF)
    with transaction() as session:
        services.declare_secret(session, office.clerk, intake_id=taken.intake_id)

    assert item_of(taken).held_reason is HeldReason.DECLARED
    with transaction() as session:
        assert services.jobs.claim_job(session) is None


def test_a_secret_found_after_registration_is_purged_and_keeps_its_number(
    office: Office, desk: Desk, settings: Settings
) -> None:
    letter_id = desk.register(SENTINEL.encode(), subject_summary=f"Về {SENTINEL}")
    with reading() as session:
        intake_id = session.scalars(sa.select(IntakeItem.id)).one()
    entry.confirm_secret(office.clerk, intake_id)

    with reading() as session:
        letter = session.get_one(IncomingDocument, letter_id)
        item = session.get_one(IntakeItem, intake_id)
    assert (letter.arrival_number, letter.main_file_id) == (1, None)
    assert letter.purged_at is not None
    assert item.state is IntakeState.REGISTERED
    assert item.file_name == ""
    assert traces(settings) == []


def test_no_word_of_a_purged_letter_stays_in_its_tasks_directives_notices_and_mails(
    office: Office, desk: Desk, settings: Settings
) -> None:
    letter_id = desk.register(SENTINEL.encode(), subject_summary=f"Về {SENTINEL}")
    act_on_a_letter(office, letter_id)
    with reading() as session:
        intake_id = session.scalars(sa.select(IntakeItem.id)).one()
        before = (
            session.scalars(sa.select(Task.due_at).filter_by(parent_id=None)).one(),
            count_notices(session),
        )
    assert before[1] > 0

    entry.confirm_secret(office.clerk, intake_id)

    assert traces(settings) == []
    with reading() as session:
        task = session.scalars(sa.select(Task).filter_by(parent_id=None)).one()
        assert (task.due_at, count_notices(session)) == (before[0], 0)
        assert task.status is TaskStatus.SUBMITTED
        purged = session.scalars(sa.select(OutboxEvent).filter_by(name="thing.purged")).all()
    assert {"kind": "task", "thing_id": task.id} in [event.payload for event in purged]


def act_on_a_letter(office: Office, letter_id: int) -> None:
    """Everybody writes the word: the chief proposes, the leader directs, the unit works on it."""
    order = DirectiveOrder(
        Outcome.ASSIGN,
        text=f"Chỉ đạo {SENTINEL}",
        lead=Party(unit_id=office.economy),
        coordinators=[Party(unit_id=office.culture)],
        due_at=clock.now() + timedelta(days=9),
    )
    with transaction() as session:
        to_chief = office.chief.post_id or 0
        services.submit_letter(session, office.clerk, letter_id=letter_id, to_post_id=to_chief)
    with transaction() as session:
        data = ProposalData(
            to_post_id=office.leader.post_id or 0,
            lead_unit_id=office.economy,
            text=f"Đề xuất {SENTINEL}",
        )
        services.propose(session, office.chief, letter_id=letter_id, data=data)
    with transaction() as session:
        services.direct_letter(session, office.leader, letter_id=letter_id, order=order)
    with transaction() as session:
        task_id = session.scalars(sa.select(Task.id)).one()
        tasks.give_opinion(session, office.head2, task_id=task_id, text=f"Ý kiến {SENTINEL}")
        tasks.split_task(
            session,
            office.head,
            task_id=task_id,
            order=TaskOrder(
                f"Một phần của {SENTINEL}",
                Party(post_id=office.specialist.post_id),
                due_at=clock.now() + timedelta(days=2),
            ),
        )
        tasks.report_progress(
            session, office.head, task_id=task_id, percent=20, text=f"Báo cáo {SENTINEL}"
        )
        tasks.request_extension(
            session,
            office.head,
            task_id=task_id,
            new_due_at=clock.now() + timedelta(days=20),
            reason=f"Vì {SENTINEL}",
        )
        tasks.waive_children(session, office.head, task_id=task_id)
        tasks.submit_completion(session, office.head, task_id=task_id, product=SENTINEL)


def count_notices(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Notification)) or 0


def test_a_stored_draft_is_purged_with_its_text(
    office: Office, desk: Desk, settings: Settings
) -> None:
    taken = desk.read(SENTINEL.encode(), f"trang {SENTINEL}", subject_summary=SENTINEL)
    assert traces(settings) != []

    entry.confirm_secret(office.clerk, taken.intake_id)

    assert traces(settings) == []


def test_other_arrivals_of_the_same_bytes_go_too(office: Office, settings: Settings) -> None:
    first = hold(office, CERTAIN)
    second = send(office.clerk, PDF + SENTINEL.encode(), f"{SENTINEL} 2.pdf")
    assert item_of(second).state is IntakeState.DUPLICATE

    entry.confirm_secret(office.clerk, first.intake_id)

    assert item_of(second).file_name == ""
    assert traces(settings) == []


def test_a_purge_that_died_after_its_commit_is_finished_by_the_sweep(
    office: Office, desk: Desk, settings: Settings
) -> None:
    taken = desk.read(SENTINEL.encode(), SENTINEL)
    held = hold(office, CERTAIN, b"2")
    with transaction() as session:  # the process dies here, before any file is removed
        services.confirm_secret(session, office.clerk, intake_id=taken.intake_id)
    with transaction() as session:
        services.confirm_secret(session, office.clerk, intake_id=held.intake_id)
    assert traces(settings) != []

    chores.keep_up()

    assert traces(settings) == []


def test_a_held_file_cannot_be_registered(office: Office, desk: Desk) -> None:
    taken = hold(office, POSSIBLE)
    with pytest.raises(RuleViolated), transaction() as session:
        services.register_letter(
            session, office.clerk, letter_id=taken.letter_id or 0, data=desk.data()
        )


def test_quarantine_is_closed_to_others(office: Office) -> None:
    taken = send(office.clerk, PDF)
    folder: Path = current_quarantine().path(taken.intake_id).parent

    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "original").stat().st_mode & 0o777 == 0o600
