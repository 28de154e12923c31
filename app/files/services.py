"""Rows for bytes that are already in the store, and their purge."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import RuleViolated
from app.files.models import DERIVED, Blob, BlobState, FileRole, StoredFile
from app.files.store import StoredBlob
from app.security import Actor


def record_file(
    session: Session,
    actor: Actor,
    blob: StoredBlob,
    *,
    name: str,
    media_type: str,
    role: FileRole,
    kind: str,
    thing_id: int | None,
    derived_from_id: int | None = None,
    page_count: int | None = None,
) -> StoredFile:
    """Give stored bytes a name and a thing. The room of the thing has authorized the act.

    Raises RuleViolated for a derivative that names no original, or an original that names one.
    """
    if (role in DERIVED) != (derived_from_id is not None):
        raise RuleViolated("Tệp phái sinh phải có tệp gốc, tệp gốc thì không.")
    _keep_blob(session, blob, media_type)
    file = StoredFile(
        sha256=blob.sha256,
        name=name,
        media_type=media_type,
        role=role,
        kind=kind,
        thing_id=thing_id,
        derived_from_id=derived_from_id,
        page_count=page_count,
        added_at=now(),
        added_by=actor.person_id,
    )
    session.add(file)
    session.flush()
    return file


def _keep_blob(session: Session, blob: StoredBlob, media_type: str) -> None:
    known = session.get(Blob, blob.sha256, with_for_update=True)
    if known is None:
        try:
            with session.begin_nested():
                session.add(
                    Blob(
                        sha256=blob.sha256,
                        size=blob.size,
                        media_type=media_type,
                        state=BlobState.STORED,
                        stored_at=now(),
                    )
                )
        except sa.exc.IntegrityError:  # another process stored the same bytes just now
            known = session.get_one(Blob, blob.sha256, with_for_update=True)
    if known is not None and known.state is BlobState.PURGED:
        known.state, known.purged_at, known.stored_at = BlobState.STORED, None, now()


def purge_files(session: Session, file_ids: Sequence[int]) -> list[str]:
    """Forget files, everything derived from them, and every other use of the same bytes.

    Returns the hashes whose bytes the entry point removes from the store after the commit. The
    rows stay without a name. If the process dies in between, the collector removes the bytes.
    """
    ids = _with_relatives(session, file_ids)
    files = session.scalars(sa.select(StoredFile).where(StoredFile.id.in_(ids))).all()
    hashes = sorted({file.sha256 for file in files})
    for file in files:
        file.name, file.page_count = "", None
    for blob in session.scalars(sa.select(Blob).where(Blob.sha256.in_(hashes))):
        blob.state, blob.purged_at = BlobState.PURGED, now()
    session.flush()
    return hashes


def _with_relatives(session: Session, file_ids: Sequence[int]) -> set[int]:
    found, fresh = set[int](), set(file_ids)
    while fresh:
        found |= fresh
        same = sa.select(StoredFile.sha256).where(StoredFile.id.in_(fresh))
        rows = sa.select(StoredFile.id).where(
            sa.or_(StoredFile.derived_from_id.in_(fresh), StoredFile.sha256.in_(same))
        )
        fresh = set(session.scalars(rows)) - found
    return found


def purge_own_files(session: Session, file_ids: Sequence[int]) -> list[int]:
    """Forget files and everything derived from them, but no other thing's use of the same bytes.

    Bytes go only when nothing else names them; otherwise our rows let go of their thing. Returns
    the ids of the other uses, for a person to decide about. The collector removes the bytes.
    """
    ids, fresh = set[int](), set(file_ids)
    while fresh:
        ids |= fresh
        rows = sa.select(StoredFile.id).where(StoredFile.derived_from_id.in_(fresh))
        fresh = set(session.scalars(rows)) - ids
    files = session.scalars(sa.select(StoredFile).where(StoredFile.id.in_(ids))).all()
    hashes = {file.sha256 for file in files}
    # The lock is the one a new use of the bytes takes first.
    blobs = session.scalars(
        sa.select(Blob).where(Blob.sha256.in_(hashes)).order_by(Blob.sha256).with_for_update()
    ).all()
    others = session.scalars(
        sa.select(StoredFile)
        .where(StoredFile.sha256.in_(hashes), StoredFile.id.not_in(ids), StoredFile.name != "")
        .order_by(StoredFile.id)
    ).all()
    used = {file.sha256 for file in others}
    for file in files:
        file.name, file.page_count = "", None
        if file.sha256 in used:
            file.thing_id = None
    for blob in blobs:
        if blob.sha256 not in used:
            blob.state, blob.purged_at = BlobState.PURGED, now()
    session.flush()
    return [file.id for file in others]
