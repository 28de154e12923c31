"""The list and the page of a letter: who sees what, the leader's directive, acts and refusals."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.audit import AuditLog
from app.db import reading, transaction
from app.incoming import services
from app.incoming.models import IncomingStatus, Proposal
from app.tasks.models import Directive, Outcome, Task
from tests.factories import Office
from tests.integration.incoming.conftest import Desk
from tests.integration.incoming.pages import address, browser, letter, page, statements

S = IncomingStatus
ROLES = ("leader", "chief", "clerk", "head", "specialist", "one_stop", "duty", "admin")
PAGES = {
    "/van-ban-den": {"leader", "chief", "clerk", "head", "specialist", "one_stop", "duty"},
    "/van-ban-den/tiep-nhan": {"clerk"},
    "/van-ban-den/doi-chieu": {"clerk", "chief"},
    "/van-ban-den/khong-tep": {"clerk"},
    "/van-ban-den/in-so": {"clerk", "chief"},
    "/van-ban-den/luong-chuyen-thang": {"chief", "admin"},
}


def submitted(office: Office, desk: Desk, number: str = "1", **values: object) -> int:
    letter_id = desk.register(number.encode(), code_number=number, **values)
    with transaction() as session:
        services.submit_letter(
            session, office.clerk, letter_id=letter_id, to_post_id=office.leader.post_id or 0
        )
    return letter_id


def directive(office: Office, **values: object) -> dict[str, object]:
    """What the leader's form sends."""
    plain = {"outcome": "assign", "lead": f"unit:{office.economy}", "due": "none", "text": "Làm."}
    return {f"directive-{name}": value for name, value in (plain | values).items()}


def test_each_role_opens_exactly_its_pages(app: Flask, office: Office) -> None:
    found = {
        path: {
            role
            for role in ROLES
            if browser(app, getattr(office, role)).get(path).status_code == 200
        }
        for path in PAGES
    }
    assert found == PAGES


def test_tabs_hold_letters_by_their_state(app: Flask, office: Office, desk: Desk) -> None:
    desk.read(b"0", subject_summary="Chưa vào sổ")
    desk.register(b"1", subject_summary="Đã vào sổ", code_number="2")
    submitted(office, desk, "3", subject_summary="Đã trình lãnh đạo")
    client = browser(app, office.clerk)
    shown = {
        tab: page(client, f"/van-ban-den?tab={tab}", htmx=True)
        for tab in ("cho-vao-so", "cho-trinh", "da-chuyen", "tra-lai", "tat-ca")
    }
    assert "Chưa vào sổ" in shown["cho-vao-so"]
    assert "Đã vào sổ" in shown["cho-trinh"]
    assert "Đang ở: Nguyễn Mẫu An, Chủ tịch" in shown["da-chuyen"]
    assert "Chưa có văn bản nào." in shown["tra-lai"]
    assert shown["tat-ca"].count('id="doc-') == 3


def test_filters_narrow_and_nonsense_is_ignored(app: Flask, office: Office, desk: Desk) -> None:
    desk.register(b"1", subject_summary="Phòng cháy", urgency=3)
    desk.register(b"2", subject_summary="Tiêm chủng", code_number="9")
    client, path = browser(app, office.clerk), "/van-ban-den?tab=tat-ca"
    assert "Tiêm chủng" not in page(client, f"{path}&q=phòng")
    assert "Tiêm chủng" not in page(client, f"{path}&urgency=3")
    assert "khớp bộ lọc" in page(client, f"{path}&type=plan")
    assert "khớp bộ lọc" in page(client, f"{path}&to=01/01/2020")
    odd = page(client, f"{path}&urgency=x&due=y&from=z&body=w&page=-4&size=999999")
    assert "Phòng cháy" in odd
    assert "Tiêm chủng" in odd


def test_htmx_gets_the_card_alone(app: Flask, office: Office) -> None:
    html = page(browser(app, office.clerk), "/van-ban-den", htmx=True)
    assert "<html" not in html
    assert 'id="list"' in html
    assert "live-incoming from:body, live-intake from:body" in html


