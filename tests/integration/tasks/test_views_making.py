"""Tasks by hand, recurring reports, and the page that says where things wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.audit import AuditLog
from app.clock import local, now, today
from app.db import reading, transaction
from app.errors import PermissionDenied, RuleViolated
from app.kinds import Card, Kind, cards, register
from app.notifications.models import Notification
from app.security import SYSTEM
from app.tasks import custody, indexing, services
from app.tasks.models import Participation, RecurringRule, Station, Task
from app.tasks.parties import Party
from tests.factories import Office
from tests.integration.tasks.conftest import THING, act, direct, later, look, the_task
from tests.integration.tasks.test_views_pages import browser, give, page


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def order(office: Office, **changes: object) -> dict[str, object]:
    """Good values of the form."""
    return {
        "title": "Chuẩn bị họp giao ban",
        "lead": f"post:{office.specialist.post_id}",
        "coordinators": [f"unit:{office.culture}"],
        "due_at": f"{local(later(5)):%d/%m/%Y}",
        "due_time": "17h00",
        "urgency": "1",
        "source": "conclusion",
        "body": "Bản tổng hợp hai trang.",
    } | changes


def only_task() -> Task:
    [found] = look(lambda s: list(s.scalars(sa.select(Task))))
    task: Task = found
    return task


def test_a_head_gives_a_task_by_hand(app: Flask, office: Office) -> None:
    answer = browser(app, office.head).post("/cong-viec/moi", data=order(office))
    assert answer.status_code == 302
    task = only_task()
    assert answer.headers["Location"].endswith(task.token)
    assert task.due_at is not None
    assert f"{local(task.due_at):%H:%M}" == "17:00"
    with reading() as session:
        [helper] = session.get_one(Task, task.id).participants
        assert (helper.role, helper.unit_id) == (Participation.COORDINATOR, office.culture)


def test_a_day_without_an_hour_means_the_end_of_its_work(app: Flask, office: Office) -> None:
    day = today() + timedelta(days=8 - today().weekday())  # a Tuesday
    fields = order(office, due_at=f"{day:%d%m%Y}", due_time="")
    assert browser(app, office.head).post("/cong-viec/moi", data=fields).status_code == 302
    due_at = only_task().due_at
    assert due_at is not None
    assert f"{local(due_at):%d/%m %H:%M}" == f"{day:%d/%m} 17:00"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " "}, "Phải ghi nội dung việc cần làm."),
        ({"title": ""}, "Hãy điền ô này."),
        ({"lead": ""}, "Hãy chọn nơi chủ trì."),
        ({"due_at": "31/02/2027"}, "Ngày không đúng"),
        ({"due_at": "01/01/2020", "due_time": ""}, "Hạn xử lý đã qua"),
        ({"urgency": "9"}, "trong danh sách"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(
    app: Flask, office: Office, changes: dict[str, object], sentence: str
) -> None:
    answer = browser(app, office.head).post("/cong-viec/moi", data=order(office, **changes))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in html
    assert "Bản tổng hợp hai trang." in html
    assert look(lambda s: s.scalar(sa.select(sa.func.count()).select_from(Task))) == 0


def test_a_head_is_offered_and_gives_work_within_the_unit_only(app: Flask, office: Office) -> None:
    client = browser(app, office.head)
    html = page(client, "/cong-viec/moi")
    assert f'<option value="post:{office.specialist.post_id}">' in html
    lead = html.partition('name="lead"')[2].partition("</select>")[0]
    assert f"unit:{office.culture}" not in lead
    fields = order(office, lead=f"unit:{office.culture}")
    assert client.post("/cong-viec/moi", data=fields).status_code == 422


def test_a_recurring_report_is_set_up_and_stopped(app: Flask, office: Office) -> None:
    client = browser(app, office.leader)
    fields = {
        "title": "Báo cáo tháng", "lead": f"unit:{office.economy}", "every": "month",
        "anchor_on": f"{local(later(20)):%d/%m/%Y}", "days_ahead": "7",
    }  # fmt: skip
    assert client.post("/cong-viec/dinh-ky", data=fields).status_code == 302
    assert "Báo cáo tháng" in page(client, "/cong-viec/dinh-ky")
    rule = look(lambda s: s.scalar(sa.select(RecurringRule)))
    path = f"/cong-viec/dinh-ky/{rule.id}/dung"
    assert browser(app, office.vice_leader).post(path).status_code == 404
    assert client.post(path).status_code == 302
    assert "Báo cáo tháng" not in page(client, "/cong-viec/dinh-ky")


def test_a_thing_that_became_a_task_waits_once(app: Flask, office: Office, task: Task) -> None:
    give(office, "Việc khác")
    table = look(lambda s: custody.stuck_table(s, office.leader))
    assert table[office.economy][Station.UNIT].count == 1
    assert table[office.economy][Station.HANDLER].count == 1
    html = page(browser(app, office.leader), "/cong-viec/tac-o-dau")
    assert f"/cong-viec/tac-o-dau/{office.economy}/unit" in html
    assert "Xem bảng số liệu" in html


def test_a_cell_opens_its_list_and_one_click_reminds(
    app: Flask, office: Office, task: Task
) -> None:
    client = browser(app, office.chief)
    path = f"/cong-viec/tac-o-dau/{office.economy}/unit"
    assert "Công văn 145/STC-TH" in page(client, path)
    assert client.post(f"{path}/nhac/task/{task.id}").status_code == 302
    urged = sa.select(Notification.title).where(Notification.event == "task.urged")
    assert look(lambda s: s.scalar(urged)) == "Đôn đốc: Công văn 145/STC-TH"
    assert client.get(f"/cong-viec/tac-o-dau/{office.economy}/x").status_code == 404


def test_only_who_watches_over_a_unit_reminds_it(app: Flask, office: Office, task: Task) -> None:
    path = f"/cong-viec/tac-o-dau/{office.economy}/unit/nhac/task/{task.id}"
    assert browser(app, office.clerk).post(path).status_code == 403
    assert browser(app, office.specialist).post(path).status_code == 404
    assert browser(app, office.head2).post(path).status_code == 404


def test_other_kinds_are_reminded_where_they_lie(app: Flask, office: Office) -> None:
    def of_drafts(_session: object, _actor: object, ids: object) -> list[Card]:
        return [Card("draft", THING[1], "Dự thảo kế hoạch", "", "/du-thao/7")]

    register(Kind("draft", "Dự thảo", "file", of_drafts))
    with transaction() as session:
        custody.move(session, *THING, station=Station.LEADER, post_id=office.leader.post_id)
    act(services.nudge, office.chief, kind="draft", thing_id=THING[1])
    with reading() as session:
        notice = session.scalar(sa.select(Notification))
        assert notice is not None
        assert (notice.post_id, notice.title) == (office.leader.post_id, "Nhắc: Dự thảo kế hoạch")
        actions = list(session.scalars(sa.select(AuditLog.action)))
        assert actions == ["draft.nudged"]
    with pytest.raises(PermissionDenied):
        act(services.nudge, office.head, kind="draft", thing_id=THING[1])
    with transaction() as session:
        custody.close(session, *THING)
    with pytest.raises(RuleViolated, match="không còn chờ"):
        act(services.nudge, office.chief, kind="draft", thing_id=THING[1])


def test_an_index_record_holds_what_was_written_and_who_may_see_it(office: Office) -> None:
    direct(office, coordinators=[Party(unit_id=office.culture)], text="Khẩn trương tham mưu.")
    task = the_task()
    act(services.report_progress, office.head, task_id=task.id, percent=5, text="Đã họp tổ.")
    act(services.give_opinion, office.head2, task_id=task.id, text="Đồng ý phương án.")
    [record] = look(lambda s: indexing.records(s, [task.id, task.id + 1]))
    assert record.id == f"task:{task.id}"
    assert [words in record.text for words in ("tham mưu", "họp tổ", "phương án")] == [True] * 3
    assert record.acl >= {"organ", f"unit:{office.economy}", f"unit:{office.culture}"}
    assert (record.state, record.unit) == ("Đang thực hiện", "Phòng Kinh tế")
    assert look(lambda s: indexing.ids_after(s, 0, 10)) == [task.id]


def test_cards_are_shown_to_those_who_may_see_the_task(office: Office, task: Task) -> None:
    thing = [("task", task.id)]
    [card] = look(lambda s: cards(s, office.head, thing))
    assert card.url == f"/cong-viec/{task.token}"
    assert look(lambda s: cards(s, office.head2, thing)) == []
    assert len(look(lambda s: cards(s, SYSTEM, thing))) == 1


def test_the_counter_counts_what_waits_for_the_person(app: Flask, office: Office) -> None:
    give(office, "Một", urgency=3)
    give(office, "Hai", due_at=now() + timedelta(days=9))
    found = browser(app, office.specialist).get("/thong-bao/dem").get_json()["counters"]["tasks"]
    assert found == {"number": 2, "urgent": True}
    assert browser(app, office.specialist2).get("/thong-bao/dem").get_json()["counters"][
        "tasks"
    ] == {"number": 0, "urgent": False}
