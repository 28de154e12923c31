"""The scanner's folder: nothing half-written, nothing twice, nothing lost."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.db import reading
from app.incoming import entry
from app.incoming.models import IntakeItem, IntakeSource, IntakeState
from tests.factories import Office
from workflows import watch_folder
from workflows.runtime import Runtime
from workflows.watch_folder import Scanned

PDF = b"%PDF-1.7\n"


def drop(folder: Path, name: str, content: bytes = PDF, age: float = 10) -> Path:
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def items() -> list[IntakeItem]:
    with reading() as session:
        return list(session.scalars(sa.select(IntakeItem).order_by(IntakeItem.id)))


def test_a_finished_scan_comes_in_and_moves_aside(
    running: Runtime, staffed: Office, watched: Path
) -> None:
    drop(watched, "Quét 1.pdf")

    assert watch_folder.scan(running) == Scanned(taken=1, refused=0, growing=0)

    [item] = items()
    assert (item.source, item.state, item.file_name) == (
        IntakeSource.WATCH, IntakeState.QUARANTINED, "Quét 1.pdf",
    )  # fmt: skip
    moved = watched / "da-nhan" / f"{item.id}-Quét 1.pdf"
    assert moved.read_bytes() == PDF
    assert item.source_path == str(moved)
    assert watch_folder.scan(running) == Scanned(0, 0, 0)


def test_a_scan_that_still_grows_waits(running: Runtime, staffed: Office, watched: Path) -> None:
    drop(watched, "a.pdf", age=0)

    assert watch_folder.scan(running).growing == 1
    assert items() == []


def test_a_file_whose_size_changes_under_the_look_is_not_stable(
    watched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(watched, "a.pdf")

    def grow(_seconds: float) -> None:
        path.write_bytes(PDF + b"more")
        os.utime(path, (time.time() - 10, time.time() - 10))

    monkeypatch.setattr(time, "sleep", grow)
    assert not watch_folder.is_stable(path)


def test_a_bad_file_is_set_aside_with_its_reason(
    running: Runtime, staffed: Office, watched: Path
) -> None:
    drop(watched, "rỗng.pdf", b"")

    assert watch_folder.scan(running).refused == 1

    [note] = (watched / "khong-nhan").glob("*.txt")
    assert note.read_text() == "Tệp rỗng, không có dữ liệu.\n"
    assert note.with_suffix("").exists()


def test_half_files_and_hidden_files_are_passed_by(
    running: Runtime, staffed: Office, watched: Path
) -> None:
    for name in (".a.pdf", "a.pdf.part", "~a.tmp"):
        drop(watched, name)
    (watched / "link.pdf").symlink_to("/etc/passwd")

    assert watch_folder.scan(running) == Scanned(0, 0, 0)


def test_a_folder_that_is_not_mounted_is_said(running: Runtime, watched: Path) -> None:
    watched.rmdir()
    with pytest.raises(FileNotFoundError):
        watch_folder.scan(running)


class Died(BaseException):
    """The process is gone: nothing catches it."""


def dies(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    """Let the process die where `name` is called."""

    def die(*_args: object, **_kwargs: object) -> None:
        raise Died

    monkeypatch.setattr(module, name, die)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (entry, "take_bytes"),  # the row is committed, no byte has come
        (entry, "settle"),  # all bytes lie in quarantine, the row does not say so
        (watch_folder, "_move_aside"),  # all is committed, the source has not moved
    ],
)
def test_a_process_that_died_takes_the_file_in_once(
    running: Runtime,
    staffed: Office,
    watched: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
) -> None:
    path = drop(watched, "a.pdf")
    with monkeypatch.context() as dying:
        dies(dying, module, name)
        with pytest.raises(Died):
            watch_folder.scan(running)

    watch_folder.scan(running)

    assert not path.exists()
    assert [item.state for item in items()] == [IntakeState.QUARANTINED]


def test_a_new_scan_under_a_used_name_is_another_file(
    running: Runtime, staffed: Office, watched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(watched, "scan.pdf", PDF + b"1")
    with monkeypatch.context() as dying:  # moved by hand after a crash: the row names the old place
        dies(dying, watch_folder, "_move_aside")
        with pytest.raises(Died):
            watch_folder.scan(running)
    (watched / "scan.pdf").unlink()
    drop(watched, "scan.pdf", PDF + b"2")

    watch_folder.scan(running)

    assert len({item.sha256 for item in items()}) == 2


def test_a_confirmed_secret_is_removed_from_the_scan_folder(
    running: Runtime, staffed: Office, watched: Path
) -> None:
    drop(watched, "a.pdf", PDF + b"phuongtimbimat")
    watch_folder.scan(running)
    [item] = items()

    entry.confirm_secret(staffed.clerk, item.id)

    left = [path for path in watched.rglob("*") if path.is_file()]
    assert left == []
    assert items()[0].source_path is None
