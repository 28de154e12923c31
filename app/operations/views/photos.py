"""Pictures from the scene: taken in before the transaction, shown to whoever sees the incident."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO, cast

from flask import Response, request
from werkzeug.datastructures import FileStorage

from app import audit
from app.db import transaction
from app.errors import InvalidInput, NotFound
from app.files.queries import get_file
from app.files.serving import send
from app.files.store import current_store
from app.operations import permissions
from app.operations.queries import KIND, get_incident
from app.operations.services import Photo
from app.operations.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor
from ocr.inspect import SNIFF_BYTES, sniff

MOST_PHOTOS = 6
LARGEST_MB = 15
TAKEN = {"image/jpeg": ".jpg", "image/png": ".png"}


def keep_photos(given: Iterable[Any] | None) -> list[Photo]:
    """Put chosen pictures into the store; what they are, their bytes say.

    Raises InvalidInput for too many, an empty or too big one, or what is no picture.
    """
    chosen = [one for one in given or [] if isinstance(one, FileStorage) and one.filename]
    if len(chosen) > MOST_PHOTOS:
        raise InvalidInput(f"Mỗi lần gửi tối đa {MOST_PHOTOS} ảnh.", "photos")
    return [_keep(one) for one in chosen]


def _keep(given: FileStorage) -> Photo:
    name = given.filename or ""
    head = given.stream.read(SNIFF_BYTES)
    size = given.stream.seek(0, 2)
    given.stream.seek(0)
    if not size:
        raise InvalidInput(f"Ảnh “{name}” rỗng.", "photos")
    if size > LARGEST_MB * 1024 * 1024:
        raise InvalidInput(f"Ảnh “{name}” lớn hơn {LARGEST_MB} MB.", "photos")
    media_type = sniff(head).media_type
    if media_type not in TAKEN:
        raise InvalidInput(f"“{name}” không phải ảnh JPEG hoặc PNG.", "photos")
    return Photo(name[:255], media_type, current_store().put(cast(BinaryIO, given.stream)))


@bp.get("/anh/<token>")
@needs(permissions.READ)
def photo(token: str) -> Response:
    """A picture of an incident, in place or (`?tai_xuong=1`) as a download."""
    actor, download = current_actor(), request.args.get("tai_xuong") == "1"
    with transaction("operations.photo") as session:
        stored = get_file(session, token)
        if stored.kind != KIND or stored.thing_id is None:
            raise NotFound(f"file {token} belongs to no incident")
        incident = get_incident(session, actor, stored.thing_id)
        audit.record_read(session, actor, KIND, incident.id, "downloaded" if download else "read")
    return send(current_store(), stored, inline=not download)
