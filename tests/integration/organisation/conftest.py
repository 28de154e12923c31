"""What the tests of the organisation share."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import reading
from app.organisation.models import Person
from tests.factories import Office, sign_in_as


@pytest.fixture
def admin(app: Flask, office: Office) -> FlaskClient:
    """A browser of the administrator."""
    return browser_of(app, office, "admin")


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask) -> None:
    """Forms are posted without their token here; `test_forms_need_their_token` keeps the check."""
    app.config["WTF_CSRF_ENABLED"] = False


def browser_of(app: Flask, office: Office, role: str) -> FlaskClient:
    """A browser signed in as one of the office."""
    client = app.test_client()
    sign_in_as(client, getattr(office, role))
    return client


def login_of(person_id: int | None) -> str:
    with reading() as session:
        return session.get_one(Person, person_id).login


def text_of(html: str) -> str:
    """What a page says, without tags and with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
