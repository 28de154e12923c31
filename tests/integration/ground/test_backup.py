"""A back-up comes back whole, into an empty place only, and a damaged one not at all."""

from __future__ import annotations

import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import audit, backup, db
from app.db import reading, transaction
from app.errors import RuleViolated
from app.security import SYSTEM
from config.settings import Settings


@pytest.fixture
def archive(app: Flask, settings: Settings, tmp_path: Path) -> Path:
    """A back-up of one audited act, one stored file and one file in quarantine."""
    with transaction() as session:
        audit.record(session, SYSTEM, "letter.registered", 7)
    (settings.files_dir / "ab").mkdir(parents=True)
    (settings.files_dir / "ab" / "abcd").write_bytes(b"scan")
    settings.quarantine_dir.mkdir(parents=True)
    (settings.quarantine_dir / "held").write_bytes(b"perhaps secret")
    target = tmp_path / "backup.tar"
    backup.back_up(settings, target)
    return target


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Settings:
    """An empty place of the same kind of database."""
    url = sa.make_url(settings.database_url)
    var_dir = tmp_path / "elsewhere"
    if url.get_backend_name() == "sqlite":
        return replace(settings, database_url=f"sqlite:///{var_dir}/new.db", var_dir=var_dir)
    name = f"{url.database}_restored"
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    server.dispose()
    new = url.set(database=name).render_as_string(hide_password=False)
    return replace(settings, database_url=new, var_dir=var_dir)


def test_what_was_backed_up_is_there_after_a_restore(archive: Path, elsewhere: Settings) -> None:
    assert backup.restore(elsewhere, archive).files == 1
    assert (elsewhere.files_dir / "ab" / "abcd").read_bytes() == b"scan"
    db.configure(elsewhere.database_url)
    with reading() as session:
        assert session.scalars(sa.select(audit.AuditLog.thing_id)).all() == [7]


def test_quarantine_is_in_no_backup(archive: Path) -> None:
    with tarfile.open(archive) as opened:
        assert not [name for name in opened.getnames() if "held" in name]


def test_a_restore_never_overwrites_an_installation(archive: Path, settings: Settings) -> None:
    with pytest.raises(RuleViolated, match="không trống"):
        backup.restore(settings, archive)


def test_a_damaged_backup_restores_nothing(
    archive: Path, elsewhere: Settings, tmp_path: Path
) -> None:
    content = archive.read_bytes().replace(b"scan", b"scam")
    archive.write_bytes(content)
    with pytest.raises(RuleViolated, match="bị hỏng"):
        backup.restore(elsewhere, archive)
    assert not backup.database_has_tables(elsewhere.database_url)


def test_a_backup_overwrites_no_other_backup(archive: Path, settings: Settings) -> None:
    with pytest.raises(RuleViolated, match="đã có"):
        backup.back_up(settings, archive)
