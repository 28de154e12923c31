"""Writing a version by hand: a draft that is saved again and again, given up, or published."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.errors import EditConflict, InvalidInput, NotFound
from app.procedures import permissions, queries
from app.procedures.models import (
    Procedure,
    ProcedureFee,
    ProcedurePaper,
    ProcedureStep,
    ProcedureVersion,
    ProcedureWay,
)
from app.procedures.records import CODE, Record
from app.procedures.services.catalogue import draft_version
from app.security import Actor, authorize

PARTS = (ProcedurePaper, ProcedureFee, ProcedureStep, ProcedureWay)


def save_draft(
    session: Session, actor: Actor, *, record: Record, seen: str | None = None
) -> ProcedureVersion:
    """Keep what was typed as the draft of a procedure; the draft before it is replaced and gives
    its number. `seen`: the token of the draft that the form showed, None where there was none; a
    first draft with an unknown code makes the procedure.

    Raises:
        PermissionDenied: the actor may not configure procedures.
        InvalidInput: a code that is none, or what the version says cannot be.
        EditConflict: somebody saved or published another draft meanwhile.
    """
    actor = authorize(actor, permissions.CONFIGURE)
    if CODE.fullmatch(record.code) is None:
        raise InvalidInput("Mã thủ tục phải có dạng 1.000234 hoặc mã đầy đủ.", "code")
    procedure = session.scalar(sa.select(Procedure).filter_by(code=record.code).with_for_update())
    older = queries.draft_of(session, procedure.id) if procedure is not None else None
    if (older.token if older else None) != seen:
        raise EditConflict(f"the draft of {record.code} is another one now")
    if older is not None:
        _remove(session, older)
    return draft_version(session, actor, record=record)


def give_up_draft(session: Session, actor: Actor, *, procedure_id: int, seen: str) -> None:
    """Throw the draft away: no dossier ever had it.

    Raises:
        NotFound: there is no draft.
        EditConflict: it is another one than was looked at.
    """
    actor = authorize(actor, permissions.CONFIGURE)
    session.get_one(Procedure, procedure_id, with_for_update=True)
    draft = queries.draft_of(session, procedure_id)
    if draft is None:
        raise NotFound(f"draft of procedure {procedure_id}")
    if draft.token != seen:
        raise EditConflict(f"the draft of procedure {procedure_id} is another one now")
    number = draft.number
    _remove(session, draft)
    audit.record(session, actor, "procedure.draft_given_up", procedure_id, version=number)


def _remove(session: Session, draft: ProcedureVersion) -> None:
    for part in PARTS:
        session.execute(sa.delete(part).where(part.version_id == draft.id))
    session.execute(sa.delete(ProcedureVersion).where(ProcedureVersion.id == draft.id))
    session.expunge(draft)
