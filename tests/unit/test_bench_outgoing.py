"""The parts of the outgoing group that need no office."""

from __future__ import annotations

from collections import Counter

import pytest

from app.outgoing.models import GONE_OUT, OutgoingStatus
from bench.figures import GROUPS
from bench.outgoing_fill import AT_LEAST, NEWEST, statuses


@pytest.mark.parametrize("count", [60, 2000, 100_000])
def test_every_state_is_filled_and_most_documents_have_gone_out(count: int) -> None:
    made = statuses(count)

    found = Counter(made)
    assert len(made) == count
    assert all(found[status] >= AT_LEAST for status, _ in NEWEST)
    if count > 1000:
        assert sum(found[status] for status in GONE_OUT) > 0.95 * count


def test_what_is_still_being_written_is_the_newest() -> None:
    made = statuses(2000)

    assert made[-1] is OutgoingStatus.DRAFT
    assert made[0] in GONE_OUT


def test_the_group_measures_the_office_and_the_paper() -> None:
    import bench.outgoing  # noqa: F401 - registers the group

    assert [measure.__name__ for measure in GROUPS["outgoing"]] == ["office", "paper"]
