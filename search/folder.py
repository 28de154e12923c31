"""The folder of an embedded index: which version of it is in use, and whether it is whole.

    DIR/current            name of the sub-folder in use, replaced in one step
    DIR/index-<token>/     an index of tantivy, and `schema`: the version it was written with
    DIR/broken-<token>/    a damaged index, set aside for a look; the newest only

A sub-folder that `current` does not name is an unfinished rebuild, or about to be removed.
"""

import os
import shutil
import struct
import uuid
import zlib
from contextlib import suppress
from pathlib import Path

from search.errors import IndexCorrupt, IndexMissing, IndexOutdated
from search.fields import SCHEMA

_PREFIX, _BROKEN = "index-", "broken-"
_FOOTER_MAGIC = 1337  # end of each file of tantivy: JSON with the checksum, its length, this


class IndexFolder:
    """Paths and their state; knows nothing of queries."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> Path:
        """The sub-folder in use.

        Raises:
            IndexMissing: there is none.
            IndexOutdated: it was written with another schema or analysis.
        """
        try:
            path = self.root / (self.root / "current").read_text(encoding="ascii").strip()
            written = (path / "schema").read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexMissing(f"no index in {self.root}") from error
        if written != SCHEMA:
            raise IndexOutdated(f"index in {path} has schema {written}, not {SCHEMA}")
        return path

    def state(self) -> tuple[object, ...]:
        """Something that differs after every commit or swap, cheap to ask for."""
        pointer = _stamp(self.root / "current")
        if pointer is None:
            return ()
        name = (self.root / "current").read_text(encoding="ascii").strip()
        return (pointer, _stamp(self.root / name / "meta.json"))

    def create(self) -> Path:
        """A new, empty sub-folder that is not in use yet."""
        path = self.root / f"{_PREFIX}{uuid.uuid4().hex[:12]}"
        path.mkdir(parents=True)
        (path / "schema").write_text(SCHEMA, encoding="ascii")
        return path

    def unfinished(self) -> Path | None:
        """A rebuild of this schema that has been begun and not finished."""
        in_use = self._name_in_use()
        for path in sorted(self.root.glob(f"{_PREFIX}*")):
            if path.name != in_use and (path / "meta.json").exists():
                with suppress(FileNotFoundError):
                    if (path / "schema").read_text(encoding="ascii").strip() == SCHEMA:
                        return path
        return None

    def use(self, path: Path) -> None:
        """Put a sub-folder in use; the others go, readers that have them open read on."""
        temporary = self.root / "current.new"
        with temporary.open("w", encoding="ascii") as file:
            file.write(path.name)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.root / "current")
        sync_folder(self.root)
        self.remove_others()

    def remove_others(self) -> None:
        """Remove every index that is not in use."""
        in_use = self._name_in_use()
        for path in self.root.glob(f"{_PREFIX}*"):
            if path.name != in_use:
                shutil.rmtree(path, ignore_errors=True)

    def set_aside(self) -> Path | None:
        """Move the index in use out of the way, keeping only the newest such; returns where."""
        name = self._name_in_use()
        with suppress(FileNotFoundError):
            (self.root / "current").unlink()
        for old in self.root.glob(f"{_BROKEN}*"):
            shutil.rmtree(old, ignore_errors=True)
        if name is None or not (self.root / name).exists():
            return None
        return (self.root / name).rename(self.root / name.replace(_PREFIX, _BROKEN, 1))

    def size(self) -> int:
        """Bytes of the index in use."""
        return sum(f.stat().st_size for f in self.current().iterdir() if f.is_file())

    def _name_in_use(self) -> str | None:
        try:
            return (self.root / "current").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None


def check_files(path: Path) -> None:
    """Compare the files of an index with the checksums they carry.

    Raises:
        IndexCorrupt: a file is damaged or cut off; names it.
    """
    for file in sorted(path.iterdir()):
        suffixes = (".term", ".store", ".pos", ".idx", ".fast", ".fieldnorm", ".del")
        if file.suffix in suffixes and not _whole(file):
            raise IndexCorrupt(f"{file} is damaged")


def _whole(path: Path) -> bool:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size < 8:
            return False
        file.seek(size - 8)
        length, magic = struct.unpack("<II", file.read(8))
        content = size - 8 - length
        if magic != _FOOTER_MAGIC or content < 0:
            return False
        file.seek(content)
        footer = file.read(length)
        file.seek(0)
        checksum, left = 0, content
        while left and (block := file.read(min(left, 1 << 20))):
            checksum, left = zlib.crc32(block, checksum), left - len(block)
    return f'"crc":{checksum}}}'.encode() in footer


def sync_folder(path: Path) -> None:
    """Make a rename in a folder last through a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size
