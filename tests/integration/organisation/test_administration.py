"""The administration pages do what their buttons say."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.db import reading, transaction
from app.organisation import queries
from app.organisation.models import IssuingBody, Organ, Post, Unit, UnitSuccession
from app.organisation.services import organs, tokens
from app.security import PERMISSIONS, Role
from tests.factories import Office
from tests.integration.organisation.conftest import browser_of, text_of

UNIT = {
    "name": "Phòng Tư pháp",
    "short_name": "Phòng Tư pháp",
    "code": "TP",
    "kind": "department",
    "parent_id": "",
    "position": "7",
    "valid_from": "01/01/2026",
}


def test_a_unit_is_added_corrected_and_ended_with_its_successor(
    office: Office, admin: FlaskClient
) -> None:
    assert admin.post("/quan-tri/don-vi/moi", data={**UNIT, "valid_from": "mai"}).status_code == 422
    assert admin.post("/quan-tri/don-vi/moi", data=UNIT).status_code == 302
    again = admin.post("/quan-tri/don-vi/moi", data={**UNIT, "code": "TP2"})
    assert (again.status_code, "Đã có đơn vị" in again.get_data(as_text=True)) == (422, True)
    with reading() as session:
        unit = session.scalars(sa.select(Unit).where(Unit.code == "TP")).one()
    form = {**UNIT, "name": "Phòng Tư pháp và Hộ tịch", "version": str(unit.version)}
    assert admin.post(f"/quan-tri/don-vi/{unit.id}", data=form).status_code == 302
    assert admin.post(f"/quan-tri/don-vi/{unit.id}", data=form).status_code == 409

    end = {"valid_to": "30/06/2026", "relation": "merge", "successor_ids": [str(office.bureau)]}
    assert admin.post(f"/quan-tri/don-vi/{unit.id}/ket-thuc", data=end).status_code == 302

    with reading() as session:
        [row] = session.scalars(sa.select(UnitSuccession))
        assert (row.from_unit_id, row.to_unit_id) == (unit.id, office.bureau)
    assert "Hộ tịch" not in admin.get("/quan-tri/don-vi").get_data(as_text=True)
    assert "Hộ tịch" in admin.get("/quan-tri/don-vi?ended=1").get_data(as_text=True)


def test_a_post_is_added_given_changed_and_ended(office: Office, admin: FlaskClient) -> None:
    form = {
        "title": "Phó Chánh Văn phòng",
        "unit_id": str(office.bureau),
        "roles": ["chief_of_office"],
        "is_head": "y",
        "rank": "2",
        "valid_from": "01/01/2026",
    }
    assert admin.post("/quan-tri/chuc-vu/moi", data=form).status_code == 302
    with reading() as session:
        post = session.scalars(sa.select(Post).where(Post.title == form["title"])).one()
    person = f"/quan-tri/nguoi-dung/{office.specialist.person_id}"
    give = {"post_id": str(post.id), "valid_from": "01/02/2026", "is_main": "y"}
    assert admin.post(f"{person}/chuc-vu", data={**give, "post_id": ""}).status_code == 422
    assert admin.post(f"{person}/chuc-vu", data=give).status_code == 302
    assert admin.post(f"{person}/chuc-vu", data=give).status_code == 409
    with reading() as session:
        actor = queries.actor_for(session, office.specialist.person_id or 0)
        assert actor.post_id == post.id
        assert Role.CHIEF_OF_OFFICE in actor.roles
    changed = {**form, "roles": ["specialist"], "version": str(post.version)}
    assert admin.post(f"/quan-tri/chuc-vu/{post.id}", data=changed).status_code == 302
    with reading() as session:
        actor = queries.actor_for(session, office.specialist.person_id or 0)
        assert Role.CHIEF_OF_OFFICE not in actor.roles
    end = {"valid_to": "01/03/2026"}
    assert admin.post(f"/quan-tri/chuc-vu/{post.id}/ket-thuc", data=end).status_code == 302
    with reading() as session:
        actor = queries.actor_for(session, office.specialist.person_id or 0)
        assert post.id not in actor.post_ids


def test_a_person_is_added_and_shows_on_the_page(office: Office, admin: FlaskClient) -> None:
    form = {"full_name": " Lý  Mẫu Kha ", "login": "LyMauKha", "email": "x", "phone": ""}
    assert admin.post("/quan-tri/nguoi-dung/moi", data=form).status_code == 422
    taken = admin.post("/quan-tri/nguoi-dung/moi", data={**form, "email": "", "login": "vanthu"})
    assert (taken.status_code, "đã có người dùng" in taken.get_data(as_text=True)) == (422, True)

    answer = admin.post("/quan-tri/nguoi-dung/moi", data={**form, "email": ""})

    page = admin.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Lý Mẫu Kha" in page
    assert "lymaukha" in page
    found = admin.get("/quan-tri/nguoi-dung?q=ly+mau").get_data(as_text=True)
    assert found.count("data-row-link") == 1


def test_an_issuing_body_gets_its_head_lines_and_signers(
    office: Office, admin: FlaskClient
) -> None:
    form = {
        "name": "Hội đồng nghĩa vụ quân sự",
        "short_name": "HĐNVQS",
        "head_lines": "UBND PHƯỜNG MINH HỌA\n\n  HỘI ĐỒNG NGHĨA VỤ QUÂN SỰ ",
        "place": "Minh Họa",
        "seal": "Dấu của UBND phường",
        "position": "5",
    }
    assert admin.post("/quan-tri/chu-the-ban-hanh/moi", data=form).status_code == 302
    with reading() as session:
        body = session.scalars(
            sa.select(IssuingBody).where(IssuingBody.short_name == "HĐNVQS")
        ).one()
        assert body.head_lines == ["UBND PHƯỜNG MINH HỌA", "HỘI ĐỒNG NGHĨA VỤ QUÂN SỰ"]
        assert body in queries.issuing_bodies(session)
    page = f"/quan-tri/chu-the-ban-hanh/{body.id}"
    signer = {"post_id": str(office.vice_leader.post_id), "authority": "kt"}
    assert admin.post(f"{page}/nguoi-ky", data=signer).status_code == 302
    assert admin.post(f"{page}/nguoi-ky", data=signer).status_code == 409
    shown = admin.get("/quan-tri/chu-the-ban-hanh").get_data(as_text=True)
    assert "KT. (ký thay cấp trưởng): Trần Mẫu Bình, Phó Chủ tịch" in text_of(shown)
    [signer_id] = re.findall(r"/nguoi-ky/(\d+)/bo", admin.get(page).get_data(as_text=True))
    assert admin.post(f"{page}/nguoi-ky/{signer_id}/bo").status_code == 302
    assert "Chưa có người ký" in admin.get(page).get_data(as_text=True)


def test_the_clerk_keeps_the_directory_of_organs(app: Flask, office: Office) -> None:
    clerk = browser_of(app, office, "clerk")
    with transaction() as session:
        first = organs.ensure_organ(session, office.clerk, "Sở Nội vụ").id
        second = organs.ensure_organ(session, office.clerk, "SNV tỉnh").id
    form = {"name": "Sở Nội vụ", "short_name": "SNV", "level": "province", "code": "H00.01"}
    page = f"/quan-tri/co-quan/{first}"
    assert clerk.post(page, data={**form, "aliases": "SNV tỉnh"}).status_code == 422
    assert clerk.post(page, data={**form, "aliases": "Sở Nội vụ tỉnh\n\n"}).status_code == 302
    assert clerk.post(f"/quan-tri/co-quan/{second}/gop", data={}).status_code == 404
    merge = {"target_id": str(first)}
    assert clerk.post(f"/quan-tri/co-quan/{second}/gop", data=merge).status_code == 302

    with reading() as session:
        found = queries.find_organ(session, "snv tinh")
        assert found is not None
        assert found.id == first
        assert session.get_one(Organ, second).merged_into_id == first
    picked = clerk.get("/co-quan/chon?q=snv").get_json()
    assert [choice["text"] for choice in picked] == ["Sở Nội vụ"]
    assert clerk.post(page, data={**form, "aliases": ""}).status_code == 302
    with reading() as session:
        assert queries.find_organ(session, "Sở Nội vụ tỉnh") is None
        assert queries.find_organ(session, "SNV") is not None


def test_a_machine_token_is_shown_once_and_can_be_revoked(
    office: Office, admin: FlaskClient
) -> None:
    form = {
        "name": "Máy quét tầng 1",
        "post_id": str(office.clerk.post_id),
        "scopes": ["incoming"],
    }
    assert admin.post("/quan-tri/ma-truy-cap", data={**form, "scopes": []}).status_code == 422
    page = admin.post("/quan-tri/ma-truy-cap", data=form).get_data(as_text=True)
    [token] = re.findall(r'cv-code">([\w-]{40,})<', page)
    assert token not in admin.get("/quan-tri/ma-truy-cap").get_data(as_text=True)
    with reading() as session:
        assert tokens.machine_of(session, token) is not None

    admin.post("/quan-tri/ma-truy-cap/1/thu-hoi")

    with reading() as session:
        assert tokens.machine_of(session, token) is None
    assert "Máy quét" not in admin.get("/quan-tri/nguoi-dung").get_data(as_text=True)


@pytest.mark.parametrize("role", ["leader", "chief", "clerk", "specialist"])
def test_nobody_else_administers_even_with_a_made_up_form(
    app: Flask, office: Office, role: str
) -> None:
    client = browser_of(app, office, role)
    victim = f"/quan-tri/nguoi-dung/{office.leader.person_id}"

    for page, form in [
        (f"{victim}/mat-khau", {}),
        (f"{victim}/trang-thai", {"active": "0"}),
        (f"{victim}/chuc-vu", {"post_id": str(office.admin.post_id), "valid_from": "1/1/2026"}),
        ("/quan-tri/don-vi/moi", UNIT),
        ("/quan-tri/ma-truy-cap", {"name": "x", "post_id": "1", "scopes": "read"}),
    ]:
        assert client.post(page, data=form).status_code == 403, page


def test_the_page_of_rights_names_every_permission_and_who_holds_each_role(
    app: Flask, office: Office
) -> None:
    page = text_of(browser_of(app, office, "specialist").get("/quan-tri/quyen").get_data(True))

    for permission in PERMISSIONS.values():
        assert str(permission.label) in page
    assert "Vũ Mẫu Cường, Trưởng phòng Kinh tế" in page
