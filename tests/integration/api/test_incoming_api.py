"""`/api/v1/incoming`: machines send letters and ask what became of them."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import reading, transaction
from app.incoming.models import IncomingDocument, IntakeItem, IntakeSource
from app.organisation.models import ApiToken
from app.organisation.services import tokens
from app.security import Actor
from tests.factories import Office

URL = "/api/v1/incoming"
PDF = b"%PDF-1.7\n"


def token_for(office: Office, actor: Actor, scope: str = "incoming") -> dict[str, str]:
    with transaction() as session:
        token = tokens.create_token(
            session, office.admin, name="Máy quét tầng 1", post_id=actor.post_id or 0,
            scopes=[scope],
        )  # fmt: skip
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def headers(office: Office) -> dict[str, str]:
    return token_for(office, office.clerk)


def body(answer: TestResponse) -> dict[str, Any]:
    """The JSON of an answer."""
    found: dict[str, Any] = json.loads(answer.text)
    return found


def files(*contents: bytes) -> dict[str, list[tuple[io.BytesIO, str]]]:
    return {"file": [(io.BytesIO(text), f"{at}.pdf") for at, text in enumerate(contents)]}


def test_a_machine_sends_a_letter_with_an_attachment(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    answer = client.post(URL, data=files(PDF + b"1", PDF + b"2"), headers=headers)

    assert answer.status_code == 201
    assert [file["state"] for file in body(answer)["files"]] == ["quarantined", "quarantined"]
    with reading() as session:
        items = session.scalars(sa.select(IntakeItem)).all()
        assert {item.source for item in items} == {IntakeSource.API}
        assert {item.source_name for item in items} == {"Máy quét tầng 1"}
        assert len({item.letter_id for item in items}) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(IncomingDocument)) == 1
        assert session.scalars(sa.select(ApiToken.last_used_at)).one() is not None


def test_it_asks_what_became_of_it(client: FlaskClient, headers: dict[str, str]) -> None:
    sent = body(client.post(URL, data=files(PDF), headers=headers))["files"][0]

    answer = client.get(f"{URL}/{sent['id']}", headers=headers)

    assert body(answer)["state"] == "quarantined"
    assert body(answer)["arrival_number"] is None
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_refused_file_is_an_answer_with_a_sentence(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    answer = client.post(URL, data=files(b""), headers=headers)

    assert answer.status_code == 422
    assert body(answer)["files"][0]["message"] == "Tệp rỗng, không có dữ liệu."


def test_the_same_bytes_again_are_a_duplicate(client: FlaskClient, headers: dict[str, str]) -> None:
    client.post(URL, data=files(PDF), headers=headers)
    assert body(client.post(URL, data=files(PDF), headers=headers))["files"][0]["state"] == (
        "duplicate"
    )


@pytest.mark.parametrize("wrong", [{}, {"Authorization": "Bearer nothing"}, {"Authorization": "x"}])
def test_without_a_token_nothing_is_taken(
    client: FlaskClient, office: Office, wrong: dict[str, str]
) -> None:
    answer = client.post(URL, data=files(PDF), headers=wrong)

    assert answer.status_code == 401
    assert body(answer)["error"]


def test_a_token_needs_the_scope_and_a_post_that_registers(
    client: FlaskClient, office: Office
) -> None:
    for headers in (
        token_for(office, office.clerk, "read"), token_for(office, office.specialist)
    ):  # fmt: skip
        assert client.post(URL, data=files(PDF), headers=headers).status_code == 403
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(IntakeItem)) == 0


def test_one_machine_does_not_see_what_another_sent(
    client: FlaskClient, office: Office, headers: dict[str, str]
) -> None:
    sent = body(client.post(URL, data=files(PDF), headers=headers))["files"][0]
    other = token_for(office, office.clerk)

    assert client.get(f"{URL}/{sent['id']}", headers=other).status_code == 404
    assert client.get(f"{URL}/nothing", headers=headers).status_code == 404


def test_a_request_without_files_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post(URL, data={}, headers=headers).status_code == 422
