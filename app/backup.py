"""Back-up and restore: the database first, then the files, so that every row finds its file.

A back-up is one tar archive: `manifest.json` (what, when, checksums), the database, the settings,
the sealed heads of the audit trail, and the file store. Quarantine and the index are left out: the
first may hold secrets, the second is built anew.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from app.clock import now
from app.errors import RuleViolated
from config.settings import Settings

FORMAT = 1
SQLITE_NAME = "database.sqlite3"
POSTGRESQL_NAME = "database.pgdump"
LOOSE = ("secrets.env", "audit-heads.txt")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a back-up holds, or what was restored. `size` in bytes."""

    path: Path
    files: int
    size: int


def back_up(settings: Settings, target: Path) -> Summary:
    """Write an archive to `target`; it appears whole or not at all.

    Raises:
        RuleViolated: `target` exists already.
    """
    if target.exists():
        raise RuleViolated(f"Tệp {target.name} đã có, không ghi đè bản sao lưu.")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".part")
    sums: dict[str, str] = {}
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        database = dump_database(settings.database_url, Path(folder))
        with tarfile.open(partial, "w") as archive:
            for name, path in [(database.name, database), *_members(settings)]:
                sums[name] = _sha256(path)
                archive.add(path, name, recursive=False)
            manifest = {"format": FORMAT, "made_at": now().isoformat(), "sha256": sums}
            _add_bytes(archive, "manifest.json", json.dumps(manifest, indent=1).encode())
    partial.chmod(0o600)
    partial.rename(target)
    return Summary(target, sum(name.startswith("files/") for name in sums), target.stat().st_size)


def restore(settings: Settings, source: Path) -> Summary:
    """Put a back-up into an empty installation, checking every checksum first.

    Raises:
        RuleViolated: the installation is not empty, or the archive is damaged.
    """
    if database_has_tables(settings.database_url):
        raise RuleViolated("Cơ sở dữ liệu đích không trống; hãy khôi phục vào một nơi cài mới.")
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.var_dir) as name:
        folder = Path(name)
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        files = _check(folder)
        load_database(settings.database_url, folder)
        if (folder / "files").is_dir():
            shutil.copytree(folder / "files", settings.files_dir, dirs_exist_ok=True)
        for loose in LOOSE:
            if (folder / loose).exists():
                shutil.copy2(folder / loose, settings.var_dir / loose)
    return Summary(source, files, source.stat().st_size)


def dump_database(database_url: str, folder: Path) -> Path:
    """A consistent copy of the database as one file, while the system goes on working."""
    url = sa.make_url(database_url)
    if url.get_backend_name() == "sqlite":
        target = folder / SQLITE_NAME
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
        engine.dispose()
        return target
    target = folder / POSTGRESQL_NAME
    _run(["pg_dump", "--format=custom", f"--file={target}", _libpq(url)])
    return target


def load_database(database_url: str, folder: Path) -> None:
    """The reverse of `dump_database`. A dump of the other kind of database is refused."""
    url = sa.make_url(database_url)
    if url.get_backend_name() == "sqlite":
        if not (folder / SQLITE_NAME).exists():
            raise RuleViolated("Bản sao lưu này của PostgreSQL, không khôi phục vào SQLite được.")
        path = Path(url.database or "")
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / SQLITE_NAME, path)
        return
    if not (folder / POSTGRESQL_NAME).exists():
        raise RuleViolated("Bản sao lưu này của SQLite, không khôi phục vào PostgreSQL được.")
    dump = str(folder / POSTGRESQL_NAME)
    _run(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_libpq(url)}", dump])


def database_has_tables(database_url: str) -> bool:
    """Whether something is there that a restore would destroy."""
    url = sa.make_url(database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return False
    engine = sa.create_engine(url)
    found = bool(sa.inspect(engine).get_table_names())
    engine.dispose()
    return found


def _members(settings: Settings) -> Iterator[tuple[str, Path]]:
    for loose in LOOSE:
        if (settings.var_dir / loose).exists():
            yield loose, settings.var_dir / loose
    for path in sorted(settings.files_dir.rglob("*")):
        if path.is_file():
            yield f"files/{path.relative_to(settings.files_dir)}", path


def _check(folder: Path) -> int:
    """Compare every checksum with the manifest; returns the number of stored files."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
        sums: dict[str, str] = manifest["sha256"]
    except (OSError, ValueError, KeyError):
        raise RuleViolated("Tệp này không phải bản sao lưu của hệ thống.") from None
    for name, expected in sums.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != expected:
            raise RuleViolated(f"Bản sao lưu bị hỏng ở tệp {name}; chưa khôi phục gì.")
    return sum(name.startswith("files/") for name in sums)


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mtime = int(now().timestamp())
    archive.addfile(info, io.BytesIO(content))


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _libpq(url: sa.URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = done.stderr.strip().splitlines()[-1:] or [""]
        raise RuleViolated(f"{command[0]} không hoàn thành: {tail[0]}")
