"""`flask people create-admin`: the first administrator, and the organ the system belongs to."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import Flask

from app.audit import AuditLog
from app.db import reading
from app.organisation.models import Person
from app.organisation.queries import own_organ
from app.security import SYSTEM
from tests.factories import Office
from tests.integration.organisation.conftest import login_of
from tests.integration.organisation.test_signing_in import NEW_PASSWORD, sign_in


def test_the_command_makes_an_administrator_who_can_sign_in(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["people", "create-admin", "quantri1"])
    assert result.exit_code == 0, result.output
    [code] = re.findall(r"72 giờ\): (\S+)", result.output)

    client = app.test_client()
    assert sign_in(client, "quantri1", code).headers["Location"] == "/dang-nhap/mat-khau-moi"
    client.post("/dang-nhap/mat-khau-moi", data={"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert client.get("/quan-tri/nguoi-dung").status_code == 200
    with reading() as session:
        assert own_organ(session).name == app.extensions["settings"].organ_name


def test_the_command_opens_no_door_into_the_account_of_somebody_else(
    app: Flask, office: Office
) -> None:
    login = login_of(office.leader.person_id)

    result = app.test_cli_runner().invoke(args=["people", "create-admin", login])

    assert result.exit_code == 1
    assert "không phải quản trị" in result.output
    with reading() as session:
        assert session.get_one(Person, office.leader.person_id).one_time_hash is None
        assert session.scalar(sa.select(AuditLog.id).where(AuditLog.person_id.is_(None))) is None
    assert SYSTEM.person_id is None
