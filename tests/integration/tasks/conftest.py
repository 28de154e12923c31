"""Short ways to give directives and tasks in the small office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, transaction
from app.security import Actor
from app.tasks import queries, services
from app.tasks.models import Directive, Outcome, Task
from app.tasks.parties import Party
from app.tasks.services import DirectiveOrder
from tests.factories import Office

THING = ("draft", 7)  # a kind without hooks: what rooms above do is tested there


def act(service: Callable[..., Any], actor: Actor | None, **arguments: Any) -> Any:
    """Call a service in a transaction of its own, as a view does; None for the timetable's."""
    with transaction() as session:
        return service(session, actor, **arguments)


def look(query: Callable[[Session], Any]) -> Any:
    with reading() as session:
        return query(session)


def direct(office: Office, **changes: Any) -> Directive:
    """The leader has the economy unit lead until in five days, unless changed."""
    values: dict[str, Any] = {
        "outcome": Outcome.ASSIGN,
        "lead": Party(unit_id=office.economy),
        "text": "Tham mưu trả lời.",
        "due_at": now() + timedelta(days=5),
    }
    order = DirectiveOrder(**(values | changes))
    found: Directive = act(
        services.give_directive, office.leader, kind=THING[0], thing_id=THING[1],
        title="Công văn 145/STC-TH", order=order,
    )  # fmt: skip
    return found


def the_task() -> Task:
    """The one whole task of the thing."""
    [task] = [t for t in look(lambda s: queries.tasks_of(s, *THING_QUERY)) if not t.parent_id]
    found: Task = task
    return found


THING_QUERY = (THING[0], [THING[1]])


@pytest.fixture
def task(office: Office) -> Task:
    """A task of the economy unit, given by a directive of the leader."""
    direct(office)
    return the_task()


def later(days: float) -> datetime:
    return now() + timedelta(days=days)
