from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from ocr import sandbox
from ocr.errors import FileRefused
from ocr.types import Limits

HOSTILE = "tests.unit.ocr.hostile"
SMALL = Limits(wall_s=20, cpu_s=10, memory_mb=1024, file_mb=4, open_files=64)


def refusal(name: str, limits: Limits = SMALL, **args: Any) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        sandbox.run(f"{HOSTILE}:{name}", args, limits)
    return caught.value


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_result_and_what_is_reported_on_the_way_come_back() -> None:
    seen: list[Any] = []

    result = sandbox.run(f"{HOSTILE}:where", {"text": "Tờ trình"}, SMALL, on_progress=seen.append)

    assert result["text"] == "Tờ trình"
    assert seen == [{"half": "way"}]


def test_a_child_loads_its_function_and_not_the_application_around_it() -> None:
    args = {"name": "app.outgoing.signing.verdict"}
    loaded = sandbox.run(f"{HOSTILE}:loaded_with", args, SMALL)

    assert {"app.outgoing.signing.verdict", "pyhanko.sign.validation"} <= set(loaded)
    assert not {"flask", "app.db", "app.rooms", "weasyprint"} & set(loaded)


def test_each_child_works_in_a_folder_of_its_own_that_is_removed(tmp_path: Path) -> None:
    found: list[str] = []

    def collect(folder: Path, result: Any) -> Any:
        found.extend(path.name for path in folder.iterdir())
        return result

    first = sandbox.run(f"{HOSTILE}:where", {"text": "a"}, SMALL, collect=collect)
    second = sandbox.run(f"{HOSTILE}:where", {"text": "b"}, SMALL)

    assert found == ["left-over.txt"]
    assert first["folder"] != second["folder"]
    assert not Path(first["folder"]).exists()
    assert not Path(second["folder"]).exists()


def test_a_child_does_not_see_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for children")

    result = sandbox.run(f"{HOSTILE}:where", {"text": ""}, SMALL)

    assert "SECRET_KEY" not in result["environment"]


def test_an_endless_loop_is_stopped_by_the_wall_clock() -> None:
    started = time.monotonic()

    error = refusal("loop", Limits(wall_s=1.0, cpu_s=60))

    assert error.code == "timeout"
    assert time.monotonic() - started < 8
    assert error.sentence.startswith("Đọc tệp quá thời gian")


def test_an_endless_loop_is_stopped_by_the_limit_of_cpu() -> None:
    assert refusal("loop", Limits(wall_s=60, cpu_s=1)).code == "timeout"


def test_what_a_child_started_is_killed_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"

    error = refusal("loop_in_a_grandchild", Limits(wall_s=3.0), note=str(note))

    assert error.code == "timeout"
    pid = int(note.read_text(encoding="ascii"))
    deadline = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(pid)


def test_a_memory_bomb_costs_only_its_child() -> None:
    assert refusal("eat_memory").code == "memory"
    assert sandbox.run(f"{HOSTILE}:where", {"text": "still here"}, SMALL)["text"] == "still here"


def test_a_child_cannot_write_more_than_its_limit() -> None:
    assert refusal("write_much").code == "too_big"


def test_a_child_cannot_open_more_files_than_its_limit() -> None:
    assert refusal("open_many").code in ("broken", "crashed")


def test_an_answer_over_the_limit_is_refused() -> None:
    assert refusal("answer_much", Limits(wall_s=20, answer_bytes=1_000_000)).code == "too_big"


def test_a_crash_becomes_a_sentence() -> None:
    error = refusal("die")

    assert error.code == "crashed"
    assert "dừng bất thường" in error.sentence


def test_network_sockets_are_refused_and_local_ones_are_not() -> None:
    if not sandbox.network_blocked():
        pytest.skip("this kernel or libseccomp offers no filter; the health page says so")

    assert sandbox.run(f"{HOSTILE}:open_network", {}, SMALL) is False
    assert sandbox.run(f"{HOSTILE}:talk_to_itself", {}, SMALL) is True


def test_an_error_inside_a_child_is_a_broken_file_without_a_traceback() -> None:
    error = refusal("not_json")

    assert error.code in ("broken", "crashed")
    assert "Traceback" not in error.detail


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    def collect(folder: Path, name: Any) -> Path:
        return sandbox.take(folder, str(name), tmp_path / "stolen", max_bytes=1_000_000)

    with pytest.raises(FileRefused):
        sandbox.run(f"{HOSTILE}:link_out", {}, SMALL, collect=collect)
    assert not os.path.lexists(tmp_path / "stolen")


def test_a_name_that_climbs_out_of_the_folder_stays_inside(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x", encoding="ascii")
    inner = tmp_path / "inner"
    inner.mkdir()

    with pytest.raises((FileRefused, FileNotFoundError)):
        sandbox.take(inner, "../secret", tmp_path / "taken", max_bytes=10)
    assert (tmp_path / "secret").exists()
