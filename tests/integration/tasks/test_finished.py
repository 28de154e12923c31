"""“Đã xong”: the newest first, from three sides without doubles, and never the whole table."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.clock import now
from app.db import reading, transaction
from app.security import Access, Actor, post_term, unit_term
from app.tasks import queries
from app.tasks.models import Task, TaskSource, TaskStatus
from app.tasks.queries import FINISHED_ROWS, KIND, Tab, TaskFilter
from tests.factories import Office, sign_in_as

DONE = TaskFilter(tab=Tab.DONE)


def finished(office: Office, count: int, **values: Any) -> list[int]:
    """Finished tasks of the economy unit, given by the leader; their ids, the oldest first."""
    [giver] = office.leader.post_ids
    one = {
        "source": TaskSource.ORAL, "status": TaskStatus.COMPLETED, "assigner_post_id": giver,
        "lead_unit_id": office.economy, "title": "Báo cáo", "assigned_at": now(),
        "created_at": now(),
    } | values  # fmt: skip
    with transaction() as session:
        rows = [Task(**(one | {"title": f"{one['title']} {at}"})) for at in range(count)]
        session.add_all(rows)
        session.flush()
        ids = [row.id for row in rows]
        terms = (post_term(giver), unit_term(office.economy))
        opened = [
            {"kind": KIND, "thing_id": id_, "term": term, "reason": "test"}
            for id_ in ids
            for term in terms
        ]
        session.execute(sa.insert(Access), opened)
    return ids


def shown(actor: Actor, wanted: TaskFilter = DONE, page: int = 1) -> queries.TaskPage:
    with reading() as session:
        return queries.page_of_tasks(session, actor, wanted, page=page)


def test_each_side_sees_its_finished_tasks_once_the_newest_first(
    app: Flask, office: Office
) -> None:
    ids = finished(office, 23)
    [head_post] = [h.post_id for h in office.head.holdings]
    finished(office, 1, lead_post_id=head_post)  # both sides of the head: post and unit
    finished(office, 1, status=TaskStatus.IN_PROGRESS)
    for actor in (office.leader, office.head):
        first, second = shown(actor), shown(actor, page=2)
        assert (first.total, first.more, first.pages) == (24, False, 2)
        found = [task.id for task in [*first.tasks, *second.tasks]]
        assert found == sorted(found, reverse=True)
        assert len(set(found)) == 24
        assert set(ids) < set(found)
    assert shown(office.specialist).total == 0


def test_a_filter_reaches_what_is_too_old_to_be_leafed_through(app: Flask, office: Office) -> None:
    [old] = finished(office, 1, title="Đề án chợ")
    finished(office, FINISHED_ROWS)
    page = shown(office.head)
    assert (page.total, page.more) == (FINISHED_ROWS, True)
    assert [task.id for task in shown(office.head, TaskFilter(Tab.DONE, text="chợ")).tasks] == [old]
    client = app.test_client()
    sign_in_as(client, office.head)
    assert "trong hơn 1.000" in client.get("/cong-viec?tab=da-xong").get_data(as_text=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_newest_are_found_by_an_index_of_the_finished_alone(app: Flask, office: Office) -> None:
    # PostgreSQL reads so small a table whole; the rules of SQLite know no sizes.
    with reading() as session:
        ids = queries._newest_finished(office.head, DONE, 20)
        compiled = ids.compile(
            session.connection(), compile_kwargs={"literal_binds": True, "render_postcompile": True}
        )
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    used = {side for side in ("lead_unit", "lead_post", "assigner_post")
            if any(f"ix_task_finished_{side}" in row[-1] for row in plan)}  # fmt: skip
    assert used == {"lead_unit", "lead_post", "assigner_post"}, plan
