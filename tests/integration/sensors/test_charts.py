"""Charts of what is stored: thinned by the database, gaps and alarms as they were."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.clock import now
from app.db import reading, transaction
from app.sensors.drawing import clock
from app.sensors.models import Alarm, Quality, Reading, Rule, RuleKind, Severity
from app.sensors.rules import Point
from app.sensors.services import PlaceFields, StreamFields, add_stream, add_thing
from app.sensors.thinning import begin_of, draw, slices_between, thin_out
from tests.factories import Office, sign_in_as

START = datetime(2026, 11, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GAP = 3 * MINUTE
PAUSED = {*range(503, 509), *range(1000, 1200)}
"""A pause within a slice, and one over several."""
COUNT = 2000


def store(stream: int, values: Sequence[tuple[datetime, float]], mark: Quality) -> None:
    rows = [
        {"datastream_id": stream, "at": at, "value": value, "quality": mark.value}
        for at, value in values
    ]
    with transaction("test") as session:
        session.execute(sa.insert(Reading), rows)


def a_day_and_more() -> list[tuple[datetime, float]]:
    """Values of each minute that look irregular, with equal ones among them."""
    return [(START + no * MINUTE, float(no * 7919 % 13)) for no in range(COUNT) if no not in PAUSED]


def test_each_slice_keeps_its_lowest_and_highest_value_and_pauses_stay_gaps(app: Flask) -> None:
    values = a_day_and_more()
    store(1, values, Quality.GOOD)
    store(1, [(START + 700 * MINUTE + MINUTE / 2, 900.0)], Quality.IMPOSSIBLE)
    store(2, [(START, -5.0)], Quality.GOOD)
    end = START + COUNT * MINUTE
    with reading() as session:
        slices = slices_between(session, 1, START, end, GAP, most=200)
    length = 1200  # seconds, of 33 hours and 20 minutes in a hundred slices
    expected = [
        (min(part, key=lambda p: (p[1], p[0])), max(part, key=lambda p: (p[1], p[0])))
        for _no, group in groupby(values, key=lambda p: int(p[0].timestamp()) // length)
        for part in [list(group)]
    ]
    assert [((s.low_at, s.low), (s.high_at, s.high)) for s in slices] == expected
    assert sum(s.count for s in slices) == len(values)
    breaks = [at for at, value in draw(slices, GAP) if value is None]
    assert breaks == [START + no * MINUTE + GAP for no in (502, 999)]


def test_a_short_line_is_drawn_with_every_value_as_the_back_test_draws_it(app: Flask) -> None:
    values = [pair for pair in a_day_and_more() if pair[0] < START + 600 * MINUTE]
    values.append((START + 602 * MINUTE, 1.0))  # exactly three intervals are no pause
    store(1, values, Quality.LATE)
    end = START + 700 * MINUTE
    with reading() as session:
        slices = slices_between(session, 1, START, end, GAP)
        assert begin_of(session, 1, START, end, most=100) == values[-100][0]
        assert begin_of(session, 1, START, end, most=10_000) == START
        assert slices_between(session, 9, START, end, GAP) == []
    in_memory = thin_out([Point(1, at, value) for at, value in values], GAP)
    assert draw(slices, GAP) == in_memory


def test_a_month_is_a_thin_chart_that_still_shows_a_short_alarm(
    app: Flask, client: FlaskClient, office: Office
) -> None:
    step, end = 10 * MINUTE, now()
    values = [(end - no * step, float(no * 7919 % 13)) for no in range(3000, 0, -1)]
    begins, ends = next(pair for pair in pairwise(values) if pair[0][1] == 6)
    with transaction("test") as session:
        thing = add_thing(session, office.admin, PlaceFields("Trạm Bến Mẫu"))
        fields = StreamFields("river", "Mực nước", interval_seconds=600)
        stream = add_stream(session, office.admin, thing.id, fields)
        rule = Rule(name="Nước cao", kind=RuleKind.THRESHOLD)
        session.add(rule)
        session.flush()
        session.add(
            Alarm(
                rule_id=rule.id, version_no=1, datastream_id=stream.id, severity=Severity.HIGH,
                raised_at=begins[0], raised_value=begins[1], cleared_at=ends[0],
                cleared_value=ends[1],
            )
        )  # fmt: skip
    store(stream.id, values, Quality.GOOD)
    sign_in_as(client, office.chief)
    shown = client.get(f"/quan-trac/luong/{stream.token}?ngay=31").get_data(as_text=True)
    found = re.search(
        r'<script type="application/json" id="values-line-data">(.*?)</script>', shown
    )
    assert found is not None
    line, red = json.loads(found.group(1))["series"]
    assert 1000 < len(line["data"]) < 1510
    drawn = [value for _at, value in line["data"]]
    assert (min(drawn), max(drawn)) == (0.0, 12.0)
    assert red["data"][:2] == [[clock(begins[0]), begins[1]], [clock(ends[0]), ends[1]]]
    assert red["data"][2:] == [[clock(ends[0]), None]]
