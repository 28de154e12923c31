"""Files of a result: taken in from the form, looked at by whoever accepts it."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, cast

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app import audit
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound
from app.files.models import StoredFile
from app.files.queries import get_file
from app.files.serving import INLINE, send
from app.files.store import StoredBlob, current_store
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
TICKET_SECONDS = 12 * 3600  # the collector leaves bytes alone for a day


def keep_files(form: ResultForm, task_token: str) -> None:
    """Put the bytes of the chosen files into the store, before the transaction that names them, and
    join them with those of an earlier sending that was refused: `form.kept`.

    A refused form shows them again, so that nobody has to choose them twice. Bytes that nobody
    hands in after all go with the collector.

    Raises InvalidInput for too many files, one that is empty or too big, or an unknown type; the
    good ones are kept nevertheless.
    """
    name = form.files.name.removesuffix("files") + "kept"
    known = [read_ticket(one, task_token) for one in request.form.getlist(name)]
    form.kept = [one for one in known if one is not None]
    refused: InvalidInput | None = None
    given = [one for one in form.files.data or [] if isinstance(one, FileStorage) and one.filename]
    for one in given:
        try:
            if len(form.kept) >= MOST_FILES:
                raise InvalidInput(f"Mỗi lần gửi tối đa {MOST_FILES} tệp.", "files")
            fresh = keep_file(one)
        except InvalidInput as error:
            refused = refused or error
            continue
        if fresh not in form.kept:
            form.kept = [*form.kept, fresh]
    form.tickets = [(ticket_of(one, task_token), one.name) for one in form.kept]
    if refused is not None:
        raise refused


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="task-result-file")


def ticket_of(file: ResultFile, task_token: str) -> str:
    """What a form carries instead of the bytes: good for this person and task, for a while."""
    blob = file.blob
    whose = [current_actor().person_id, task_token]
    return _tickets().dumps([*whose, file.name, file.media_type, blob.sha256, blob.size])


def read_ticket(ticket: str, task_token: str) -> ResultFile | None:
    """The stored file of a ticket; None for a foreign, forged or old one, or if bytes are gone."""
    try:
        person_id, for_task, name, media_type, sha256, size = _tickets().loads(
            ticket, max_age=TICKET_SECONDS
        )
    except (BadSignature, ValueError):
        return None
    if (person_id, for_task) != (current_actor().person_id, task_token):
        return None
    if not Path(current_store().path(sha256)).is_file():
        return None
    return ResultFile(name, media_type, StoredBlob(sha256, size))


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
