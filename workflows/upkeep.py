"""The steps of the timetable: each calls services in transactions of their own; all repeatable."""

from __future__ import annotations

from app import create_app
from app.clock import now, today
from app.db import transaction
from app.duty import chores as duty
from app.escalation import chores as escalation
from app.feeds.polling import poll_due
from app.files import collector
from app.incoming import chores
from app.notifications.mailing import mail_digests
from app.operations import chores as playbooks
from app.tasks.habits import read_habits
from app.tasks.services.directives import close_expired_informs
from app.tasks.services.recurring import create_due_occurrences
from app.tasks.services.reminders import remind
from workflows import watch_folder
from workflows.runtime import Runtime, clean_scratch

POLL_SECONDS = 1.0
PLAYBOOK_SECONDS = 5.0
ESCALATION_SECONDS = 5.0
SPAN = 60.0


def watch(running: Runtime) -> watch_folder.Scanned:
    """Take in what the scanner has put into its folder."""
    return watch_folder.scan(running)


def intake(running: Runtime) -> None:
    """Free dead readings, purge unanswered holds, finish what crashes left."""
    chores.release_leases()
    chores.keep_up()
    clean_scratch(running.settings.var_dir / "scratch")


def tasks(running: Runtime) -> None:
    """Make the recurring tasks that are due, close letters for information in time."""
    with transaction("tasks.recurring") as session:
        create_due_occurrences(session, today())
    with transaction("tasks.close_informs") as session:
        close_expired_informs(session, older_than=read_habits().inform_closes_after)


def digests(running: Runtime) -> None:
    """Leave the reminders that are due, then make the digests whose hour has come."""
    last: int | None = 0
    while last is not None:
        with transaction("tasks.remind") as session:
            last = remind(session, now(), after_id=last).last_id
    more = True
    while more:
        with transaction("notifications.digests") as session:
            more = mail_digests(session, now())


def poll_feeds(_running: Runtime) -> bool:
    """Look at the polled sources that are due. Returns whether any source is polled at all."""
    return poll_due()


def run_playbooks(_running: Runtime) -> bool:
    """End the waits of playbooks that are over. Returns whether any other is waited for."""
    return playbooks.run_due()


def escalate(_running: Runtime) -> bool:
    """Call the levels that are due. Returns whether any other is waited for."""
    return escalation.run_due()


def daily_duty_report(running: Runtime) -> bool:
    """Print and keep the report of the morning, once. Returns whether it was made now."""
    if not duty.report_is_due():
        return False
    with create_app(running.settings).app_context():  # once a day: its pages are templates
        return duty.make_report(running.store, running.settings.organ_name)


def files(running: Runtime) -> None:
    """Remove bytes that no row names."""
    collector.collect(running.store)
