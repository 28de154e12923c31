"""Files of things. Who may see a thing may see its files: the room of the thing decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.files.models import Blob, BlobState, FileRole, StoredFile


def get_file(session: Session, token: str) -> StoredFile:
    """The file of a token. The caller still asks whether the actor may see its thing."""
    file = session.scalar(sa.select(StoredFile).where(StoredFile.token == token))
    if file is None:
        raise NotFound(f"file {token}")
    return file


def files_of(session: Session, kind: str, thing_ids: Iterable[int]) -> dict[int, list[StoredFile]]:
    """All files of some things of a kind, oldest first, one query."""
    found: dict[int, list[StoredFile]] = {thing_id: [] for thing_id in thing_ids}
    rows = sa.select(StoredFile).where(StoredFile.kind == kind, StoredFile.thing_id.in_(found))
    for file in session.scalars(rows.order_by(StoredFile.id)):
        if file.thing_id is not None:
            found[file.thing_id].append(file)
    return found


def derivatives(session: Session, file_ids: Sequence[int], role: FileRole) -> dict[int, StoredFile]:
    """The newest derivative of a role for each original."""
    rows = sa.select(StoredFile).where(
        StoredFile.derived_from_id.in_(file_ids), StoredFile.role == role
    )
    return {
        file.derived_from_id: file
        for file in session.scalars(rows.order_by(StoredFile.id))
        if file.derived_from_id is not None
    }


def with_derivatives(session: Session, file_ids: Sequence[int]) -> list[StoredFile]:
    """Files and all that was derived from them, oldest first, one query."""
    rows = sa.select(StoredFile).where(
        sa.or_(StoredFile.id.in_(file_ids), StoredFile.derived_from_id.in_(file_ids))
    )
    return list(session.scalars(rows.order_by(StoredFile.id))) if file_ids else []


def known_hashes(session: Session, hashes: Sequence[str]) -> set[str]:
    """Those among `hashes` that have a row, whatever its state."""
    return set(session.scalars(sa.select(Blob.sha256).where(Blob.sha256.in_(hashes))))


def purged_blobs(session: Session) -> Sequence[Blob]:
    """Blobs whose bytes must not be there any more."""
    return session.scalars(sa.select(Blob).where(Blob.state == BlobState.PURGED)).all()


def is_stored(session: Session, sha256: str) -> bool:
    """Whether the bytes are kept, so that they need not be stored again."""
    blob = session.get(Blob, sha256)
    return blob is not None and blob.state is BlobState.STORED
