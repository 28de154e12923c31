"""The content-addressed store: bytes by their SHA-256, written once, never altered.

Bytes are there before the row that names them is committed; a crash in between leaves a file
without a row, which the collector removes a day later.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.errors import InvalidInput, NotFound, ProgrammingFault

CHUNK = 1024 * 1024


class TooBig(InvalidInput):
    """More bytes came than the limit allows. What was written is removed again."""


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """Bytes that are safe on disk: their hash and number."""

    sha256: str
    size: int


def copy_hashed(source: BinaryIO, target: Path, limit: int | None = None) -> StoredBlob:
    """Write a stream to a new file of mode 0600 and fsync it.

    Raises:
        TooBig: the stream holds more than `limit` bytes; `target` is removed.
    """
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if limit is not None and size > limit:
                    raise TooBig(f"Tệp lớn hơn giới hạn {limit // (1024 * 1024)} MB.")
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return StoredBlob(digest.hexdigest(), size)


def sync_folder(folder: Path) -> None:
    """Make names in a folder as durable as the bytes behind them."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class FileStore:
    """Files below `root`, two levels of folders by hash, temporary names in `root/tmp`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._temporary = root / "tmp"

    def put(self, source: BinaryIO, *, limit: int | None = None) -> StoredBlob:
        """Keep a stream. When this returns, the bytes survive a power cut.

        Known bytes are written again in place of the same bytes: the file becomes young, so
        that a collector on its way passes it by, and a rotten copy is healed.
        """
        self._temporary.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = self._temporary / f"{secrets.token_hex(8)}.part"
        blob = copy_hashed(source, temporary, limit)
        target = self._place(blob.sha256)
        self._make_folder(target.parent)
        os.replace(temporary, target)
        sync_folder(target.parent)
        return blob

    def put_path(self, path: Path) -> StoredBlob:
        """Keep a copy of a file."""
        with path.open("rb") as source:
            return self.put(source)

    def path(self, sha256: str) -> Path:
        """Where the bytes lie. Raises NotFound when they are not there (purged, not restored)."""
        place = self._place(sha256)
        if not place.is_file():
            raise NotFound(f"no bytes for {sha256}")
        return place

    def open(self, sha256: str) -> BinaryIO:
        return self.path(sha256).open("rb")

    def exists(self, sha256: str) -> bool:
        return self._place(sha256).is_file()

    def purge(self, sha256: str) -> bool:
        """Remove the bytes for good. Returns whether there were any."""
        place = self._place(sha256)
        if not place.is_file():
            return False
        place.unlink(missing_ok=True)
        sync_folder(place.parent)
        return True

    def all(self) -> Iterator[str]:
        """The hashes of all files, in no order."""
        for place in self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if len(place.name) == 64:
                yield place.name

    def written_at(self, sha256: str) -> float | None:
        """When the bytes were last put, in seconds since the epoch; None when they are gone."""
        try:
            return self._place(sha256).stat().st_mtime
        except FileNotFoundError:
            return None

    def remove_older(self, sha256: str, before: float) -> bool:
        """Remove bytes last put before a moment, and leave those put meanwhile.

        The file is moved aside first and looked at there: whoever puts the same bytes at this
        moment either made it young, and it goes back, or finds the place empty and fills it.
        """
        place, aside = self._place(sha256), self._temporary / f"{sha256}.old"
        self._temporary.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.rename(place, aside)
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime >= before:
            os.replace(aside, place)
            return False
        aside.unlink()
        return True

    def clean_temporary(self, older_than: float = 24 * 3600) -> int:
        """Remove half-written files of crashed processes; returns how many."""
        limit, removed = time.time() - older_than, 0
        for left in self._temporary.glob("*.part"):
            if left.stat().st_mtime < limit:
                left.unlink(missing_ok=True)
                removed += 1
        for left in self._temporary.glob("*.old"):  # a collector died between its two renames
            self._make_folder(self._place(left.stem).parent)
            os.replace(left, self._place(left.stem))
        return removed

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ProgrammingFault(f"not a hash: {sha256!r}")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            sync_folder(folder.parent)
            sync_folder(self.root)


_store: FileStore | None = None


def configure(root: Path) -> FileStore:
    """Bind the process to the store of its installation."""
    global _store
    _store = FileStore(root)
    return _store


def current_store() -> FileStore:
    """The store of this installation; for entry points, never for services."""
    if _store is None:
        raise ProgrammingFault("the file store is not configured")
    return _store
