"""What becomes of an observation before it is stored, and how alarms are folded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feeds.processors import Fate, Item
from app.sensors.alarming import Spoken, fold
from app.sensors.marking import Judged, StreamInfo, judge
from app.sensors.models.words import Quality, Severity
from app.sensors.rules import Transition

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STREAMS = {
    "river": StreamInfo(1, "river", 1, MINUTE, -1.0, 10.0, 3, True, START),
    "rain": StreamInfo(2, "rain", 1, MINUTE, 0.0, None, None, True, START),
    "old": StreamInfo(3, "old", 1, MINUTE, None, None, None, False, START),
}


def item(minute: float, value: object, stream: str = "river", *, delay: float = 0) -> Item:
    at = START + minute * MINUTE
    return Item("", {"stream": stream, "value": value}, at, at + delay * MINUTE)


def marks(judged: Judged) -> list[Quality]:
    return [reading.quality for reading in judged.readings]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (item(0, 1, "none"), "Không có luồng đo"),
        (item(0, 1, "old"), "đã ngừng"),
        (item(0, "một"), "không phải là số"),
        (item(0, None), "không phải là số"),
        (item(0, True), "không phải là số"),
        (item(0, float("nan")), "không phải là số"),
        (item(0, 1, delay=-11), "sau thời điểm nhận"),
        (Item("", {"stream": "river", "value": 1}, None, START), "Thiếu thời điểm"),
    ],
)
def test_what_is_no_reading_is_refused_with_its_reason(wrong: Item, words: str) -> None:
    judged = judge([wrong, item(1, 1)], STREAMS, {})
    assert [o.fate for o in judged.outcomes] == [Fate.REFUSED, Fate.ACCEPTED]
    assert words in judged.outcomes[0].reason
    assert len(judged.readings) == 1


def test_zero_is_a_value_and_a_number_in_words_of_digits_too() -> None:
    judged = judge([item(0, 0), item(1, "2.5")], STREAMS, {})
    assert [reading.value for reading in judged.readings] == [0.0, 2.5]


def test_an_impossible_value_is_kept_marked_and_is_not_the_newest() -> None:
    judged = judge([item(0, 1), item(1, 99)], STREAMS, {})
    assert marks(judged) == [Quality.GOOD, Quality.IMPOSSIBLE]
    assert judged.newest[1].at == START
    assert [reading.newer for reading in judged.readings] == [True, False]


def test_equal_values_in_a_row_are_marked_as_stuck_over_batches() -> None:
    first = judge([item(0, 1), item(1, 1)], STREAMS, {})
    second = judge([item(2, 1), item(3, 2)], STREAMS, first.newest)
    assert [*marks(first), *marks(second)] == [
        Quality.GOOD, Quality.GOOD, Quality.STUCK, Quality.GOOD,
    ]  # fmt: skip
    dry = judge([item(no, 0, "rain") for no in range(9)], STREAMS, {})
    assert set(marks(dry)) == {Quality.GOOD}


def test_what_is_older_than_the_newest_is_out_of_order_and_late_if_it_waited_long() -> None:
    newest = judge([item(60, 1)], STREAMS, {}).newest
    judged = judge([item(59, 2), item(30, 2, delay=31)], STREAMS, newest)
    assert marks(judged) == [Quality.OUT_OF_ORDER | Quality.LATE, Quality.OUT_OF_ORDER]
    assert judged.newest == {}


def test_the_same_moment_twice_is_a_duplicate_in_the_batch_and_in_the_store() -> None:
    judged = judge(
        [item(0, 1), item(0, 2), item(1, 1)], STREAMS, {}, frozenset({(1, START + MINUTE)})
    )
    fates = [outcome.fate for outcome in judged.outcomes]
    assert fates == [Fate.ACCEPTED, Fate.DUPLICATE, Fate.DUPLICATE]
    assert [reading.value for reading in judged.readings] == [1]


@given(st.lists(st.tuples(st.integers(0, 20), st.floats(-5, 15)), max_size=25), st.integers(0, 25))
def test_a_batch_judged_in_two_leaves_the_same_newest_when_it_came_in_order(
    sent: list[tuple[int, float]], cut: int
) -> None:
    items = [item(minute, value) for minute, value in sorted(dict(sent).items())]
    whole = judge(items, STREAMS, {})
    first = judge(items[:cut], STREAMS, {})
    second = judge(items[cut:], STREAMS, first.newest)
    assert {**first.newest, **second.newest} == whole.newest
    assert [*first.readings, *second.readings] == whole.readings


def test_raising_and_clearing_are_put_together() -> None:
    up, down = Transition(True, START, 1.0), Transition(False, START, 0.0)
    folded = fold([Spoken(1, 1, Severity.LOW, 1, [down, up, down, up])])
    assert [len(part) for part in (folded.cleared, folded.whole, folded.opened)] == [1, 1, 1]
