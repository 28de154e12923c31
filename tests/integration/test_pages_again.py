"""What a person meets who loads a page again, follows a dead link, or links two things."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import reading
from app.links import linked_to
from tests.architecture.test_routes import example_url
from tests.factories import Office
from tests.integration.tasks.conftest import direct, the_task
from tests.integration.tasks.test_views_pages import browser

# What pages say and keep; the SQL beneath is tested on both kinds with its services and queries.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_every_address_that_takes_forms_only_leads_back_to_its_page(
    app: Flask, office: Office
) -> None:
    rules = list(app.url_map.iter_rules())
    adapter = app.url_map.bind("localhost")
    client = browser(app, office.leader)
    for rule in rules:
        if rule.rule.startswith("/api/") or adapter.test(example_url(rule.rule), method="GET"):
            continue
        answer = client.get(example_url(rule.rule))
        assert answer.status_code == 303, rule.rule
        above = answer.headers["Location"]
        assert example_url(rule.rule).startswith(above), (rule.rule, above)
        assert adapter.match(above, method="GET"), rule.rule


def test_machines_are_told_that_the_method_is_wrong(app: Flask, office: Office) -> None:
    assert browser(app, office.leader).get("/api/v1/incoming").status_code == 405


def test_no_form_of_a_page_lets_the_browser_speak_its_own_language(
    app: Flask, office: Office
) -> None:
    direct(office)
    client = browser(app, office.head)
    for path in ("/cong-viec", f"/cong-viec/{the_task().token}", "/van-ban-den", "/cong-viec/moi"):
        forms = re.findall(r"<form[^>]*>", client.get(path).get_data(as_text=True))
        assert forms
        assert all("novalidate" in form for form in forms), path


def link(client: FlaskClient, path: str, target: str) -> int:
    data = {"target": target, "relation": "follows", "q": "x"}
    return client.post(path, data=data).status_code


@pytest.fixture
def two_tasks(app: Flask, office: Office) -> tuple[int, int]:
    """Both led by the economy unit; the head of another sees neither."""
    app.config["WTF_CSRF_ENABLED"] = False
    direct(office)
    head = browser(app, office.head)
    data = {"title": "Rà soát hồ sơ đất", "lead": f"post:{office.specialist.post_id}",
            "urgency": "0", "source": "oral"}  # fmt: skip
    assert head.post("/cong-viec/moi", data=data).status_code == 302
    first = the_task()
    return first.id, first.id + 1


def test_two_things_are_linked_by_what_a_person_may_see(
    app: Flask, office: Office, two_tasks: tuple[int, int]
) -> None:
    first, second = two_tasks
    head, stranger = browser(app, office.head), browser(app, office.head2)
    path = f"/lien-ket/task/{first}"
    assert "Rà soát hồ sơ đất" in head.get(f"{path}?q=Rà soát").get_data(as_text=True)
    assert "Không có nội dung nào" in head.get(f"{path}?q=999/XX").get_data(as_text=True)
    assert stranger.get(path).status_code == 404
    assert link(stranger, path, f"task:{second}") == 404
    for wrong in ("", "task:", f"task:{first}", "task:x"):
        assert link(head, path, wrong) == 422, wrong
    assert link(head, path, "task:99999") == 404
    assert link(head, path, f"task:{second}") == 302
    with reading() as session:
        [seen] = linked_to(session, office.head, "task", first)
        assert seen.card.title == "Rà soát hồ sơ đất"
        assert linked_to(session, office.head2, "task", first) == []
