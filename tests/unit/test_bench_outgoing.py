"""The parts of the outgoing group that need no office, and a tiny run of all of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from app.outgoing.models import GONE_OUT, OutgoingStatus
from bench.figures import GROUPS
from bench.outgoing_fill import AT_LEAST, NEWEST, statuses

ROOT = Path(__file__).parents[2]
TINY = "--documents 60 --rounds 2 --warm-up 1 --registrations 8 --writers 4".split()


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


@pytest.mark.timeout(120)
def test_a_tiny_run_gives_every_figure_without_a_wrong_number(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.run", "outgoing", "--database", "sqlite", *TINY]
    env = dict(os.environ, VAR_DIR=str(tmp_path), PYTHONPATH=str(ROOT))

    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    written = json.loads((tmp_path / "bench" / "outgoing.json").read_text())
    figures = {figure["id"]: figure for figure in written["figures"]}
    assert figures.keys() >= EXPECTED
    assert all(figure["value"] > 0 for name, figure in figures.items() if "wrong" not in name)
    assert figures["issue_wrong_numbers_sqlite"]["value"] == 0


EXPECTED = {
    "draft_p95_ms_sqlite", "outgoing_list_p95_ms_sqlite", "approval_list_p95_ms_sqlite",
    "issue_per_s_sqlite", "sign_ms", "check_ms",
}  # fmt: skip
