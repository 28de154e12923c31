"""Files of a result: taken in from the form, looked at by whoever accepts it."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app import audit
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound
from app.files.models import StoredFile
from app.files.queries import get_file
from app.files.serving import INLINE, send
from app.files.store import current_store
from app.security import Actor
from app.tasks import permissions, queries, showing
from app.tasks.forms import ResultForm
from app.tasks.models import Task
from app.tasks.services import ResultFile
from app.tasks.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor, settings
from ocr.inspect import SNIFF_BYTES, sniff

MOST_FILES = 10


def keep_files(form: ResultForm) -> list[ResultFile]:
    """The bytes of the chosen files in the store, before the transaction that names them.

    Raises InvalidInput for too many files, one that is empty or too big, or an unknown type.
    """
    given = [one for one in form.files.data or [] if isinstance(one, FileStorage) and one.filename]
    if len(given) > MOST_FILES:
        raise InvalidInput(f"Mỗi lần gửi tối đa {MOST_FILES} tệp.", "files")
    return [keep_file(one) for one in given]


def keep_file(given: FileStorage) -> ResultFile:
    """One chosen file; what it is, its bytes say."""
    name, limit = given.filename or "", settings().limits.upload_bytes
    head = given.stream.read(SNIFF_BYTES)
    size = given.stream.seek(0, 2)
    given.stream.seek(0)
    if not size:
        raise InvalidInput(f"Tệp “{name}” rỗng.", "files")
    if size > limit:
        raise InvalidInput(f"Tệp “{name}” lớn hơn {limit // (1024 * 1024)} MB.", "files")
    kind = sniff(head)
    if not kind.attachable:
        raise InvalidInput(f"Không nhận loại tệp của “{name}”.", "files")
    return ResultFile(name, kind.media_type, current_store().put(cast(BinaryIO, given.stream)))


def file_of(session: Session, actor: Actor, token: str) -> tuple[Task, StoredFile]:
    """A file of a task that the actor may see. Raises NotFound."""
    stored = get_file(session, token)
    if stored.kind != queries.KIND or stored.thing_id is None:
        raise NotFound(f"file {token} belongs to no task")
    return queries.get_task(session, actor, stored.thing_id), stored


@bp.get("/tep/<token>")
@needs(permissions.MONITOR)
def file(token: str) -> Response:
    """A file of a result, in place or (`?tai_xuong=1`) as a download; both are written down."""
    actor, download = current_actor(), request.args.get("tai_xuong") == "1"
    with transaction("tasks.file") as session:
        task, stored = file_of(session, actor, token)
        how = "downloaded" if download else "read"
        audit.record_read(session, actor, queries.KIND, task.id, how)
    return send(current_store(), stored, inline=not download)


@bp.get("/xem-tep/<token>")
@needs(permissions.MONITOR)
def show_file(token: str) -> ResponseReturnValue:
    """The file beside the words of the result; what a browser does not show is a download."""
    actor = current_actor()
    with reading() as session:
        task, stored = file_of(session, actor, token)
        view = showing.load_task(session, actor, task.token)
        return render_template(
            "tasks/result_file.html",
            view=view,
            task=task,
            file=stored,
            viewable=stored.media_type in INLINE,
            download=url_for("tasks.file", token=token, tai_xuong=1),
            heading=stored.name or _("Tệp của kết quả"),
        )
