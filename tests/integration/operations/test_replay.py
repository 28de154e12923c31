"""A past day as it was known: what happened later is not shown earlier."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app import clock
from app.db import reading, transaction
from app.operations import services
from app.operations.models import IncidentState
from app.operations.queries.replay import replay_of
from app.sensors.models import Severity
from tests.factories import Office
from tests.integration.operations.conftest import (
    AT,
    BRIDGE,
    event,
    incidents,
    source_of_events,
    tell,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
S = IncidentState
DAY = date(2026, 11, 23)
MIDNIGHT = AT - timedelta(hours=10)  # AT is ten o'clock in Vietnam


def at(minutes: float) -> Any:
    return clock.frozen(AT + timedelta(minutes=minutes))


def known(day: date, office: Office) -> list[list[tuple[int, S, Severity]]]:
    with reading() as session:
        found = replay_of(session, office.duty, day)
    return [[(k.second, k.state, k.severity) for k in one.known] for one in found.incidents]


def test_states_and_severities_are_those_of_each_minute(office: Office) -> None:
    source = source_of_events(office)
    with at(0):
        tell(source, event("e1", key="a", severity="low", **BRIDGE))
    one = incidents()[0].id
    with at(10):
        tell(source, event("e2", key="a", severity="high"), at=AT + timedelta(minutes=10))
    with at(30), transaction() as session:
        services.move(session, office.duty, incident_id=one, to=S.RESOLVED)

    ten = 10 * 3600
    assert known(DAY, office) == [
        [
            (ten, S.REPORTED, Severity.LOW),
            (ten + 600, S.REPORTED, Severity.HIGH),
            (ten + 1800, S.RESOLVED, Severity.HIGH),
        ]
    ]
    assert known(DAY - timedelta(days=1), office) == []
    assert known(DAY + timedelta(days=1), office) == []  # it was over


def test_what_was_merged_and_parted_again_shows_so_and_goes_on_into_the_next_day(
    office: Office,
) -> None:
    source = source_of_events(office)
    with at(0):
        tell(source, event("e1", key="a"), event("e2", key="b"))
    first, second = (one.id for one in incidents())
    with at(5), transaction() as session:
        services.merge(session, office.duty, incident_id=second, into_id=first)
    with at(9), transaction() as session:
        services.part(session, office.duty, incident_id=second)

    assert [state for _second, state, _severity in known(DAY, office)[1]] == [
        S.REPORTED, S.DUPLICATE, S.REPORTED,
    ]  # fmt: skip
    assert [one[0][0] for one in known(DAY + timedelta(days=1), office)] == [0, 0]


def test_the_page_answers_odd_days_and_is_for_the_desk_only(office: Office, pages: Any) -> None:
    tell(source_of_events(office), event("e1", title="Cây đổ to"))
    duty = pages("duty")
    assert "Cây đổ to" in duty.get("/su-co/phat-lai").get_data(as_text=True)
    assert "không có sự cố nào" in duty.get("/su-co/phat-lai?ngay=2026-01-31").get_data(True)
    assert duty.get("/su-co/phat-lai?ngay=hôm-kia").status_code == 200
    assert pages("head").get("/su-co/phat-lai").status_code == 403
