"""Rows and bytes together: the collector, the purge, downloads."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.errors import RuleViolated
from app.files import collector, queries, services, serving
from app.files.models import Blob, BlobState, FileRole, StoredFile
from app.files.store import FileStore, StoredBlob, current_store
from app.security import SYSTEM

TWO_DAYS_AGO = 2 * 24 * 3600


def age(store: FileStore, sha256: str) -> None:
    path = store.path(sha256)
    old = path.stat().st_mtime - TWO_DAYS_AGO
    os.utime(path, (old, old))


def record(
    session: Session, blob: StoredBlob, *, thing_id: int = 1, original: int | None = None
) -> StoredFile:
    return services.record_file(
        session,
        SYSTEM,
        blob,
        name="a.pdf",
        media_type="application/pdf",
        role=FileRole.MAIN if original is None else FileRole.SEARCHABLE,
        kind="incoming",
        thing_id=thing_id,
        derived_from_id=original,
    )


@pytest.fixture
def store(app: Flask) -> FileStore:
    return current_store()


def test_the_collector_removes_only_old_files_without_a_row(store: FileStore) -> None:
    kept, orphan, fresh = (store.put(io.BytesIO(text)) for text in (b"kept", b"orphan", b"fresh"))
    with transaction() as session:
        record(session, kept)
    age(store, kept.sha256)
    age(store, orphan.sha256)

    done = collector.collect(store)

    assert done.orphans == 1
    assert set(store.all()) == {kept.sha256, fresh.sha256}


def test_a_row_committed_between_the_two_looks_saves_its_file(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = store.put(io.BytesIO(b"late"))
    age(store, blob.sha256)
    look = queries.known_hashes
    looks: list[int] = []

    def commit_after_the_first_look(session: Session, hashes: list[str]) -> set[str]:
        known = look(session, hashes)
        looks.append(len(known))
        if len(looks) == 1:
            other = threading.Thread(target=keep)
            other.start()
            other.join()
        return known

    def keep() -> None:
        with transaction() as session:
            record(session, blob)

    monkeypatch.setattr(queries, "known_hashes", commit_after_the_first_look)

    assert collector.collect(store).orphans == 0
    assert looks == [0, 1]
    assert store.exists(blob.sha256)


def test_a_purge_reaches_derivatives_and_other_uses_of_the_same_bytes(store: FileStore) -> None:
    blob, text = store.put(io.BytesIO(b"scan")), store.put(io.BytesIO(b"scan with text"))
    with transaction() as session:
        first = record(session, blob)
        second = record(session, blob, thing_id=2)
        derived = record(session, text, original=second.id)
    with transaction() as session:
        hashes = services.purge_files(session, [first.id])

    assert set(hashes) == {blob.sha256, text.sha256}
    with reading() as session:
        names = session.scalars(
            sa.select(StoredFile.name).where(StoredFile.id.in_([first.id, second.id, derived.id]))
        ).all()
        states = session.scalars(sa.select(Blob.state)).all()
    assert names == ["", "", ""]
    assert set(states) == {BlobState.PURGED}


def test_a_purge_of_own_files_leaves_the_same_bytes_to_another_thing(store: FileStore) -> None:
    shared, own = store.put(io.BytesIO(b"form")), store.put(io.BytesIO(b"result"))
    with transaction() as session:
        ours = [record(session, blob).id for blob in (shared, own)]
        other = record(session, shared, thing_id=2)
    with transaction() as session:
        assert services.purge_own_files(session, ours) == [other.id]

    with reading() as session:
        names = {file.id: file.name for file in session.scalars(sa.select(StoredFile))}
        assert session.get_one(Blob, shared.sha256).state is BlobState.STORED
        assert session.get_one(Blob, own.sha256).state is BlobState.PURGED
    assert [names[one] for one in ours] == ["", ""]
    assert names[other.id] != ""
    with transaction() as session:
        assert services.purge_own_files(session, [other.id]) == []
        assert session.get_one(Blob, shared.sha256).state is BlobState.PURGED


def test_bytes_of_a_purge_that_was_killed_before_removing_them_go_with_the_collector(
    store: FileStore,
) -> None:
    blob = store.put(io.BytesIO(b"secret"))
    with transaction() as session:
        services.purge_files(session, [record(session, blob).id])

    assert collector.collect(store).purged == 1

    assert not store.exists(blob.sha256)


def test_bytes_put_again_after_a_purge_are_kept(store: FileStore) -> None:
    blob = store.put(io.BytesIO(b"by mistake"))
    with transaction() as session:
        services.purge_files(session, [record(session, blob).id])
    store.purge(blob.sha256)
    store.put(io.BytesIO(b"by mistake"))
    with transaction() as session:
        record(session, blob)

    collector.collect(store)

    assert store.exists(blob.sha256)
    with reading() as session:
        assert queries.is_stored(session, blob.sha256)


def test_eight_writers_of_the_same_bytes_make_one_blob(store: FileStore) -> None:
    blob = store.put(io.BytesIO(b"same"))
    faults: list[BaseException] = []

    def keep(thing_id: int) -> None:
        try:
            with transaction() as session:
                record(session, blob, thing_id=thing_id)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Blob)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 8


def test_a_derivative_needs_its_original(session: Session, store: FileStore) -> None:
    blob = store.put(io.BytesIO(b"x"))
    with pytest.raises(RuleViolated):
        services.record_file(
            session,
            SYSTEM,
            blob,
            name="x",
            media_type="application/pdf",
            role=FileRole.STAMPED,
            kind="incoming",
            thing_id=1,
        )


def test_a_download_cannot_act_on_our_pages(app: Flask, store: FileStore, tmp_path: Path) -> None:
    blob = store.put(io.BytesIO(b"<script>alert(1)</script>"))
    file = StoredFile(sha256=blob.sha256, name="Đơn.html", media_type="text/html")
    with app.test_request_context():
        answer = serving.send(store, file, inline=True)

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_verify_finds_the_damaged_file(app: Flask, store: FileStore) -> None:
    sound, rotten = store.put(io.BytesIO(b"sound")), store.put(io.BytesIO(b"rotten"))
    store.path(rotten.sha256).write_bytes(b"changed")

    result = app.test_cli_runner().invoke(args=["files", "verify"])

    assert result.exit_code == 1
    assert rotten.sha256 in result.output
    assert sound.sha256 not in result.output
