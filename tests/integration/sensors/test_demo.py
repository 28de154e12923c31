"""The stations of the demo office: what a newcomer finds on the pages of sensors."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from app.clock import frozen, now
from app.db import reading, transaction
from app.demo import feeding, measuring
from app.demo import office as demo_office
from app.feeds.models import FeedFault
from app.feeds.queries import health
from app.sensors import queries
from app.sensors.models import Rule, Thing

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("hour", [2, 8])  # UTC: the lowest and the highest of the tide
def test_the_river_is_high_one_sensor_is_silent_and_a_rule_waits(app: Flask, hour: int) -> None:
    with frozen(datetime(2026, 11, 23, hour, 7, tzinfo=UTC)):
        check_the_demo()


def check_the_demo() -> None:
    """What the pages of sensors and sources show, at whatever hour the office is loaded."""
    with transaction("test") as session:
        office = demo_office.build(session)
    assert measuring.load(office) > 5000
    with reading() as session:
        streams = {one.key: one for one in queries.streams_now(session, now())}
        alarmed = {stream.key for _, _, stream in queries.alarms(session, only_open=True)}
        waiting = session.scalars(sa.select(Rule.name).where(~Rule.is_on)).all()
        assert session.scalar(sa.select(sa.func.count()).select_from(Thing)) == 12
    assert {"ben-mau/muc-nuoc", measuring.SILENT} <= alarmed
    assert [key for key, one in streams.items() if one.silent] == [measuring.SILENT]
    assert waiting == ["Nước lên nhanh trong một giờ"]
    with reading() as session:
        [source] = health(session)
        fault = session.scalars(sa.select(FeedFault)).one()
    assert (source.source.name, source.is_silent) == (feeding.STATIONS, False)
    assert feeding.UNDECLARED in fault.reason
    assert json.loads(fault.sample)["stream"] == feeding.UNDECLARED
