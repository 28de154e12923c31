"""Shared by the tests of the pages: a signed-in browser, forms as the screen sends them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import app.demo
from app.db import ReadingFactory, reading, transaction
from app.incoming import entry
from app.incoming.models import IncomingDocument, IntakeItem
from app.incoming.services import jobs
from app.security import Actor
from tests.factories import Office, sign_in_as
from tests.integration.incoming.conftest import finish, job_of, reading_of, send

SAMPLES = Path(app.demo.__file__).parent / "samples"


def browser(app: Flask, actor: Actor) -> FlaskClient:
    """A client with an open session of the actor; forms need no token."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in_as(client, actor)
    return client


def page(client: FlaskClient, path: str, *, htmx: bool = False) -> str:
    answer = client.get(path, headers={"HX-Request": "true"} if htmx else {})
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def letter(letter_id: int | None) -> IncomingDocument:
    with reading() as session:
        return session.get_one(IncomingDocument, letter_id)


def intake(intake_id: int) -> IntakeItem:
    with reading() as session:
        return session.get_one(IntakeItem, intake_id)


def address(letter_id: int | None) -> str:
    return f"/van-ban-den/{letter(letter_id).token}"


def typed(office: Office, **values: object) -> dict[str, object]:
    """What the clerk's form sends; all but what the test is about is filled in."""
    return {
        "issuing_body_id": office.committee_id,
        "code_number": "145",
        "code_notation": "SNV-TCCB",
        "issued_date": "16/11/2026",
        "organ": "Sở Nội vụ",
        "document_type": "official_letter",
        "subject_summary": "Về việc rà soát vị trí việc làm",
        "urgency": "0",
        "submit_to": str(office.leader.post_id),
        "copies": "1",
    } | values


def read_sample(office: Office, name: str, *pages: str, **fields: str) -> entry.Taken:
    """A real sample file comes in and is read."""
    taken = send(office.clerk, (SAMPLES / name).read_bytes(), name)
    job_id = job_of(taken.intake_id)
    with transaction() as session:
        claimed = jobs.claim_job(session, job_id=job_id)
    assert claimed is not None
    finish(claimed, reading_of(*pages, **fields))
    return taken


@contextmanager
def statements() -> Iterator[list[str]]:
    """SQL that the reading block runs meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    target = ReadingFactory.kw["bind"]
    sa.event.listen(target, "before_cursor_execute", note)
    yield seen
    sa.event.remove(target, "before_cursor_execute", note)
