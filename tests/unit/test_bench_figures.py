from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.figures import Figure, markdown, percentile, read, table, write


def test_a_figure_reaches_its_goal_at_the_bound_itself() -> None:
    assert Figure("list_p95_ms", 100, "ms", "<= 100").reached()
    assert not Figure("list_p95_ms", 100.1, "ms", "<= 100").reached()
    assert Figure("files_lost", 0, "files", "== 0").reached()
    assert not Figure("registrations_per_s", 59, "/s", ">= 60").reached()


def test_a_goal_that_cannot_be_read_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="comparison"):
        Figure("list_p95_ms", 1, "ms", "about 100")


def test_what_falls_short_stands_last_in_the_table() -> None:
    slow = Figure("slow_ms", 200, "ms", "<= 100")
    fast = Figure("fast_ms", 5, "ms", "<= 100", {"plain driver": 4})

    lines = table([slow, fast]).splitlines()

    assert lines[0].split() == ["fast_ms", "5", "ms", "<=", "100", "plain", "driver", "4"]
    assert "Falls short of its goal:" in lines
    assert lines[-1].split()[0] == "slow_ms"


def test_the_file_holds_group_machine_and_figures(tmp_path: Path) -> None:
    figures = [Figure("found_s", 1.5, "s", "<= 2", {"peer": 3.0}), Figure("rows", 7, "rows")]

    content = json.loads(write("documents", figures, tmp_path).read_text(encoding="utf-8"))

    assert content["group"] == "documents"
    assert "Python" in content["machine"]
    assert content["figures"] == [
        {"id": "found_s", "value": 1.5, "unit": "s", "goal": "<= 2", "beside": {"peer": 3.0}},
        {"id": "rows", "value": 7, "unit": "rows", "goal": None, "beside": {}},
    ]


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([5.0, 1.0, 3.0], 50) == 3.0
    assert percentile(list(range(1, 101)), 95) == 95
    assert percentile([4.0], 99) == 4.0
    with pytest.raises(ValueError, match="no values"):
        percentile([], 95)


def test_what_was_written_is_read_back_and_printed_as_markdown(tmp_path: Path) -> None:
    figures = [
        Figure("registrations_per_s", 59.5, "/s", ">= 60", {"plain driver": 250}),
        Figure("rows", 100_000, "rows"),
    ]

    machine, found = read(write("documents", figures, tmp_path))

    assert "Python" in machine
    assert found == figures
    assert markdown(found).splitlines()[2:] == [
        "| `registrations_per_s` | **59.5 /s** | >= 60 | plain driver 250 |",
        "| `rows` | 100,000 rows |  |  |",
    ]
