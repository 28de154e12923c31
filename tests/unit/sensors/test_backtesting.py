"""The back-test says what the ingest path would have said, and charts show their gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.sensors.alarming import Spoken, fold
from app.sensors.backtesting import replay
from app.sensors.models.words import RuleKind, Severity
from app.sensors.partitions import month_bounds, partition_name
from app.sensors.rules import Definition, Limit, Point, State, Transition, evaluate
from app.sensors.thinning import thin_out

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
EACH_MINUTE = {1: MINUTE, 2: MINUTE}
FLOOD = Definition(RuleKind.THRESHOLD, (1, 2), Limit(3.0, 2.95))


def points(*values: float, stream: int = 1) -> list[Point]:
    return [Point(stream, START + no * MINUTE, value) for no, value in enumerate(values)]


def minutes(found: list[Transition | None]) -> list[int | None]:
    return [None if one is None else (one.at - START) // MINUTE for one in found]


def test_each_stream_has_its_own_alarms_in_order_of_time() -> None:
    both = [*points(1, 3, 1, 3), *points(3, 3, 3, 1, stream=2)]
    found = replay(FLOOD, both, EACH_MINUTE, {}, START + 9 * MINUTE)
    assert [one.stream for one in found] == [2, 1, 1]
    assert minutes([one.raised for one in found]) == [0, 1, 3]
    assert minutes([one.cleared for one in found]) == [3, 2, None]


def test_maintenance_is_left_out() -> None:
    windows = {1: [(START + MINUTE, START + 2 * MINUTE)]}
    assert replay(FLOOD, points(1, 9, 1), EACH_MINUTE, windows, START + 9 * MINUTE) == []


def test_a_silence_is_an_alarm_at_the_end_of_patience_and_at_the_end_of_the_span() -> None:
    rule = Definition(RuleKind.NO_DATA, (1,))
    sent = [Point(1, START + n * MINUTE, 1.0) for n in (0, 3, 10)]
    found = replay(rule, sent, EACH_MINUTE, {}, START + 20 * MINUTE)
    assert minutes([one.raised for one in found]) == [6, 13]
    assert minutes([one.cleared for one in found]) == [10, None]
    repaired = {1: [(START + 4 * MINUTE, START + 9 * MINUTE)]}
    found = replay(rule, sent, EACH_MINUTE, repaired, START + 12 * MINUTE)
    assert found == []
    assert replay(rule, [], EACH_MINUTE, {}, START + 20 * MINUTE) == []


@given(st.lists(st.sampled_from([1.0, 2.94, 2.97, 3.0, 4.0]), max_size=30), st.integers(1, 5))
def test_the_back_test_finds_what_batches_would_have_raised(values: list[float], size: int) -> None:
    sent = points(*values)
    state, said = State(), []
    for start in range(0, len(sent), size):
        state, more = evaluate(FLOOD, state, sent[start : start + size], gap=3 * MINUTE)
        said += more
    folded = fold([Spoken(1, 1, Severity.LOW, 1, said)])
    found = replay(FLOOD, sent, EACH_MINUTE, {}, START + timedelta(days=1))
    assert [one.raised for one in found if one.cleared] == [up for _s, up, _d in folded.whole]
    assert [one.raised for one in found if not one.cleared] == [up for _s, up in folded.opened]


def test_a_chart_has_a_gap_where_nothing_came() -> None:
    sent = [Point(1, START + n * MINUTE, float(n)) for n in (0, 1, 9)]
    drawn = thin_out(sent, 3 * MINUTE)
    assert drawn == [
        (START, 0.0), (START + MINUTE, 1.0), (START + 4 * MINUTE, None), (START + 9 * MINUTE, 9.0),
    ]  # fmt: skip


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=300), st.integers(4, 50))
def test_a_thinned_chart_keeps_the_extremes_and_stays_small(values: list[float], most: int) -> None:
    chart = thin_out(points(*values), 3 * MINUTE, most=most)
    drawn = [value for _at, value in chart if value is not None]
    assert len(drawn) == len(chart)  # nothing was silent, so there is no gap
    assert (min(values), max(values)) == (min(drawn), max(drawn))
    assert len(drawn) <= most + 2


def test_a_month_ends_where_the_next_begins_also_at_new_year() -> None:
    december = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert month_bounds(december) == (
        datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert partition_name(month_bounds(december, 1)[0]) == "reading_2027_01"
