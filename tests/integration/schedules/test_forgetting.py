"""A letter turns out to be secret: no word of it stays in the meetings made from it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from app import outbox, relay
from app.clock import now
from app.db import Base, reading, transaction
from app.incoming.models import IncomingDocument
from app.schedules import queries, services
from app.schedules.models import AnswerKind, ScheduleChange, ScheduleEntry, WeekVersion
from app.schedules.services import Invitation
from tests.factories import Office
from tests.integration.schedules.conftest import (
    act,
    at,
    look,
    make_invitation,
    publish,
    register,
)

SENTINEL = "phượngtímbímật"
TABLES: tuple[type[Base], ...] = (ScheduleEntry, ScheduleChange, WeekVersion)


def words(table: type[Base]) -> str:
    """All that stands in the rows of a table."""
    with reading() as session:
        rows = session.execute(sa.select(*table.__table__.columns)).all()
    return "\n".join(str(tuple(row)) for row in rows)  # a row cuts long values short


def test_no_word_stays_in_meetings_made_from_a_purged_letter(app: Flask, office: Office) -> None:
    letter = make_invitation(office)
    other = register(office.clerk, chair_post_id=office.leader.post_id)
    answer = act(
        services.answer_invitation, office.leader, letter_id=letter,
        invitation=Invitation(
            answer=AnswerKind.ATTEND, starts_at=at(14), ends_at=at(16), place=SENTINEL,
        ),
    )  # fmt: skip
    with transaction() as session:
        made = session.get_one(ScheduleEntry, answer.entry_id)
        made.title = f"Họp {SENTINEL}"
        made.note = made.preparation = made.conclusion = SENTINEL
    publish(office)
    act(services.cancel_entry, office.leader, entry_id=answer.entry_id, reason=SENTINEL)
    assert [t.__tablename__ for t in TABLES if SENTINEL not in words(t)] == []

    with transaction() as session:
        session.get_one(IncomingDocument, letter).purged_at = now()
        outbox.publish(session, outbox.ThingPurged(kind="incoming", thing_id=letter))
    relay.deliver_all()

    for table in TABLES:
        assert SENTINEL not in words(table)
    entry = look(lambda s: queries.entry_by_id(s, office.leader, answer.entry_id))
    assert (entry.starts_at, entry.ends_at) == (at(14), at(16))  # who is busy when stays
    assert look(lambda s: s.get_one(ScheduleEntry, other.id)).title == "Họp giao ban"
