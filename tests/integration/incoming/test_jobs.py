"""Readings as jobs: leases, late results, workers that die."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.db import reading, transaction
from app.errors import RuleViolated
from app.incoming import chores, services
from app.incoming.events import ReadingWanted
from app.incoming.models import (
    HeldReason,
    IncomingDocument,
    IntakeItem,
    IntakeState,
    JobKind,
    JobState,
    PageText,
    ReadingJob,
)
from app.incoming.quarantine import current_quarantine
from app.incoming.services import jobs
from app.incoming.services import reading as results
from app.incoming.services.jobs import LeaseLost
from app.outbox import OutboxEvent, ThingProgressed
from app.security import SYSTEM
from tests.factories import Office, make_organ
from tests.integration.incoming.conftest import PDF, Desk, claim, finish, reading_of, send

LATER = jobs.LEASE + timedelta(seconds=1)


def item_of(intake_id: int) -> IntakeItem:
    with reading() as session:
        return session.get_one(IntakeItem, intake_id)


def jobs_of(intake_id: int) -> list[ReadingJob]:
    with reading() as session:
        rows = sa.select(ReadingJob).where(ReadingJob.intake_id == intake_id)
        return list(session.scalars(rows.order_by(ReadingJob.id)))


def test_an_arrived_file_wakes_the_workers(office: Office) -> None:
    taken = send(office.clerk, PDF)

    [job] = jobs_of(taken.intake_id)
    assert (job.kind, job.state) == (JobKind.READ, JobState.QUEUED)
    with reading() as session:
        [event] = session.scalars(
            sa.select(OutboxEvent).where(OutboxEvent.name == ReadingWanted.name)
        )
    assert event.payload == {"job_id": job.id}


def test_two_workers_never_have_the_same_job(office: Office) -> None:
    send(office.clerk, PDF)
    claim()
    with transaction() as session:
        assert jobs.claim_job(session) is None


def test_progress_is_seen_page_by_page_and_keeps_the_lease(office: Office) -> None:
    taken = send(office.clerk, PDF)
    held = claim()
    with clock.frozen(clock.now() + timedelta(seconds=20)), transaction() as session:
        jobs.report_progress(session, held, 1, 4)
    with clock.frozen(clock.now() + LATER):  # the first lease would have ended
        assert chores.release_leases() == 0

    [job] = jobs_of(taken.intake_id)
    assert (job.page_done, job.page_total) == (1, 4)
    with reading() as session:
        [event] = session.scalars(
            sa.select(OutboxEvent).where(OutboxEvent.name == ThingProgressed.name)
        )
    assert event.payload["done"] == 1


def test_a_dead_workers_file_is_taken_up_again_by_another(office: Office) -> None:
    taken = send(office.clerk, PDF)
    dead = claim()
    with clock.frozen(clock.now() + LATER):
        assert chores.release_leases() == 1
        again = claim()
        assert again.job_id == dead.job_id
        assert again.token != dead.token
        finish(again, reading_of("Kính gửi"))

    assert item_of(taken.intake_id).state is IntakeState.READ


def test_a_late_result_is_thrown_away(office: Office) -> None:
    taken = send(office.clerk, PDF)
    slow = claim()
    with clock.frozen(clock.now() + LATER):
        chores.release_leases()
        finish(claim(), reading_of("đúng"))
    for act in (
        lambda s: results.finish_reading(s, SYSTEM, slow, reading_of("muộn")),
        lambda s: jobs.report_progress(s, slow, 1, 1),
        lambda s: results.fail_reading(s, SYSTEM, slow, "broken", "x"),
    ):
        with pytest.raises(LeaseLost), transaction() as session:
            act(session)

    with reading() as session:
        assert session.scalars(sa.select(PageText.text)).all() == ["đúng"]
    assert item_of(taken.intake_id).state is IntakeState.READ


def test_a_file_that_kills_two_workers_in_quarantine_waits_for_a_person(office: Office) -> None:
    taken = send(office.clerk, PDF)
    moment = clock.now()
    for _ in range(2):
        with clock.frozen(moment):
            claim()
        moment += LATER
        with clock.frozen(moment):
            chores.release_leases()

    item = item_of(taken.intake_id)
    assert (item.state, item.held_reason, item.held_until) == (
        IntakeState.QUARANTINED, HeldReason.POSSIBLE, None,
    )  # fmt: skip
    assert jobs_of(taken.intake_id)[0].state is JobState.DEAD
    assert current_quarantine().path(taken.intake_id).exists()  # nothing is lost


def test_a_stored_file_that_kills_two_workers_waits_for_review(office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    with transaction() as session:  # leave only a reading, not the searchable copy
        jobs.cancel(session, taken.intake_id)
        services.retry_reading(session, office.clerk, intake_id=taken.intake_id)
    moment = clock.now()
    for _ in range(2):
        with clock.frozen(moment):
            claim()
        moment += LATER
        with clock.frozen(moment):
            chores.release_leases()

    assert item_of(taken.intake_id).state is IntakeState.REVIEW


@pytest.mark.parametrize("code", ["encrypted", "broken", "zero_pages"])
def test_an_unreadable_file_is_rejected_with_its_sentence(office: Office, code: str) -> None:
    taken = send(office.clerk, PDF)
    held = claim()
    with transaction() as session:
        assert results.fail_reading(session, SYSTEM, held, code, "x")

    item = item_of(taken.intake_id)
    assert (item.state, item.reject_code) == (IntakeState.REJECTED, code)
    assert item.reject_reason
    with reading() as session:
        assert session.get(IncomingDocument, taken.letter_id) is None


def test_a_file_too_slow_to_check_is_held_and_not_lost(office: Office) -> None:
    taken = send(office.clerk, PDF)
    held = claim()
    with transaction() as session:
        assert not results.fail_reading(session, SYSTEM, held, "timeout", "x")

    assert item_of(taken.intake_id).held


def test_the_searchable_copy_follows_at_low_priority(office: Office, desk: Desk) -> None:
    desk.read(b"1")
    send(office.clerk, PDF + b"2")

    assert claim().kind is JobKind.READ  # the newer file is read before the older is derived
    assert claim().kind is JobKind.DERIVE


def test_a_born_digital_file_needs_no_searchable_copy(office: Office) -> None:
    taken = send(office.clerk, PDF)
    finish(claim(), reading_of("x", source="embedded"))

    assert [job.kind for job in jobs_of(taken.intake_id)] == [JobKind.READ]


def test_a_failed_copy_leaves_the_reading_as_it_is(office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    held = claim()
    with transaction() as session:
        assert not results.fail_reading(session, SYSTEM, held, "crashed", "x")

    assert item_of(taken.intake_id).state is IntakeState.READ


def test_waiting_jobs_are_offered_again_after_an_outage(office: Office) -> None:
    taken = send(office.clerk, PDF)
    [job] = jobs_of(taken.intake_id)
    with transaction() as session:
        assert jobs.republish_waiting(session) == 0
    with clock.frozen(clock.now() + timedelta(seconds=61)), transaction() as session:
        assert jobs.republish_waiting(session) == 1
    with transaction() as session:
        jobs.note_offered(session, job.id)
    with clock.frozen(clock.now() + timedelta(minutes=5)), transaction() as session:
        assert jobs.republish_waiting(session) == 0  # the workers' queue has it
    with clock.frozen(clock.now() + timedelta(minutes=11)), transaction() as session:
        assert jobs.republish_waiting(session) == 1  # and lost it


def test_a_reading_asked_for_again_replaces_the_old_text(office: Office, desk: Desk) -> None:
    taken = desk.read(b"1", "mờ")
    with transaction() as session:
        services.retry_reading(session, office.clerk, intake_id=taken.intake_id)
    finish(claim(), reading_of("rõ"))

    with reading() as session:
        assert session.scalars(sa.select(PageText.text)).all() == ["rõ"]


def test_a_rejected_file_is_not_read_again(office: Office) -> None:
    taken = send(office.clerk, b"")
    with pytest.raises(RuleViolated), transaction() as session:
        services.retry_reading(session, office.clerk, intake_id=taken.intake_id)


def test_a_letter_registered_during_the_reading_keeps_what_was_typed(
    office: Office, desk: Desk
) -> None:
    letter_id = desk.register(b"1", subject_summary="Người gõ")
    with reading() as session:
        intake_id = session.scalars(sa.select(IntakeItem.id)).one()
    with transaction() as session:
        services.retry_reading(session, office.clerk, intake_id=intake_id)
    finish(claim(), reading_of("x", subject_summary="Máy đọc"))

    with reading() as session:
        assert session.get_one(IncomingDocument, letter_id).subject_summary == "Người gõ"
    assert item_of(intake_id).state is IntakeState.REGISTERED


def test_the_command_releases_expired_leases(office: Office, app: object) -> None:
    send(office.clerk, PDF)
    claim()
    with clock.frozen(clock.now() + LATER):
        result = app.test_cli_runner().invoke(args=["incoming", "release-leases"])  # type: ignore[attr-defined]
    assert "1 readings released" in result.output


def test_a_draft_in_the_list_bears_the_directorys_name_and_words_not_signs(
    office: Office, desk: Desk
) -> None:
    with transaction() as session:
        make_organ(session, "Sở Y tế tỉnh Sông Mẫu")
    desk.read(
        b"1",
        "x",
        issuing_organ="SỞ Y TẾ",
        parent_organ="UBND TỈNH SÔNG MẪU",
        subject_summary="V/v phòng bệnh mùa mưa",
    )
    desk.read(b"2", "x", issuing_organ="CÔNG TY ĐIỆN LỰC GỐM MẪU")

    with reading() as session:
        known, new = session.scalars(sa.select(IncomingDocument).order_by(IncomingDocument.id))
    assert known.organ_name == "Sở Y tế tỉnh Sông Mẫu"
    assert known.subject_summary == "Về việc phòng bệnh mùa mưa"
    assert new.organ_name == "Công ty Điện lực Gốm Mẫu"
