"""Two outside readers of calendars follow an entry through what the services do with it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import vobject
from flask import Flask

from app.schedules import services
from app.schedules.models import ScheduleEntry
from tests.factories import Office
from tests.integration.schedules.conftest import act, at, data, look, publish, register
from tests.integration.schedules.test_feeds import events, subscribe

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def read_by_both(content: bytes) -> tuple[str, int, str, datetime]:
    """UID, SEQUENCE, STATUS and start of the only event: both readers agree on each."""
    [one] = events(content)
    [other] = vobject.readOne(content.decode()).vevent_list
    seen: Any = (str(one["uid"]), int(one["sequence"]), str(one["status"]), one["dtstart"].dt)
    assert seen == (
        other.uid.value, int(other.sequence.value), other.status.value, other.dtstart.value,
    )  # fmt: skip
    return (*seen[:3], seen[3].astimezone(UTC))


def version_of(entry_id: int) -> int:
    found: int = look(lambda session: session.get_one(ScheduleEntry, entry_id).version)
    return found


def test_both_see_what_was_moved_and_what_was_called_off(app: Flask, office: Office) -> None:
    leader = office.leader.post_id
    entry = register(office.clerk, chair_post_id=leader)
    publish(office)
    address, reader = subscribe(app, office, "person"), app.test_client()

    uid, first, status, start = read_by_both(reader.get(address).data)
    assert (status, start) == ("CONFIRMED", datetime(2026, 11, 25, 1, 0, tzinfo=UTC))

    thursday = date(2026, 11, 26)
    moved = data(starts_at=at(14, day=thursday), ends_at=at(15, day=thursday), chair_post_id=leader)
    act(
        services.edit_entry, office.chief,
        entry_id=entry.id, data=moved, version=version_of(entry.id), reason="Đổi ngày",
    )  # fmt: skip
    again, second, status, start = read_by_both(reader.get(address).data)
    assert (again, status) == (uid, "CONFIRMED")
    assert second > first
    assert start == datetime(2026, 11, 26, 7, 0, tzinfo=UTC)

    act(services.cancel_entry, office.chief, entry_id=entry.id, reason="Hoãn họp")
    again, third, status, _start = read_by_both(reader.get(address).data)
    assert (again, status) == (uid, "CANCELLED")
    assert third > second