def test_a_leader_begins_with_what_waits_for_them_the_urgent_first(
    app: Flask, office: Office, desk: Desk
) -> None:
    ordinary = submitted(office, desk, "1", subject_summary="Thường kỳ")
    flash = submitted(office, desk, "2", subject_summary="Mưa lớn", urgency=3)
    client = browser(app, office.leader)
    html = page(client, "/van-ban-den")
    assert html.index("Mưa lớn") < html.index("Thường kỳ")
    assert html.count('class="cv-unread"') == 2
    first = client.get("/van-ban-den/lan-luot").headers["Location"]
    assert first == address(flash)
    page(client, address(ordinary))  # opened: no longer unread
    assert page(client, "/van-ban-den").count('class="cv-unread"') == 1


def test_the_list_needs_the_same_queries_for_one_letter_and_for_twenty(
    app: Flask, office: Office, desk: Desk
) -> None:
    client, path = browser(app, office.leader), "/van-ban-den?tab=tat-ca"
    submitted(office, desk, "1")
    page(client, path)
    with statements() as few:
        page(client, path)
    for number in range(2, 21):
        submitted(office, desk, str(number))
    with statements() as many:
        html = page(client, path)
    assert html.count('id="doc-') == 20
    assert len(many) == len(few) <= 28


def test_the_detail_needs_the_same_queries_however_long_its_way(
    app: Flask, office: Office, desk: Desk
) -> None:
    letter_id = submitted(office, desk)
    client, path = browser(app, office.clerk), address(letter_id)
    page(client, path)
    with statements() as few:
        page(client, path)
    with transaction() as session:
        for post_id in (office.vice_leader.post_id, office.leader.post_id) * 3:
            services.submit_letter(
                session, office.clerk, letter_id=letter_id, to_post_id=post_id or 0
            )
    with statements() as many:
        html = page(client, path)
    assert html.count("Chờ chỉ đạo") >= 7
    assert len(many) == len(few) <= 32


def test_opening_marks_a_letter_seen_and_writes_the_reading_down(
    app: Flask, office: Office, desk: Desk
) -> None:
    letter_id = submitted(office, desk)
    clerk, leader = browser(app, office.clerk), browser(app, office.leader)
    assert "chưa mở" in page(clerk, "/van-ban-den?tab=da-chuyen")
    page(leader, address(letter_id))
    assert "chưa mở" not in page(clerk, "/van-ban-den?tab=da-chuyen")
    rows = sa.select(AuditLog.person_id).filter_by(action="incoming.read", thing_id=letter_id)
    with reading() as session:
        assert list(session.scalars(rows)) == [office.leader.person_id]


def test_the_directive_is_saved_and_the_next_letter_opens(
    app: Flask, office: Office, desk: Desk
) -> None:
    first, second = submitted(office, desk, "1"), submitted(office, desk, "2")
    client = browser(app, office.leader)
    assert 'name="directive-outcome"' in page(client, address(first))
    answer = client.post(f"{address(first)}/chi-dao", data=directive(office))
    assert answer.headers["Location"] == address(second)
    assert letter(first).status is S.ASSIGNED
    html = page(browser(app, office.head), address(first))
    assert "Mở công việc" in html
    last = client.post(f"{address(second)}/chi-dao", data=directive(office, outcome="file"))
    assert last.headers["Location"] == "/van-ban-den"
    assert letter(second).status is S.FILED


def test_the_link_to_the_next_letter_is_resolved_when_it_is_followed(
    app: Flask, office: Office, desk: Desk
) -> None:
    first, second = submitted(office, desk, "1"), submitted(office, desk, "2")
    client, link = browser(app, office.leader), f"{address(first)}/tiep"
    assert f'data-key-next href="{link}"' in page(client, address(first))
    assert client.get(link).headers["Location"] == address(second)
    client.post(f"{address(second)}/chi-dao", data=directive(office, outcome="file"))
    only = desk.register(b"3", code_number="3")  # in a tab of its own
    assert client.get(f"{address(only)}/tiep").headers["Location"] == "/van-ban-den"


