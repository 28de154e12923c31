"""Calls about a matter of the economic department, at three in the morning of New Year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock
from app.db import reading, transaction
from app.escalation.models import EscalationCall, EscalationCase, EscalationLevel
from app.escalation.services import Subject, start_escalation
from app.organisation.models import Person
from app.security import SYSTEM, Actor
from tests.factories import Office

NIGHT = datetime(2027, 1, 1, 3, 0, tzinfo=clock.VIETNAM).astimezone(UTC)
TITLE = "Sự cố SC-20270101-0001, mức khẩn cấp"


@pytest.fixture(autouse=True)
def night(app: Flask) -> Iterator[None]:
    with clock.frozen(NIGHT):
        yield


def start(office: Office, policy: str = "incident", thing_id: int = 7) -> int:
    with transaction() as session:
        subject = Subject("matter", thing_id, TITLE, office.economy, office.specialist.post_id)
        case = start_escalation(session, SYSTEM, subject, policy)
        assert case is not None
        return case.id


def minutes(number: float) -> datetime:
    return NIGHT + timedelta(minutes=number)


def case_of(case_id: int) -> EscalationCase:
    with reading() as session:
        return session.get_one(EscalationCase, case_id)


def called(case_id: int) -> list[tuple[int, int, str]]:
    """Level, person, channel, in the order in which they were called."""
    with reading() as session:
        rows = (
            sa.select(EscalationLevel.no, EscalationCall.person_id, EscalationCall.channel)
            .join(EscalationCall, EscalationCall.level_id == EscalationLevel.id)
            .where(EscalationLevel.case_id == case_id)
            .order_by(EscalationLevel.no, EscalationCall.id)
        )
        return [(no, person, channel.value) for no, person, channel in session.execute(rows)]


def give_phone(actor: Actor, phone: str) -> None:
    with transaction() as session:
        session.get_one(Person, actor.person_id).phone = phone
