"""Every page of the organisation renders for those who may see it, and for nobody else."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import Office
from tests.integration.organisation.conftest import browser_of

OWN = ["/tai-khoan", "/tai-khoan/mat-khau", "/tai-khoan/hai-lop", "/tai-khoan/phien-dang-nhap"]
OWN += ["/tai-khoan/uy-quyen", "/quan-tri/quyen", "/co-quan/chon?q=minh"]
VIEW = ["/quan-tri/nguoi-dung", "/quan-tri/nguoi-dung/1", "/quan-tri/don-vi?ended=1"]
VIEW += ["/quan-tri/uy-quyen", "/quan-tri/chu-the-ban-hanh", "/quan-tri/nhat-ky"]
MANAGE = ["/quan-tri/nguoi-dung/moi", "/quan-tri/don-vi/moi", "/quan-tri/don-vi/1"]
MANAGE += ["/quan-tri/chuc-vu/moi?unit=1", "/quan-tri/chuc-vu/1", "/quan-tri/chu-the-ban-hanh/1"]
MANAGE += ["/quan-tri/chu-the-ban-hanh/moi", "/quan-tri/ma-truy-cap", "/quan-tri/nhap-excel"]
MANAGE += ["/quan-tri/nhap-excel/mau.xlsx"]
DIRECTORY = ["/quan-tri/co-quan", "/quan-tri/co-quan/1"]


def test_each_role_opens_exactly_its_pages(app: Flask, office: Office) -> None:
    allowed = {
        "specialist": OWN,
        "clerk": OWN + DIRECTORY,
        "leader": OWN + VIEW,
        "chief": [*OWN, *VIEW, "/quan-tri/uy-quyen/moi"],
        "admin": [*OWN, *VIEW, *MANAGE, *DIRECTORY, "/quan-tri/uy-quyen/moi"],
    }
    every = {page for pages in allowed.values() for page in pages}
    for role, pages in allowed.items():
        client = browser_of(app, office, role)
        for page in sorted(every):
            answer = client.get(page)
            expected = 200 if page in pages else 403
            assert answer.status_code == expected, (role, page, answer.status_code)


@pytest.mark.parametrize("page", OWN + VIEW)
def test_a_stranger_is_sent_to_the_sign_in_page(client: FlaskClient, page: str) -> None:
    answer = client.get(page, headers={"Accept": "text/html"})

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/dang-nhap?next=")


def test_lists_answer_htmx_with_the_list_alone(admin: FlaskClient) -> None:
    for page in ("/quan-tri/nguoi-dung?q=mau", "/quan-tri/co-quan?q=minh", "/quan-tri/nhat-ky"):
        html = admin.get(page, headers={"HX-Request": "true"}).get_data(as_text=True)

        assert "<html" not in html
        assert 'id="list"' in html


def test_forms_need_their_token(app: Flask, office: Office) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = browser_of(app, office, "admin")

    answer = client.post("/quan-tri/nguoi-dung/moi", data={"full_name": "A", "login": "abc"})

    assert answer.status_code == 400


def test_who_turns_single_keys_off_gets_pages_without_them(app: Flask, office: Office) -> None:
    client = browser_of(app, office, "specialist")
    assert 'data-keys-single-value="true"' in client.get("/tai-khoan").get_data(as_text=True)

    client.post("/tai-khoan", data={"email": "", "phone": "", "shortcuts_off": "y"})

    assert 'data-keys-single-value="false"' in client.get("/tai-khoan").get_data(as_text=True)