def test_a_directive_without_a_lead_keeps_what_was_typed(
    app: Flask, office: Office, desk: Desk
) -> None:
    letter_id = submitted(office, desk)
    data = directive(office, lead="", text="Khẩn trương.")
    answer = browser(app, office.leader).post(f"{address(letter_id)}/chi-dao", data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Khẩn trương." in html
    assert letter(letter_id).status is S.SUBMITTED


def test_a_letter_is_directed_once(app: Flask, office: Office, desk: Desk) -> None:
    letter_id = submitted(office, desk)
    client, path = browser(app, office.leader), f"{address(letter_id)}/chi-dao"
    assert client.post(path, data=directive(office)).status_code == 302
    assert client.post(path, data=directive(office)).status_code == 409
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Task)) == 1


def test_only_who_directs_sees_and_sends_the_form(app: Flask, office: Office, desk: Desk) -> None:
    letter_id = submitted(office, desk)
    path = address(letter_id)
    assert 'name="directive-outcome"' not in page(browser(app, office.clerk), path)
    for actor, status in ((office.clerk, 403), (office.specialist, 403), (office.head, 404)):
        answer = browser(app, actor).post(f"{path}/chi-dao", data=directive(office))
        assert answer.status_code == status
    assert letter(letter_id).status is S.SUBMITTED


def test_a_directive_is_recalled_until_somebody_opens_it(
    app: Flask, office: Office, desk: Desk
) -> None:
    letter_id = submitted(office, desk)
    leader, path = browser(app, office.leader), address(letter_id)
    leader.post(f"{path}/chi-dao", data=directive(office))
    with reading() as session:
        directive_id = session.scalar(sa.select(Directive.id))
    assert f"{path}/thu-hoi/{directive_id}" in page(leader, path)
    leader.post(f"{path}/thu-hoi/{directive_id}", data={"reason": ""})
    assert letter(letter_id).status is S.ASSIGNED  # no reason, no recall
    leader.post(f"{path}/thu-hoi/{directive_id}", data={"reason": "Giao nhầm"})
    assert letter(letter_id).status is S.SUBMITTED

    leader.post(f"{path}/chi-dao", data=directive(office))
    page(browser(app, office.head), path)  # opened
    assert "/thu-hoi/" not in page(leader, path)


def test_the_chief_proposes_and_the_leader_finds_it_filled_in(
    app: Flask, office: Office, desk: Desk
) -> None:
    letter_id = desk.register(b"1")
    clerk, chief = browser(app, office.clerk), browser(app, office.chief)
    path = address(letter_id)
    clerk.post(f"{path}/trinh", data={"to_post_id": office.chief.post_id})
    assert "Đề xuất với lãnh đạo" in page(chief, f"{path}/de-xuat")
    data = {
        "to_post_id": office.leader.post_id, "lead": f"unit:{office.economy}",
        "coordinators": [office.culture], "text": "Giao Phòng Kinh tế.", "due_on": "30112026",
    }  # fmt: skip
    refused = chief.post(f"{path}/de-xuat", data=data | {"due_on": "99/99"})
    assert refused.status_code == 422
    assert "Giao Phòng Kinh tế." in refused.get_data(as_text=True)
    assert chief.post(f"{path}/de-xuat", data=data).status_code == 302
    with reading() as session:
        assert session.scalars(sa.select(Proposal)).one().coordinators == [office.culture]
    html = page(browser(app, office.leader), path)
    assert "Đề xuất của Lê Mẫu Quân" in html
    assert f'<option selected value="unit:{office.economy}">' in html
    assert 'value="30/11/2026"' in html


