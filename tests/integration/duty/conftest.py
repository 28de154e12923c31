"""A second duty officer, and one moment: seven in the morning of 23/11/2026."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app import clock
from app.db import transaction
from app.duty.services import Line, add_shifts
from app.organisation.models import PostHolding
from app.organisation.queries import actor_for
from app.security import Actor
from tests.factories import FOUNDED, Office

SEVEN = datetime(2026, 11, 23, 7, 0, tzinfo=clock.VIETNAM).astimezone(UTC)


def hour(number: float) -> datetime:
    """So many hours after seven."""
    return SEVEN + timedelta(hours=number)


@pytest.fixture(autouse=True)
def morning(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = False
    with clock.frozen(SEVEN):
        yield


@pytest.fixture
def second(office: Office) -> Actor:
    """The specialist of culture takes shifts, too."""
    with transaction() as session:
        session.add(
            PostHolding(
                person_id=office.specialist2.person_id, post_id=office.duty.post_id,
                valid_from=FOUNDED,
            )
        )  # fmt: skip
    with transaction() as session:
        return actor_for(session, office.specialist2.person_id or 0)


def plan(office: Office, person_id: int | None, begins: float, ends: float) -> None:
    with transaction() as session:
        add_shifts(session, office.chief, [Line(person_id or 0, hour(begins), hour(ends))])
