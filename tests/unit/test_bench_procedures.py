"""The parts of the dossiers' benchmark that need no office."""

from __future__ import annotations

from app.clock import now
from bench.figures import GROUPS
from bench.procedures_fill import NEW, moments


def test_open_dossiers_came_in_lately_and_all_came_in_order_of_days() -> None:
    made = list(moments(500, 50))

    days = [at.date() for at in made]
    assert days == sorted(days)
    assert len(made) == 500
    assert all(now() - at < NEW * 1.2 for at in made[-50:])
    assert now() - made[0] > 100 * NEW


def test_the_group_measures_the_dossiers() -> None:
    import bench.procedures  # noqa: F401 - registers the group

    assert "dossiers" in [measure.__name__ for measure in GROUPS["schedules"]]
