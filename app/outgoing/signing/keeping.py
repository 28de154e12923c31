"""What waits for the answer to a request for a signature: kept in a folder until it comes."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from pathlib import Path

from app.outgoing.signing.interrupted import Pending


def _place(folder: Path, stage_id: int) -> Path:
    return folder / "signing" / f"{stage_id}.json"


def keep(folder: Path, stage_id: int, pending: Pending) -> Pending:
    """Keep the file with room for the signature; who comes second gets what the first kept."""
    place = _place(folder, stage_id)
    place.parent.mkdir(parents=True, exist_ok=True)
    said = pending.facts() | {"pdf": base64.b64encode(pending.pdf).decode()}
    handle, name = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        json.dump(said, out)
    try:
        os.link(name, place)
    except FileExistsError:
        return kept(folder, stage_id) or pending
    finally:
        Path(name).unlink()
    return pending


def kept(folder: Path, stage_id: int) -> Pending | None:
    """What waits for the answer to a request, if one was made."""
    try:
        said = json.loads(_place(folder, stage_id).read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    return Pending.of(base64.b64decode(said["pdf"]), said)


def forget(folder: Path, stage_id: int) -> None:
    """The answer has come and was good."""
    _place(folder, stage_id).unlink(missing_ok=True)
