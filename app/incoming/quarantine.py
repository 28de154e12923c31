"""Where arriving bytes lie until page 1 has been judged: one folder a file, 0700, in no back-up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from app.errors import NotFound, ProgrammingFault
from app.files.store import StoredBlob, copy_hashed, sync_folder

ORIGINAL = "original"
CROP = "crop.png"


class Quarantine:
    """Folders below `root`, named by the id of the ledger row."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def receive(self, intake_id: int, source: BinaryIO, *, limit: int) -> StoredBlob:
        """Write arriving bytes; when this returns they survive a power cut.

        Raises TooBig, and leaves nothing behind, for more than `limit` bytes.
        """
        folder = self._folder(intake_id)
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True, mode=0o700)
        blob = copy_hashed(source, folder / ORIGINAL, limit)
        sync_folder(folder)
        sync_folder(self.root)
        return blob

    def path(self, intake_id: int) -> Path:
        """The original. Raises NotFound when it has been stored or purged."""
        place = self._folder(intake_id) / ORIGINAL
        if not place.is_file():
            raise NotFound(f"intake {intake_id} is not in quarantine")
        return place

    def head(self, intake_id: int, size: int) -> bytes:
        """The first bytes, to tell the type by."""
        with self.path(intake_id).open("rb") as source:
            return source.read(size)

    def keep_crop(self, intake_id: int, png: bytes) -> None:
        """Keep the picture of the mark, which the clerk alone sees."""
        place = self._folder(intake_id) / CROP
        place.write_bytes(png)
        place.chmod(0o600)

    def crop(self, intake_id: int) -> bytes:
        """Raises NotFound when there is none."""
        place = self._folder(intake_id) / CROP
        if not place.is_file():
            raise NotFound(f"no crop of intake {intake_id}")
        return place.read_bytes()

    def purge(self, intake_id: int) -> bool:
        """Remove the folder with everything in it. Returns whether there was one."""
        folder = self._folder(intake_id)
        if not folder.is_dir():
            return False
        shutil.rmtree(folder)
        sync_folder(self.root)
        return True

    def ids(self) -> Iterator[int]:
        """Rows that have a folder."""
        if self.root.is_dir():
            for folder in self.root.iterdir():
                if folder.name.isdigit():
                    yield int(folder.name)

    def _folder(self, intake_id: int) -> Path:
        return self.root / str(int(intake_id))


_quarantine: Quarantine | None = None


def configure(root: Path) -> Quarantine:
    """Bind the process to the quarantine of its installation."""
    global _quarantine
    _quarantine = Quarantine(root)
    return _quarantine


def current_quarantine() -> Quarantine:
    """For entry points, never for services."""
    if _quarantine is None:
        raise ProgrammingFault("the quarantine is not configured")
    return _quarantine
