"""Where a document stands at a receiver: a function of the set of statuses, not of their order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.standing import KNOWN, News, Standing, standing

START = datetime(2026, 11, 20, tzinfo=UTC)


def news(*codes: str) -> list[News]:
    """One status a minute, in this order."""
    return [News(code, START + timedelta(minutes=at)) for at, code in enumerate(codes)]


heard = st.lists(
    st.builds(
        News,
        st.sampled_from(sorted(KNOWN)),
        st.integers(0, 5).map(lambda minute: START + timedelta(minutes=minute)),
    ),
    max_size=9,
)


@given(found=heard, order=st.randoms(use_true_random=False), again=heard)
def test_order_and_repetition_change_nothing(
    found: list[News], order: Random, again: list[News]
) -> None:
    repeated = [*found, *(one for one in again if one in found)]
    order.shuffle(repeated)
    assert standing(repeated) == standing(found)


@given(found=heard)
def test_a_later_step_never_falls_back_without_a_rejection(found: list[News]) -> None:
    accepted = [one for one in found if one.code != "02"]
    before, more = standing(accepted), standing([*accepted, *news("01", "03")])
    assert (more.progress or "") >= (before.progress or "")


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((), Standing()),
        (("01",), Standing("01")),
        (("06", "03"), Standing("06")),
        (("01", "02"), Standing("02")),
        (("02", "01"), Standing("02")),
        (("03", "02"), Standing("02")),
        (("01", "02", "03"), Standing("03")),
        (("06", "02", "03"), Standing("03")),
        (("03", "13"), Standing("03", "13")),
        (("05", "13", "16"), Standing("05", "16")),
        (("05", "13", "15", "16"), Standing("05", "15")),
        (("99",), Standing()),
    ],
)
def test_the_table_of_cases(codes: tuple[str, ...], expected: Standing) -> None:
    assert standing(news(*codes)) == expected


def test_a_refused_recall_shows_again_what_was_before_it() -> None:
    assert standing(news("05", "13")).shown == "13"
    assert standing(news("05", "13", "16")).shown == "05"
    assert standing(news("05", "13", "15")).shown == "15"
