"""Answers with stored bytes, so that nothing inside a file from outside can act on our pages."""

from __future__ import annotations

from flask import Response, send_file

from app.files.models import StoredFile
from app.files.store import FileStore

STRICT = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
INLINE = frozenset({"application/pdf", "image/png", "image/jpeg"})


def send(store: FileStore, file: StoredFile, *, inline: bool = False) -> Response:
    """The bytes as a download, or shown in place for PDF, PNG and JPEG when `inline`.

    The caller has asked whether the actor may see the file's thing and has recorded the reading.
    """
    shown = inline and file.media_type in INLINE
    answer = send_file(
        store.path(file.sha256),
        mimetype=file.media_type,
        as_attachment=not shown,
        download_name=file.name or "tep",
        etag=file.sha256,
        max_age=0,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Security-Policy"] = STRICT
    return answer
