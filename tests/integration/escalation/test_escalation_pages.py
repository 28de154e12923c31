"""What people see of calls: the list, “Đã nhận”, the telephone, “Ai được gọi”, pauses."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.escalation import chores
from app.escalation.models import CaseState
from tests.factories import Office, sign_in_as
from tests.integration.escalation.conftest import TITLE, case_of, minutes, start

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BASE = "/goi-theo-cap"


@pytest.fixture(autouse=True)
def _no_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def test_who_is_called_sees_it_and_says_so_with_one_button(
    client: FlaskClient, office: Office
) -> None:
    case = case_of(start(office))
    sign_in_as(client, office.head)
    assert client.get(f"{BASE}/{case.token}").status_code == 404
    assert "Không ai đang gọi bạn." in client.get(f"{BASE}/cua-toi").text
    with clock.frozen(minutes(5)):
        chores.run_due()

    page = client.get(f"{BASE}/cua-toi").text
    assert TITLE in page
    assert "Nếu không, cấp tiếp theo được gọi lúc 03:15." in page
    answer = client.post(f"{BASE}/{case.token}/da-nhan", follow_redirects=True)
    assert "Đã nhận. Không ai khác bị gọi nữa." in answer.text
    assert case_of(case.id).state is CaseState.ACKNOWLEDGED
    assert "Cuộc gọi này đã kết thúc." in (
        client.post(f"{BASE}/{case.token}/da-nhan", follow_redirects=True).text
    )


def test_the_desk_sees_all_calls_telephones_and_stops(client: FlaskClient, office: Office) -> None:
    case = case_of(start(office))
    with clock.frozen(minutes(5)):
        chores.run_due()
    sign_in_as(client, office.duty)

    assert "cấp 2/4: Trưởng đơn vị" in client.get(BASE).text
    page = client.get(f"{BASE}/{case.token}").text
    assert office.head.name in page
    assert "Gọi không được" in page
    assert "Hãy ghi lý do dừng gọi." in (
        client.post(f"{BASE}/{case.token}/dung", data={}, follow_redirects=True).text
    )
    client.post(f"{BASE}/{case.token}/dung", data={"reason": "Đã khống chế"})
    assert case_of(case.id).state is CaseState.STOPPED
    assert TITLE in client.get(f"{BASE}?tab=da-xong").text
    sign_in_as(client, office.specialist)
    assert client.get(BASE).status_code == 403


def test_the_simulation_answers_for_any_hour_and_calls_nobody(
    client: FlaskClient, office: Office
) -> None:
    sign_in_as(client, office.chief)
    asked = {"policy": "incident", "at": "01/01/2027 03:00", "unit_id": office.economy}

    page = client.get(f"{BASE}/ai-duoc-goi", query_string=asked)

    assert page.status_code == 200
    for text in ("Ngoài giờ làm việc", office.duty.name, office.head.name, "01/01/2027 03:25"):
        assert text in page.text
    in_hours = {"policy": "urgent_letter", "at": "04/01/2027 09:00"}
    shown = client.get(f"{BASE}/ai-duoc-goi", query_string=in_hours).text
    assert "Lúc này là giờ làm việc, thông báo thường là đủ." in shown
    bad = client.get(f"{BASE}/ai-duoc-goi", query_string={"policy": "incident", "at": "mai"})
    assert bad.status_code == 422
    assert "Không có cuộc gọi nào" in client.get(BASE).text


def test_a_pause_is_announced_with_its_reason_and_taken_back(
    client: FlaskClient, office: Office
) -> None:
    sign_in_as(client, office.duty)
    times = {"starts_at": "01/01/2027 03:00", "ends_at": "01/01/2027 05:00"}
    pause = times | {"policy": "", "reason": "Bảo trì"}

    wrong = client.post(f"{BASE}/tam-dung", data=pause | {"ends_at": "01/01/2027 02:00"})
    assert wrong.status_code == 422
    assert "Lúc kết thúc phải sau" in wrong.text
    shown = client.post(f"{BASE}/tam-dung", data=pause, follow_redirects=True).text
    assert "Mọi quy trình" in shown
    assert "Đang tạm dừng" in shown
    assert "Không có lần tạm dừng nào." in (
        client.post(f"{BASE}/tam-dung/1/het", follow_redirects=True).text
    )
