"""The page of the audit log: filters, pages by key, names beside the ids."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import audit
from app.db import reading, transaction
from app.errors import PermissionDenied
from app.organisation.queries.audit_log import AuditFilter, audit_lines
from app.security import Holding, Role
from tests.factories import Office
from tests.integration.organisation.conftest import text_of


@pytest.fixture
def trail(office: Office) -> None:
    """120 acts of the clerk and one of the head, delegated by the leader."""
    with transaction() as session:
        for number in range(120):
            audit.record(session, office.clerk, "incoming.registered", number + 1)
        audit.record(session, office.head, "task.created", 7, lead=3)
        acting = replace(
            office.deputy,
            holding=Holding(
                post_id=office.leader.post_id or 0,
                unit_id=office.leadership,
                roles=frozenset({Role.LEADER}),
                on_behalf_of=office.leader.person_id,
            ),
        )
        audit.record(session, acting, "task.accepted", 7)


def rows(html: str) -> list[str]:
    return re.findall(r'<tr id="act-(\d+)"', html)


def test_pages_follow_each_other_without_gap_or_repetition(admin: FlaskClient, trail: None) -> None:
    page: str | None = "/quan-tri/nhat-ky?kind=incoming"
    seen: list[str] = []
    pages = 0
    while page:
        html = admin.get(page).get_data(as_text=True)
        seen += rows(html)
        following = re.findall(r'rel="next" href="([^"]+)"', html)
        page = following[0].replace("&amp;", "&") if following else None
        pages += 1

    assert (pages, len(seen), len(set(seen))) == (3, 120, 120)
    assert seen == sorted(seen, key=int, reverse=True)


def test_filters_narrow_the_list(office: Office, admin: FlaskClient, trail: None) -> None:
    def count(query: str) -> int:
        return len(rows(admin.get(f"/quan-tri/nhat-ky?{query}").get_data(as_text=True)))

    assert count("kind=task") == 2
    assert count("kind=task&thing=7") == 2
    assert count("kind=incoming&thing=5") == 1
    assert count("action=task.created") == 1
    assert count(f"person={office.head.person_id}") == 1
    assert count(f"person={office.leader.person_id}") == 1  # what was done in their name
    assert count("kind=task&from=01/01/2030") == 0
    assert count("kind=task&to=01/01/2020") == 0
    assert count("kind=task&from=hôm qua") == 2
    assert count("action=%25") == 0


def test_a_delegated_act_shows_both_names(admin: FlaskClient, trail: None) -> None:
    page = text_of(admin.get("/quan-tri/nhat-ky?kind=task").get_data(as_text=True))

    assert "Hoàng Mẫu Khánh" in page
    assert "xử lý thay Nguyễn Mẫu An" in page


def test_only_the_chief_the_leaders_and_the_administrator_read_it(
    app: Flask, office: Office
) -> None:
    with reading() as session:
        for actor in (office.chief, office.leader, office.vice_leader, office.admin):
            audit_lines(session, actor, AuditFilter())
        for actor in (office.clerk, office.head, office.specialist, office.one_stop, office.duty):
            with pytest.raises(PermissionDenied):
                audit_lines(session, actor, AuditFilter())


def test_a_page_of_the_trail_takes_a_constant_number_of_queries(
    app: Flask, office: Office, trail: None
) -> None:
    with reading() as session:
        statements: list[str] = []
        engine = session.get_bind()
        sa.event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        audit_lines(session, office.admin, AuditFilter(), limit=10)
        few = len(statements)
        audit_lines(session, office.admin, AuditFilter(), limit=100)

    assert len(statements) - few <= few