def test_several_letters_are_submitted_together_or_not_at_all(
    app: Flask, office: Office, desk: Desk
) -> None:
    first, second = desk.register(b"1"), desk.register(b"2", code_number="2")
    client = browser(app, office.clerk)
    data = {"act": "submit", "id": [first, second], "to_post_id": office.specialist.post_id}
    assert client.post("/van-ban-den/nhieu", data=data).status_code == 422
    assert letter(first).status is S.REGISTERED
    client.post("/van-ban-den/nhieu", data=data | {"to_post_id": office.leader.post_id})
    assert [letter(i).status for i in (first, second)] == [S.SUBMITTED, S.SUBMITTED]


def test_ticked_drafts_become_one_letter(app: Flask, office: Office, desk: Desk) -> None:
    first, second = desk.read(b"1"), desk.read(b"2")
    client = browser(app, office.clerk)
    data = {"act": "join", "id": [first.letter_id, second.letter_id]}
    answer = client.post("/van-ban-den/nhieu", data=data)
    assert answer.headers["Location"] == address(first.letter_id)
    assert page(client, address(first.letter_id)).count("Văn bản chính") == 1


@pytest.mark.parametrize(
    ("act", "status"),
    [
        ("tra-lai", S.RETURNED_TO_SENDER),
        ("chuyen-noi-khac", S.FORWARDED),
        ("noi-gui-thu-hoi", S.RECALLED_BY_SENDER),
    ],
)
def test_a_letter_leaves_and_comes_back_with_a_reason(
    app: Flask, office: Office, desk: Desk, act: str, status: IncomingStatus
) -> None:
    letter_id = desk.register(b"1")
    client, path = browser(app, office.clerk), address(letter_id)
    client.post(f"{path}/ket-thuc/{act}", data={"reason": "", "to": "Sở Y tế"})
    assert letter(letter_id).status is S.REGISTERED
    client.post(f"{path}/ket-thuc/{act}", data={"reason": "Sai nơi nhận", "to": "Sở Y tế"})
    assert letter(letter_id).status is status
    assert "Sai nơi nhận" in page(client, path)
    client.post(f"{path}/ket-thuc/mo-lai", data={"reason": "Gửi lại đúng"})
    assert letter(letter_id).status is S.REOPENED
    assert client.post(f"{path}/ket-thuc/khac", data={"reason": "x"}).status_code == 404


def test_a_file_is_served_to_those_who_see_the_letter_only(
    app: Flask, office: Office, desk: Desk
) -> None:
    letter_id = desk.register(b"1")
    html = page(browser(app, office.clerk), f"{address(letter_id)}?page=2")
    assert 'data-viewer-page-value="2"' in html
    path = html.split('data-viewer-url-value="')[1].split('"')[0]
    shown = browser(app, office.clerk).get(path)
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert browser(app, office.specialist).get(path).status_code == 404
    assert browser(app, office.admin).get(path).status_code == 403


def test_another_units_letter_is_not_there(app: Flask, office: Office, desk: Desk) -> None:
    letter_id = submitted(office, desk)
    browser(app, office.leader).post(f"{address(letter_id)}/chi-dao", data=directive(office))
    assert browser(app, office.head).get(address(letter_id)).status_code == 200
    assert browser(app, office.head2).get(address(letter_id)).status_code == 404
    assert 'id="doc-' not in page(browser(app, office.head2), "/van-ban-den")


def test_the_four_outcomes_end_where_they_should(app: Flask, office: Office, desk: Desk) -> None:
    wanted: dict[Outcome, tuple[dict[str, object], IncomingStatus]] = {
        Outcome.ASSIGN: ({}, S.ASSIGNED),
        Outcome.REDIRECT: ({"to_post_id": office.vice_leader.post_id}, S.SUBMITTED),
        Outcome.INFORM: ({"readers": [f"unit:{office.culture}"]}, S.FOR_INFORMATION),
        Outcome.FILE: ({}, S.FILED),
    }
    client = browser(app, office.leader)
    for number, (outcome, (fields, status)) in enumerate(wanted.items(), start=1):
        letter_id = submitted(office, desk, str(number))
        data = directive(office, outcome=outcome.value, **fields)
        assert client.post(f"{address(letter_id)}/chi-dao", data=data).status_code == 302
        assert letter(letter_id).status is status
