"""Short ways to make case files and documents in the small office."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.casefiles import services
from app.casefiles.models import CaseFile
from app.clock import now, today
from app.db import reading, transaction
from app.files.models import FileRole
from app.files.services import record_file
from app.files.store import current_store
from app.incoming.models import (
    IncomingDocument,
    IncomingStatus,
    IntakeItem,
    IntakeSource,
    IntakeState,
    LetterFile,
    LetterFileRole,
)
from app.security import SYSTEM, Actor, grant, post_term
from tests.factories import Office


def act(service: Callable[..., Any], actor: Actor, **arguments: Any) -> Any:
    """Call a service in a transaction of its own, as a view does."""
    with transaction() as session:
        return service(session, actor, **arguments)


def look(query: Callable[[Session], Any]) -> Any:
    with reading() as session:
        return query(session)


def open_outside(actor: Actor, title: str = "Quy hoạch khu dân cư", **changes: Any) -> CaseFile:
    """A file outside the catalogue."""
    values = {"outside_reason": "Việc phát sinh", "retention_rule": "case_work"}
    made: CaseFile = act(services.open_case_file, actor, title=title, **(values | changes))
    return made


def make_letter(office: Office, number: int = 1, *actors: Actor, content: bytes = b"") -> int:
    """A registered letter that some people may see, with a stored file if there is content."""
    blob = None
    if content:
        blob = current_store().put(io.BytesIO(content))
    with transaction() as session:
        letter = IncomingDocument(
            status=IncomingStatus.IN_PROGRESS,
            issuing_body_id=office.committee_id,
            arrival_number=number,
            arrival_label=str(number),
            arrival_year=today().year,
            arrival_date=today(),
            code_number=str(100 + number),
            code_notation="SXD-QH",
            issued_date=date(today().year, 1, 1 + number % 28),
            organ_name="Sở Xây dựng",
            subject_summary=f"Về việc rà soát quy hoạch {number}",
            page_count=2,
        )
        session.add(letter)
        session.flush()
        for actor in actors:
            assert actor.post_id is not None
            grant(session, "incoming", letter.id, post_term(actor.post_id), "test")
        if blob is not None:
            file = record_file(
                session, SYSTEM, blob, name="công văn.pdf", media_type="application/pdf",
                role=FileRole.MAIN, kind="incoming", thing_id=letter.id,
            )  # fmt: skip
            item = IntakeItem(
                source=IntakeSource.UPLOAD, state=IntakeState.REGISTERED, file_name=file.name,
                size=blob.size, received_at=now(), letter_id=letter.id,
            )  # fmt: skip
            session.add(item)
            session.flush()
            session.add(
                LetterFile(
                    letter_id=letter.id,
                    intake_id=item.id,
                    file_id=file.id,
                    role=LetterFileRole.MAIN,
                )
            )
        return letter.id


def put_in(actor: Actor, case_file: CaseFile, letter_id: int) -> int:
    """Put a letter into a file; the id of its row there."""
    row = act(
        services.add_document, actor,
        case_file_id=case_file.id, kind="incoming", thing_id=letter_id,
    )  # fmt: skip
    return int(row.id)


def closed_file(office: Office, actor: Actor, *letters: int) -> CaseFile:
    """A closed file with letters in it."""
    case_file = open_outside(actor)
    for letter_id in letters:
        put_in(actor, case_file, letter_id)
    made: CaseFile = act(services.close_case_file, actor, case_file_id=case_file.id)
    return made


def count(model: type, **values: Any) -> int:
    rows = sa.select(sa.func.count()).select_from(model).filter_by(**values)
    return int(look(lambda session: session.scalar(rows)))
