"""The rules engine: hysteresis, duration, repetition, rate, silence, combinations, hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.sensors.definitions import dump, parse
from app.sensors.models.words import RuleKind
from app.sensors.rules import (
    Definition,
    Hours,
    Limit,
    Member,
    Point,
    State,
    Transition,
    evaluate,
    evaluate_silence,
    outside,
)

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, 08:00 in Vietnam
MINUTE = timedelta(minutes=1)
FLOOD = Limit(3.0, 2.95)


def points(*values: float, stream: int = 1, start: datetime = START) -> list[Point]:
    """One a minute."""
    return [Point(stream, start + no * MINUTE, value) for no, value in enumerate(values)]


def said(definition: Definition, given: Sequence[Point]) -> list[tuple[bool, int]]:
    """What was raised (True) or cleared, and in which minute."""
    _state, found = evaluate(definition, State(), given)
    return [(t.raised, (t.at - START) // MINUTE) for t in found]


def threshold(*, hold: timedelta = timedelta(0), hours: Hours | None = None) -> Definition:
    return Definition(RuleKind.THRESHOLD, (1,), FLOOD, hold=hold, hours=hours)


def silent(state: State, at: datetime) -> tuple[State, list[Transition]]:
    rule = Definition(RuleKind.NO_DATA, (1,))
    return evaluate_silence(rule, state, at, last=START, interval=MINUTE)


def test_a_level_that_trembles_around_its_limit_raises_one_alarm() -> None:
    levels = points(2.9, 3.0, 2.97, 3.01, 2.96, 2.95, 2.94, 2.99)
    assert said(threshold(), levels) == [(True, 1), (False, 6)]


def test_a_limit_from_above_works_downwards() -> None:
    rule = Definition(RuleKind.THRESHOLD, (1,), Limit(5.0, 6.0, above=False))
    assert said(rule, points(7, 5, 5.5, 6.0, 6.1)) == [(True, 1), (False, 4)]


def test_a_duration_counts_from_the_first_value_and_starts_anew_after_a_break() -> None:
    rule = threshold(hold=2 * MINUTE)
    assert said(rule, points(3.1, 3.1, 2.0, 3.1, 3.1, 3.1, 2.0)) == [(True, 5), (False, 6)]


def test_a_pause_without_data_is_no_duration() -> None:
    rule = threshold(hold=10 * MINUTE)
    apart = [*points(3.1), *points(3.1, start=START + 30 * MINUTE)]
    assert evaluate(rule, State(), apart)[1] != []
    assert evaluate(rule, State(), apart, gap=3 * MINUTE)[1] == []


def test_a_pause_does_not_clear_what_was_raised() -> None:
    state, _raised = evaluate(threshold(), State(), points(3.1))
    later = points(3.1, start=START + 60 * MINUTE)
    assert evaluate(threshold(), state, later, gap=3 * MINUTE)[1] == []


def test_repetition_counts_crossings_and_not_values() -> None:
    rule = Definition(RuleKind.REPETITION, (1,), FLOOD, times=3, within=10 * MINUTE)
    assert said(rule, points(3.1, 3.1, 3.1, 3.1, 3.1)) == []
    assert said(rule, points(3.1, 2, 3.1, 2, 3.1)) == [(True, 4)]
    calm = [*points(3.1, 2, 3.1, 2, 3.1, 2), *points(2, start=START + 15 * MINUTE)]
    assert said(rule, calm) == [(True, 4), (False, 15)]


def test_a_fast_rise_is_measured_against_the_lowest_value_within_the_time() -> None:
    rule = Definition(RuleKind.RATE, (1,), Limit(0.5, 0.2), within=3 * MINUTE)
    assert said(rule, points(1.0, 1.2, 1.4, 1.6)) == [(True, 3)]
    assert said(rule, points(1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7)) == []
    assert said(rule, points(1.0, 1.6, 1.6, 1.6, 1.6, 1.6)) == [(True, 1), (False, 4)]


def test_silence_raises_once_and_the_next_value_clears() -> None:
    state, early = silent(State(), START + 3 * MINUTE)
    assert early == []
    at = START + 3 * MINUTE + timedelta(seconds=1)
    state, late = silent(state, at)
    assert late == [Transition(True, at, None)]
    state, again = silent(state, at + MINUTE)
    assert again == []
    rule = Definition(RuleKind.NO_DATA, (1,))
    state, delayed = evaluate(rule, state, points(0.0, start=at - MINUTE))
    assert delayed == []
    _state, back = evaluate(rule, state, points(0.0, start=at + 2 * MINUTE))
    assert [t.raised for t in back] == [False]


def test_a_combination_needs_so_many_members_at_once_with_fresh_values() -> None:
    rule = Definition(
        RuleKind.COMBINATION, (1, 2, 3), within=5 * MINUTE, needed=2,
        members=tuple(Member(stream, FLOOD) for stream in (1, 2, 3)),
    )  # fmt: skip
    near = [*points(3.1), *points(3.1, stream=2, start=START + 4 * MINUTE)]
    assert said(rule, near) == [(True, 4)]
    far = [*points(3.1), *points(3.1, stream=2, start=START + 6 * MINUTE)]
    assert said(rule, far) == []
    left = [*near, *points(1.0, stream=1, start=START + 5 * MINUTE)]
    assert said(rule, left) == [(True, 4), (False, 5)]


def test_hours_go_over_midnight_and_belong_to_the_day_they_begin() -> None:
    night = Hours(frozenset({0}), time(22), time(6))  # Monday night
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    assert night.cover(monday + timedelta(hours=15))  # 22:00 in Vietnam
    assert night.cover(monday + timedelta(hours=22, minutes=59))  # Tuesday 05:59
    assert not night.cover(monday + timedelta(hours=23))  # Tuesday 06:00
    assert not night.cover(monday - timedelta(hours=2))  # Monday 05:00


def test_outside_its_hours_a_rule_clears_but_does_not_raise() -> None:
    rule = threshold(hours=Hours(frozenset(range(7)), time(8), time(8, 2)))
    assert said(rule, points(2.0, 3.1, 3.1, 2.0, 3.1)) == [(True, 1), (False, 3)]


def test_points_in_a_maintenance_window_are_not_seen() -> None:
    windows = {1: [(START + MINUTE, START + 3 * MINUTE)]}
    seen = outside(points(1, 2, 3, 4), windows)
    assert [p.value for p in seen] == [1, 4]


VALUES = st.lists(
    st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from([1.0, 2.94, 2.95, 2.99, 3.0, 3.6])),
    max_size=30,
)
RULES = st.sampled_from(
    [
        threshold(),
        threshold(hold=2 * MINUTE),
        threshold(hours=Hours(frozenset(range(7)), time(8), time(8, 10))),
        Definition(RuleKind.RATE, (1,), Limit(0.5, 0.1), within=5 * MINUTE),
        Definition(RuleKind.REPETITION, (1,), FLOOD, times=2, within=8 * MINUTE),
        Definition(RuleKind.NO_DATA, (1,)),
        Definition(
            RuleKind.COMBINATION, (1, 2, 3), within=4 * MINUTE, needed=2,
            members=tuple(Member(stream, FLOOD) for stream in (1, 2, 3)),
        ),
    ]
)  # fmt: skip


@given(RULES, VALUES, st.integers(0, 30))
def test_batches_cut_elsewhere_and_stored_between_say_the_same(
    rule: Definition, values: list[tuple[int, float]], cut: int
) -> None:
    many = rule.kind is RuleKind.COMBINATION
    given = [
        Point(stream if many else 1, START + no * MINUTE, value)
        for no, (stream, value) in enumerate(values)
    ]
    whole_state, whole = evaluate(rule, State(), given, gap=3 * MINUTE)
    state, first = evaluate(rule, State(), given[:cut], gap=3 * MINUTE)
    state, second = evaluate(rule, State.load(state.dump()), given[cut:], gap=3 * MINUTE)
    assert (state, [*first, *second]) == (whole_state, whole)
    # What was taken twice, or came in another order, says nothing new.
    assert evaluate(rule, state, reversed(given), gap=3 * MINUTE) == (state, [])
    assert [t.raised for t in whole] == [no % 2 == 0 for no in range(len(whole))]
    assert (state.raised_at is not None) == (len(whole) % 2 == 1)


@given(RULES)
def test_a_stored_definition_is_read_as_it_was(rule: Definition) -> None:
    assert parse(rule.kind, dump(rule)) == rule


@pytest.mark.parametrize(
    ("kind", "stored", "field"),
    [
        ("threshold", {"streams": [], "raise_at": 1}, "streams"),
        ("threshold", {"streams": [1]}, "raise_at"),
        ("threshold", {"streams": [1], "raise_at": "nan"}, "raise_at"),
        ("threshold", {"streams": [1], "raise_at": 3, "clear_at": 3.1}, "clear_at"),
        ("threshold", {"streams": [1], "raise_at": 3, "above": False, "clear_at": 2}, "clear_at"),
        ("threshold", {"streams": [1], "raise_at": 3, "hold_seconds": -1}, "hold_seconds"),
        ("rate", {"streams": [1], "raise_at": 3}, "within_seconds"),
        ("repetition", {"streams": [1], "raise_at": 3, "within_seconds": 60}, "times"),
        ("combination", {"members": [{"stream": 1, "raise_at": 3}], "needed": 2}, "needed"),
        ("no_data", {"streams": [1], "hours": {"start": "25:00", "until": "06:00"}}, "hours"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_with_its_field(
    kind: str, stored: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(RuleKind(kind), stored)
    assert refused.value.field == field
