"""Documents arrive by machine: `POST /api/v1/incoming`, and what became of them."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.api.access import machine_actor
from app.db import reading
from app.errors import InvalidInput, NotFound
from app.incoming import entry, services
from app.incoming.entry import Taken
from app.incoming.models import IncomingDocument, IntakeItem, IntakeSource, IntakeState
from app.incoming.queries import get_intake_by_token
from app.web.gate import MACHINE, needs
from app.web.shell import settings

bp = Blueprint("api_incoming", __name__, url_prefix="/api/v1/incoming")

REFUSED = (IntakeState.REJECTED, IntakeState.DUPLICATE)
MOST_FILES = 50


@bp.post("")
@needs(MACHINE)
def receive() -> ResponseReturnValue:
    """Take in one letter: multipart, each part named `file`; the first is the main file.

    201 with a row for each file when at least one was taken, 422 when none was. Sending the same
    bytes again is answered with `duplicate` and stores nothing.
    """
    actor = machine_actor("incoming")
    parts = request.files.getlist("file")
    if not parts or len(parts) > MOST_FILES:
        sentence = f"Gửi từ 1 đến {MOST_FILES} tệp, mỗi tệp là một phần tên “file”."
        raise InvalidInput(sentence, "file")
    limit, letter_id, results = settings().limits.upload_bytes, None, list[Taken]()
    for part in parts:
        arrival = services.Arrival(
            part.filename or "tep", IntakeSource.API, source_name=actor.name, letter_id=letter_id
        )
        taken = entry.take_in(actor, cast(BinaryIO, part.stream), arrival, limit=limit)
        if taken.state not in REFUSED:
            letter_id = letter_id or taken.letter_id
        results.append(taken)
    accepted = [taken for taken in results if taken.state not in REFUSED]
    return {"files": [as_json(taken) for taken in results]}, 201 if accepted else 422


def as_json(taken: Taken) -> dict[str, Any]:
    """The answer for one file."""
    return {"id": taken.token, "state": taken.state.value, "message": taken.sentence}


@bp.get("/<token>")
@needs(MACHINE)
def show(token: str) -> ResponseReturnValue:
    """What became of a file this token's post has sent: its state, and the arrival number."""
    actor = machine_actor("incoming")
    with reading() as session:
        item = get_intake_by_token(session, actor, token)
        if item.by_person_id != actor.person_id:
            raise NotFound(f"intake {token} came another way")
        letter = session.get(IncomingDocument, item.letter_id) if item.letter_id else None
        return _state(item, letter)


def _state(item: IntakeItem, letter: IncomingDocument | None) -> dict[str, Any]:
    registered = letter is not None and letter.registered
    return {
        "id": item.token,
        "state": item.state.value,
        "message": item.reject_reason,
        "received_at": item.received_at.isoformat(),
        "pages": item.pages,
        "arrival_number": letter.arrival_label if letter and registered else None,
        "arrival_date": (
            letter.arrival_date.isoformat()
            if letter and registered and letter.arrival_date
            else None
        ),
        "status": letter.status.value if letter and registered else None,
    }


@bp.after_request
def never_cached(answer: Response) -> Response:
    """States change: no proxy may keep an answer."""
    answer.headers["Cache-Control"] = "no-store"
    return answer
