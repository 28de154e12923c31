"""The documents group at a size at which its figures mean nothing, but every part of it runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TINY = "--documents 60 --rounds 3 --warm-up 1 --registrations 8 --writers 4 --streams 6".split()


@pytest.mark.soak  # a minute of processes; each part of it has tests of its own
@pytest.mark.timeout(300)
def test_a_tiny_run_gives_every_figure_and_leaves_no_process(tmp_path: Path) -> None:
    parts = ["--only", "office", "--only", "upload", "--database", "sqlite", "--without-prefect"]
    command = [sys.executable, "-m", "bench.run", "documents", *parts, *TINY]
    env = dict(os.environ, VAR_DIR=str(tmp_path), PYTHONPATH=str(ROOT), BENCH_MARK=tmp_path.name)

    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    written = json.loads((tmp_path / "bench" / "documents-office-upload.json").read_text())
    figures = {figure["id"]: figure for figure in written["figures"]}
    assert figures.keys() >= EXPECTED
    assert all(figure["value"] > 0 for name, figure in figures.items() if "wrong" not in name)
    assert figures["registration_wrong_numbers_sqlite"]["value"] == 0
    assert figures["registrations_per_s_sqlite"]["beside"]["plain driver"] > 0
    assert figures["streams_open_sqlite"]["value"] == 6
    assert marked_processes(tmp_path.name) == []


EXPECTED = {
    f"{name}_sqlite"
    for name in (
        "list_p95_ms", "detail_p95_ms", "search_page_p95_ms", "list_queries", "detail_queries",
        "pages_p95_ms_200_streams", "registrations_per_s", "registration_longest_wait_s",
        "upload_to_form_s", "upload_to_found_s",
    )
}  # fmt: skip


def marked_processes(mark: str) -> list[str]:
    """Command lines of processes that were started by the run: they have its mark."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and f"BENCH_MARK={mark}" in (folder / "environ").read_text():
                found.append((folder / "cmdline").read_text())
        except (OSError, UnicodeDecodeError):
            continue  # gone meanwhile, or not ours
    return found
