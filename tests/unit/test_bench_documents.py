"""The parts of the documents group that need no office."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import html

from bench.clients import csrf_token, form_values
from bench.documents_registering import differences
from bench.documents_replay import Sent, Template
from bench.processes import (
    descendants,
    end,
    plain_environment,
    process,
    procfile,
    started_at,
    wait_for,
)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ([7, 8, 9], 0),
        ([9, 7, 8], 0),
        ([7, 9], 1),
        ([7, 8, 8, 9], 1),
        ([7, 8, 8], 2),
        ([7, 8, 9, 10], 1),
    ],
)
def test_gaps_doubles_and_surplus_numbers_are_counted(given: list[int], wrong: int) -> None:
    assert differences(given, range(7, 10)) == wrong


def recorded(letter: int, entry: int, moment: str) -> tuple[int, list[Sent]]:
    """What a service would send for a letter, with the number `entry + 100`."""
    return letter, [
        Sent("UPDATE book SET next = next + 1 RETURNING next", (), came=[entry + 101]),
        Sent("INSERT INTO entry (number, label) VALUES (?, ?)", (entry + 100, str(entry + 100)),
             came=[entry]),
        Sent("UPDATE letter SET entry = ?, at = ? WHERE id = ?", (entry, moment, letter)),
    ]  # fmt: skip


def test_a_recording_is_replayed_for_another_letter(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'office.sqlite3'}")
    with sqlite3.connect(tmp_path / "office.sqlite3") as made:
        made.executescript(
            "CREATE TABLE book (next INTEGER); INSERT INTO book VALUES (2185);"
            "CREATE TABLE entry (id INTEGER PRIMARY KEY, number INTEGER UNIQUE, label TEXT);"
            "INSERT INTO entry VALUES (40, 2184, '2184');"
            "CREATE TABLE letter (id INTEGER PRIMARY KEY, entry INTEGER, at TEXT);"
            "INSERT INTO letter (id) VALUES (31), (32);"
        )
    template = Template.of(recorded(5, 17, "08:00"), recorded(6, 18, "08:01"))

    with template.replaying(engine) as replay:
        replay(32)
        replay(31)

    with sqlite3.connect(tmp_path / "office.sqlite3") as made:
        assert made.execute("SELECT * FROM entry ORDER BY id DESC LIMIT 2").fetchall() == [
            (42, 2186, "2186"), (41, 2185, "2185"),
        ]  # fmt: skip
        assert made.execute("SELECT id, entry, at FROM letter ORDER BY id").fetchall() == [
            (31, 42, "08:00"), (32, 41, "08:00"),
        ]  # fmt: skip
        assert made.execute("SELECT next FROM book").fetchone() == (2187,)
    engine.dispose()


def test_a_process_and_what_it_started_have_ended_after_the_block(tmp_path: Path) -> None:
    child = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; "
    child += "time.sleep(60)'], start_new_session=True); time.sleep(60)"
    with process([sys.executable, "-c", child], dict(os.environ), tmp_path / "log") as started:
        wait_for(lambda: len(descendants(started.pid)) == 1, 10, "the grandchild")
        family = descendants(started.pid)
        began = time.monotonic()
        end(started, patience=0.5)

    assert time.monotonic() - began < 5
    assert started.returncode == -signal.SIGTERM
    assert all(started_at(pid) != start for pid, start in family)


def test_a_process_ends_also_when_the_block_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["bash", "-c", "echo what it said; exec sleep 60"]
    with (
        pytest.raises(RuntimeError, match="broken"),
        process(command, dict(os.environ), tmp_path / "log") as started,
    ):
        wait_for(lambda: "said" in (tmp_path / "log").read_text(), 10, "its first word")
        raise RuntimeError("broken")

    assert started.returncode == -signal.SIGTERM
    assert "what it said" in capsys.readouterr().err


def test_what_does_not_happen_is_named() -> None:
    with pytest.raises(TimeoutError, match="the form: not within 0 s"):
        wait_for(lambda: False, 0, "the form")


def test_no_setting_of_an_installation_reaches_another() -> None:
    env = {"PATH": "/bin", "VAR_DIR": "/srv/var", "PREFECT_API_URL": "x", "SECRET_KEY": "y"}
    assert plain_environment(env) == {"PATH": "/bin"}


def test_the_processes_of_the_procfile_are_known() -> None:
    assert {"web", "relay", "worker", "prefect"} <= procfile().keys()
    assert "gunicorn" in procfile()["web"]


PAGE = html.document_fromstring("""
<html><head><meta name="csrf-token" content="abc"></head><body>
<form action="/tim-kiem"><input name="q" value="x"></form>
<form action="/van-ban-den/t0/vao-so"><input type="hidden" name="version" value="3">
<input name="code_number" value="105"><textarea name="note">Gấp</textarea>
<select name="urgency"><option value="0">Thường</option><option value="3" selected>Hỏa tốc</option>
</select><input type="checkbox" name="paper" value="1"><button name="act" value="x"></button>
</form></body></html>
""")


def test_a_form_is_sent_as_it_stands() -> None:
    assert form_values(PAGE, "/van-ban-den/t0/vao-so") == {
        "version": "3", "code_number": "105", "note": "Gấp", "urgency": "3",
    }  # fmt: skip
    assert csrf_token(PAGE) == "abc"
    with pytest.raises(LookupError, match="no form"):
        form_values(PAGE, "/dang-nhap")
