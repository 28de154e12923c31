"""The folders that a transport agent shares with us, and where raw packets wait to be judged.

`den` is what came, `di` what goes. The held ones (0700, in no back-up, not shared) are packets
whose parts have not passed quarantine yet: page 1 of a part may bear a secrecy mark.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.errors import ProgrammingFault
from app.files.store import sync_folder

RAW = "goi-tin.edxml"
REFUSED = "khong-nhan"
NEW, LEASES = "moi-", 64
LEFT_BEHIND_SECONDS = 3600.0  # longer than any file takes to come in


class Folders:
    """`root` is shared with the agent, `held` is ours alone. Made when they are needed."""

    def __init__(self, root: Path, held: Path) -> None:
        self.root, self.held = root, held
        self.inbox, self.outbox = root / "den", root / "di"

    def work(self) -> Path:
        """An empty folder for one file that arrives."""
        self._make(self.held)
        return Path(tempfile.mkdtemp(prefix=NEW, dir=self.held))

    def sweep(self) -> int:
        """Remove what killed processes left of files that were arriving. Returns how many."""
        if not self.held.is_dir():
            return 0
        before = time.time() - LEFT_BEHIND_SECONDS
        old = [one for one in self.held.glob(f"{NEW}*") if one.stat().st_mtime < before]
        for folder in old:
            shutil.rmtree(folder, ignore_errors=True)
        return len(old)

    @contextmanager
    def lease(self, digest: str) -> Iterator[None]:
        """Only one process at a time takes in what has this hash (hexadecimal); others wait.

        The system gives a lease back when its process dies.
        """
        self._make(self.held)
        number = int(digest[:8], 16) % LEASES
        with (self.held / f"khoa-{number}").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def hold(self, packet_id: int, source: Path) -> None:
        """Keep the raw file of a packet until its parts have been judged.

        When this returns the file survives a power cut: its bytes were flushed as they came.
        """
        folder = self._held(packet_id)
        folder.mkdir(exist_ok=True, mode=0o700)
        os.replace(source, folder / RAW)
        sync_folder(folder)
        sync_folder(self.held)

    def raw(self, packet_id: int) -> Path | None:
        """The held raw file, if it is there."""
        place = self._held(packet_id) / RAW
        return place if place.is_file() else None

    def forget(self, packet_id: int) -> None:
        """Remove the held raw file."""
        shutil.rmtree(self._held(packet_id), ignore_errors=True)

    def put_out(self, name: str, write: Callable[[BinaryIO], None]) -> Path:
        """Write a file that the agent sees only when it is whole. Repeated it is written again."""
        self._make(self.outbox)
        target = self.outbox / name
        half = self.outbox / f".{name}.part"
        with half.open("wb") as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())
        os.replace(half, target)
        sync_folder(self.outbox)
        return target

    def _held(self, packet_id: int) -> Path:
        return self.held / str(int(packet_id))

    def _make(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700 if folder == self.held else 0o770)


_folders: Folders | None = None


def configure(root: Path, held: Path) -> Folders:
    """Bind the process to the folders of its installation."""
    global _folders
    _folders = Folders(root, held)
    return _folders


def current_folders() -> Folders:
    """For entry points and handlers, never for services."""
    if _folders is None:
        raise ProgrammingFault("the exchange's folders are not configured")
    return _folders
