"""The content-addressed store, without a database."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.errors import NotFound, ProgrammingFault
from app.files.store import FileStore, TooBig

WRITER = """
import sys, time
from pathlib import Path
from app.files.store import FileStore

class Slow:
    def __init__(self): self.left = 40
    def read(self, size):
        self.left -= 1
        if self.left == 20:
            print("halfway", flush=True)
            time.sleep(60)
        return b"x" * 1000 if self.left else b""

FileStore(Path(sys.argv[1])).put(Slow())
"""


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def test_bytes_come_back_as_they_were_put(store: FileStore) -> None:
    blob = store.put(io.BytesIO("Kính gửi".encode()))

    assert blob.sha256 == hashlib.sha256("Kính gửi".encode()).hexdigest()
    assert blob.size == len("Kính gửi".encode())
    assert store.path(blob.sha256).read_bytes() == "Kính gửi".encode()


def test_the_same_bytes_are_kept_once(store: FileStore) -> None:
    first, second = store.put(io.BytesIO(b"a")), store.put(io.BytesIO(b"a"))

    assert first == second
    assert list(store.all()) == [first.sha256]


def test_rotten_bytes_are_healed_by_putting_them_again(store: FileStore) -> None:
    blob = store.put(io.BytesIO(b"sound"))
    store.path(blob.sha256).write_bytes(b"rotten")

    store.put(io.BytesIO(b"sound"))

    assert store.path(blob.sha256).read_bytes() == b"sound"


def test_too_many_bytes_leave_nothing_behind(store: FileStore) -> None:
    with pytest.raises(TooBig):
        store.put(io.BytesIO(b"x" * 100), limit=99)

    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_files_are_readable_by_their_owner_only(store: FileStore) -> None:
    blob = store.put(io.BytesIO(b"a"))

    assert store.path(blob.sha256).stat().st_mode & 0o777 == 0o600
    assert store.path(blob.sha256).parent.stat().st_mode & 0o777 == 0o700


def test_purged_bytes_are_not_found(store: FileStore) -> None:
    blob = store.put(io.BytesIO(b"a"))

    assert store.purge(blob.sha256)

    assert not store.purge(blob.sha256)
    with pytest.raises(NotFound):
        store.path(blob.sha256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "0" * 63, ""])
def test_only_hashes_name_files(store: FileStore, name: str) -> None:
    with pytest.raises(ProgrammingFault):
        store.path(name)


def test_young_bytes_are_not_removed(store: FileStore) -> None:
    blob = store.put(io.BytesIO(b"a"))

    assert not store.remove_older(blob.sha256, time.time() - 3600)

    assert store.path(blob.sha256).read_bytes() == b"a"


def test_bytes_put_again_are_young_again(store: FileStore) -> None:
    blob = store.put(io.BytesIO(b"a"))
    os.utime(store.path(blob.sha256), (0, 0))
    store.put(io.BytesIO(b"a"))

    assert not store.remove_older(blob.sha256, time.time() - 3600)
    assert store.exists(blob.sha256)


def test_a_collector_that_died_between_its_renames_loses_nothing(store: FileStore) -> None:
    blob = store.put(io.BytesIO(b"a"))
    aside = store.root / "tmp" / f"{blob.sha256}.old"
    os.rename(store.path(blob.sha256), aside)

    store.clean_temporary()

    assert store.path(blob.sha256).read_bytes() == b"a"


def test_a_writer_killed_in_the_middle_leaves_only_a_temporary_file(store: FileStore) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(store.root)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "halfway\n"
    child.send_signal(signal.SIGKILL)
    child.wait(timeout=10)

    assert list(store.all()) == []
    assert len(list((store.root / "tmp").iterdir())) == 1
    assert store.clean_temporary(older_than=-1) == 1
    assert list((store.root / "tmp").iterdir()) == []
