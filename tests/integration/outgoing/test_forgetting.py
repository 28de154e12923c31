"""A letter turns out to be secret: no word of it stays in the drafts that answer it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app import relay
from app.clock import now
from app.db import reading, transaction
from app.files.collector import collect
from app.files.store import current_store
from app.incoming import entry
from app.incoming.models import IntakeItem
from app.notifications.models import Notification
from app.outgoing import services
from app.outgoing.models import OutgoingDocument, OutgoingStatus
from app.outgoing.services.forgetting import forget_drafts_of
from app.registers.models import RegisterEntry
from app.security import grant, post_term
from config.settings import Settings
from tests.factories import Office
from tests.integration.incoming.conftest import Desk
from tests.integration.incoming.test_secrecy import SENTINEL, traces
from tests.integration.outgoing.conftest import Writers

S = OutgoingStatus


def letter_of(office: Office, desk: Desk) -> int:
    """A registered letter that the specialist may answer."""
    letter_id = desk.register(SENTINEL.encode(), subject_summary=f"Về {SENTINEL}")
    with transaction() as session:
        grant(session, "incoming", letter_id, post_term(office.specialist.post_id or 0), "task")
    return letter_id


def purge(office: Office) -> None:
    with reading() as session:
        intake_id = session.scalars(sa.select(IntakeItem.id)).one()
    entry.confirm_secret(office.clerk, intake_id)
    relay.deliver_all()


def document(id_: int) -> OutgoingDocument:
    with reading() as session:
        return session.get_one(OutgoingDocument, id_)


def notices() -> list[int]:
    told = sa.select(Notification.id).filter_by(event="outgoing.answers_purged")
    with reading() as session:
        return list(session.scalars(told.order_by(Notification.id)))


def test_no_word_stays_in_drafts_that_answer_a_purged_letter(
    app: Flask, office: Office, desk: Desk, writers: Writers, settings: Settings
) -> None:
    letter_id = letter_of(office, desk)
    secret: dict[str, Any] = {"subject_summary": f"Trả lời {SENTINEL}"}
    secret["answers_incoming_id"] = letter_id
    draft, numbered = writers.draft(**secret), writers.sealed(**secret)
    writers.write(draft, f"Nội dung {SENTINEL}")
    writers.submit(draft)
    with transaction() as session:
        services.comment(session, office.head, document_id=draft, text=f"Sửa {SENTINEL}")
        services.ask_opinions(
            session, office.specialist, document_id=draft, unit_ids=[office.culture],
            question=f"Hỏi {SENTINEL}", due_at=now() + timedelta(days=2),
        )  # fmt: skip
    other = writers.draft()

    purge(office)
    collect(current_store())

    assert traces(settings) == []
    assert (document(draft).status, document(numbered).status) == (S.CANCELLED, S.CANCELLED)
    with reading() as session:
        number = session.scalars(sa.select(RegisterEntry).filter_by(thing_id=numbered)).one()
        assert number.voided_at is not None
    assert document(other).status is S.DRAFT


def test_an_issued_reply_stays_and_the_clerk_is_told_once(
    app: Flask, office: Office, desk: Desk, writers: Writers
) -> None:
    letter_id = letter_of(office, desk)
    issued = writers.issued(answers_incoming_id=letter_id, subject_summary="Trả lời công văn")

    purge(office)
    told = notices()
    with transaction() as session:  # the same event may come twice
        forget_drafts_of(session, letter_id)

    assert document(issued).subject_summary == "Trả lời công văn"
    assert notices() == told != []
