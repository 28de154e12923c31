"""The pages of tasks: who may open which, what they show, how many queries they need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.audit import AuditLog
from app.clock import today
from app.db import ReadingFactory, reading, transaction
from app.notifications.services import notify
from app.security import Actor
from app.tasks import custody, services
from app.tasks.models import Task
from app.tasks.parties import Party
from app.tasks.services import TaskOrder
from tests.factories import Office, sign_in_as
from tests.integration.tasks.conftest import act, direct, later, look, the_task

ROLES = ("leader", "chief", "clerk", "head", "specialist", "one_stop", "duty", "admin")
LISTS = {"leader", "chief", "clerk", "head", "specialist", "one_stop", "duty"}
GIVERS = {"leader", "chief", "head", "duty"}
PAGES = {
    "/cong-viec": LISTS,
    "/cong-viec/tac-o-dau": LISTS,
    "/cong-viec/moi": GIVERS,
    "/cong-viec/dinh-ky": GIVERS,
}


def browser(app: Flask, actor: Actor) -> FlaskClient:
    client = app.test_client()
    sign_in_as(client, actor)
    return client


def page(client: FlaskClient, path: str, *, htmx: bool = False) -> str:
    headers = {"HX-Request": "true"} if htmx else {}
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


@contextmanager
def statements() -> Iterator[list[str]]:
    """SQL that the reading block runs meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    target = ReadingFactory.kw["bind"]
    sa.event.listen(target, "before_cursor_execute", note)
    yield seen
    sa.event.remove(target, "before_cursor_execute", note)


def give(office: Office, title: str, **changes: object) -> Task:
    values: dict[str, Any] = {
        "lead": Party(post_id=office.specialist.post_id),
        "due_at": later(3),
    }
    order = TaskOrder(title, **(values | changes))
    made: Task = act(services.create_task, office.head, order=order)
    return made


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


def test_the_list_shows_a_task_with_its_place_and_date(
    app: Flask, office: Office, task: Task
) -> None:
    html = page(browser(app, office.head), "/cong-viec")
    assert "Công văn 145/STC-TH" in html
    assert "Đang ở: Phòng Kinh tế" in html
    assert "chưa mở" in html
    assert 'hx-trigger="live-task from:body"' in html


def test_filters_narrow_and_nonsense_is_ignored(app: Flask, office: Office) -> None:
    give(office, "Lập bảng số liệu")
    give(office, "Chuẩn bị họp", due_at=None)
    client = browser(app, office.specialist)
    assert "Chuẩn bị họp" not in page(client, "/cong-viec?q=số liệu")
    assert "Lập bảng số liệu" not in page(client, "/cong-viec?due=none")
    both = page(client, "/cong-viec?due=x&status=y&unit=z&tab=w&page=-4&size=9999999")
    assert "Lập bảng số liệu" in both
    assert "Chuẩn bị họp" in both
    assert "Không có việc nào khớp bộ lọc" in page(client, "/cong-viec?q=khác")


def test_htmx_gets_the_card_alone(app: Flask, office: Office, task: Task) -> None:
    html = page(browser(app, office.head), "/cong-viec?tab=don-vi", htmx=True)
    assert "<html" not in html
    assert html.lstrip().startswith("<div")
    assert 'id="list"' in html


def test_what_is_overdue_makes_the_counter_red(app: Flask, office: Office) -> None:
    made = give(office, "Trễ")
    client = browser(app, office.specialist)
    assert "cv-count-hot" not in page(client, "/cong-viec", htmx=True)
    with transaction() as session:
        session.execute(sa.update(Task).where(Task.id == made.id).values(due_at=later(-2)))
    html = page(client, "/cong-viec", htmx=True)
    assert "cv-count-hot" in html
    assert "Quá hạn" in html


def test_a_result_that_waits_for_acceptance_is_not_late(app: Flask, office: Office) -> None:
    made = give(office, "Xong rồi")
    act(services.submit_completion, office.specialist, task_id=made.id, product="Đã có")
    with transaction() as session:
        session.execute(
            sa.update(Task).where(Task.id == made.id).values(due_at=later(1), submitted_at=later(0))
        )
    assert "cv-count-hot" not in page(browser(app, office.head), "/cong-viec", htmx=True)


def test_the_list_needs_the_same_queries_for_one_task_and_for_twenty(
    app: Flask, office: Office
) -> None:
    client = browser(app, office.specialist)
    give(office, "Việc đầu")
    page(client, "/cong-viec")
    with statements() as few:
        page(client, "/cong-viec")
    for number in range(19):
        give(office, f"Việc {number}", coordinators=[Party(unit_id=office.culture)])
    with statements() as many:
        html = page(client, "/cong-viec")
    assert html.count('id="task-') == 20
    assert len(many) == len(few) <= 30


def test_the_detail_needs_the_same_queries_however_much_was_said(
    app: Flask, office: Office, task: Task
) -> None:
    part = TaskOrder("Phần một", Party(post_id=office.specialist.post_id), due_at=later(1))
    act(services.split_task, office.head, task_id=task.id, order=part)
    act(services.report_progress, office.head, task_id=task.id, percent=10, text="Một")
    client, path = browser(app, office.head), f"/cong-viec/{task.token}"
    page(client, path)
    with statements() as few:
        page(client, path)
    for number in range(5):
        act(services.report_progress, office.head, task_id=task.id, percent=20, text=f"{number}")
        act(services.split_task, office.head, task_id=task.id, order=part)
    with statements() as many:
        page(client, path)
    assert len(many) == len(few)


def test_the_detail_shows_what_was_said(app: Flask, office: Office) -> None:
    direct(office, coordinators=[Party(unit_id=office.culture)])
    task = the_task()
    act(services.give_opinion, office.head2, task_id=task.id, text="Bổ sung lĩnh vực văn hóa.")
    act(
        services.assign_specialist, office.head, task_id=task.id,
        post_id=office.specialist.post_id,
    )  # fmt: skip
    act(services.report_progress, office.specialist, task_id=task.id, percent=45, text="Đã rà.")
    html = page(browser(app, office.leader), f"/cong-viec/{task.token}")
    for words in ("Tham mưu trả lời.", "Bổ sung lĩnh vực văn hóa.", "Đã rà.", "45%", "Đang ở:"):
        assert words in html
    facts = page(browser(app, office.leader), f"/cong-viec/{task.token}", htmx=True)
    assert "Đã rà." in facts
    assert "<form" not in facts  # a form in use is never replaced


def test_a_task_of_others_is_not_found(app: Flask, office: Office, task: Task) -> None:
    for actor in (office.specialist2, office.head2, office.one_stop):
        client = browser(app, actor)
        assert client.get(f"/cong-viec/{task.token}").status_code == 404
    assert browser(app, office.admin).get(f"/cong-viec/{task.token}").status_code == 403


def test_opening_marks_seen_once_and_is_written_down(
    app: Flask, office: Office, task: Task
) -> None:
    client = browser(app, office.head)
    page(client, f"/cong-viec/{task.token}")
    page(client, f"/cong-viec/{task.token}")
    acts = look(
        lambda s: list(s.scalars(sa.select(AuditLog.action).where(AuditLog.kind == "task")))
    )
    assert acts.count("task.read") == 1
    assert acts.count("task.seen") == 1
    assert the_task().opened_at is not None
    with reading() as session:
        assert custody.current(session, "task", [task.id])[task.id].opened


def test_a_stranger_to_the_task_marks_nothing(app: Flask, office: Office, task: Task) -> None:
    page(browser(app, office.leader), f"/cong-viec/{task.token}")  # sees all, leads nothing
    assert the_task().opened_at is None


def test_the_days_reminders_stand_together(app: Flask, office: Office) -> None:
    with transaction() as session:
        post = [office.specialist.post_id or 0]
        for thing in (1, 2):
            notify(
                session, event="task.reminder", kind="task", thing_id=thing, post_ids=post,
                title=f"Hết hạn hôm nay: Báo cáo {thing}", digest_on=today(),
            )  # fmt: skip
    html = page(browser(app, office.specialist), "/thong-bao")
    assert "Nhắc việc hôm nay" in html
    assert html.count("Hết hạn hôm nay: Báo cáo") == 2


def test_the_board_has_a_column_a_state_with_the_most_pressing_first(
    app: Flask, office: Office
) -> None:
    give(office, "Việc sau", due_at=later(9))
    give(office, "Việc trước", due_at=later(1))
    started = give(office, "Việc đang làm")
    act(services.report_progress, office.specialist, task_id=started.id, percent=40, text="Đã họp")
    html = page(browser(app, office.specialist), "/cong-viec?view=bang")
    first, second, *_ = html.split('class="cv-board-column"')[1:]
    assert first.index("Việc trước") < first.index("Việc sau")
    assert "Việc đang làm" in second
    assert "40%" in second
    assert "Chờ duyệt kết quả" in html
    assert "Bị trả lại" not in html


def test_a_long_column_says_how_many_more_there_are(app: Flask, office: Office) -> None:
    with transaction() as session:
        for number in range(33):
            order = TaskOrder(f"Việc {number}", Party(post_id=office.specialist.post_id))
            services.create_task(session, office.head, order)
    html = page(browser(app, office.specialist), "/cong-viec?view=bang", htmx=True)
    assert html.count('id="card-') == 30
    assert "và 3 việc khác" in html
    assert "status=not_started" in html


def test_the_board_shows_only_what_the_filter_and_the_rights_let_through(
    app: Flask, office: Office
) -> None:
    give(office, "Báo cáo tháng")
    give(office, "Tờ trình")
    assert "Tờ trình" not in page(browser(app, office.specialist), "/cong-viec?view=bang&q=báo")
    assert "Báo cáo tháng" not in page(
        browser(app, office.specialist2), "/cong-viec?view=bang&tab=don-vi"
    )
