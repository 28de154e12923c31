"""The panel and the form of a directive: choices, the suggestion, and what a person decided."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, render_template

from app import db
from app.clock import VIETNAM, frozen
from app.errors import InvalidInput
from app.security import Actor
from app.tasks import queries, services
from app.tasks.directing import DirectiveForm, DirectivePanel, directive_lines, load_panel
from app.tasks.models import Directive, Outcome
from app.tasks.parties import Party
from app.tasks.services import DirectiveOrder
from app.worktime.queries import load_calendar
from tests.factories import Office
from tests.integration.tasks.conftest import act, look

MORNING = datetime(2026, 11, 16, 9, tzinfo=VIETNAM)  # a Monday
SENDER_DUE = datetime(2026, 11, 20, 17, tzinfo=VIETNAM)
SUBJECT = "báo cáo gần nhất của Sở Tài chính"


def give(actor: Actor, thing_id: int, order: DirectiveOrder) -> Directive:
    found: Directive = act(
        services.give_directive,
        actor,
        kind="draft",
        thing_id=thing_id,
        title="Báo cáo",
        order=order,
    )
    return found


@pytest.fixture
def past(office: Office) -> list[Directive]:
    """Two reports went to the economy unit with the culture unit, one elsewhere; newest first."""
    economy = DirectiveOrder(
        Outcome.ASSIGN,
        "Chủ trì tham mưu.",
        lead=Party(unit_id=office.economy),
        coordinators=[Party(unit_id=office.culture)],
    )
    culture = DirectiveOrder(Outcome.ASSIGN, lead=Party(unit_id=office.culture))
    with frozen(MORNING - timedelta(days=30)):
        given = [give(office.leader, n, o) for n, o in enumerate([culture, economy, economy], 1)]
    return given[::-1]


def panel_of(actor: Actor, past: list[Directive], **more: Any) -> DirectivePanel:
    found: DirectivePanel = look(
        lambda s: load_panel(s, actor, past=past, subject=SUBJECT, **({"urgency": 0} | more))
    )
    return found


@pytest.fixture
def decide(app: Flask, office: Office) -> Callable[..., DirectiveOrder]:
    """What the form makes of posted fields, as the page of a letter would ask it."""
    app.config["WTF_CSRF_ENABLED"] = False

    def decided(panel: DirectivePanel, data: dict[str, Any]) -> DirectiveOrder:
        fields = {f"directive-{name}": value for name, value in data.items()}
        with app.test_request_context(method="POST", data=fields):
            form = DirectiveForm()
            form.offer(panel)
            assert form.validate_on_submit(), form.errors
            return form.order(look(load_calendar), urgency=1)

    return decided


def test_the_panel_suggests_how_the_last_ones_went(office: Office, past: list[Directive]) -> None:
    found = panel_of(office.leader, past).suggestion
    assert found is not None
    assert found.reason == f"2 trong 3 {SUBJECT} → Phòng Kinh tế"
    assert found.lead == Party(unit_id=office.economy)
    assert found.coordinators == (Party(unit_id=office.culture),)
    assert found.text == "Chủ trì tham mưu."
    assert found.thing_ids == (3, 2)
    assert found.working_days is None


def test_what_the_actor_may_not_order_is_not_suggested(
    office: Office, past: list[Directive]
) -> None:
    panel = panel_of(office.head2, past)
    assert panel.suggestion is None
    assert {value for value, _label in panel.leads} >= {f"unit:{office.culture}"}
    assert f"unit:{office.economy}" not in {value for value, _label in panel.leads}


def test_one_leader_is_not_offered_to_himself(office: Office) -> None:
    offered = {value for value, _label in panel_of(office.leader, []).leaders}
    assert offered == {str(office.vice_leader.post_id)}


def test_agreeing_takes_the_suggestion_as_it_stands(
    app: Flask,
    office: Office,
    past: list[Directive],
    decide: Callable[..., DirectiveOrder],
) -> None:
    with frozen(MORNING):
        panel = panel_of(office.leader, past, sender_due=SENDER_DUE)
        page = render(app, panel)
        agreed, _own = page.split('id="directive"')
        hidden: dict[str, Any] = {}
        for name, value in re.findall(
            r'<input type="hidden" name="directive-([\w]+)" value="([^"]*)"', agreed
        ):
            hidden.setdefault(name, []).append(value)
        order = decide(panel, hidden)
    assert order == DirectiveOrder(
        Outcome.ASSIGN,
        "Chủ trì tham mưu.",
        lead=Party(unit_id=office.economy),
        coordinators=[Party(unit_id=office.culture)],
        readers=[],
        due_at=datetime(2026, 11, 19, 17, tzinfo=VIETNAM),
        urgency=1,
        suggested=True,
    )


def render(app: Flask, panel: DirectivePanel) -> str:
    with app.test_request_context():
        form = DirectiveForm()
        form.offer(panel)
        form.start(panel)
        return render_template("tasks/_directive_form.html", panel=panel, form=form, url="/x")


def test_the_form_stands_prefilled_with_the_suggestion(
    app: Flask, office: Office, past: list[Directive]
) -> None:
    own = render(app, panel_of(office.leader, past)).split('id="directive"')[1]
    assert re.search(rf'<option[^>]*selected[^>]*value="unit:{office.economy}"', own)
    assert "Chủ trì tham mưu.</textarea>" in own
    assert re.search(r'checked[^>]*name="directive-due"[^>]*value="none"', own)


def test_without_a_date_of_the_sender_no_deadline_arises_by_itself(
    app: Flask, office: Office, past: list[Directive]
) -> None:
    page = render(app, panel_of(office.leader, past))
    assert 'name="directive-due" value="none"' in page


def test_what_the_chief_proposed_comes_before_the_past(
    app: Flask, office: Office, past: list[Directive]
) -> None:
    proposed = DirectiveOrder(
        Outcome.ASSIGN, "Theo đề xuất.", lead=Party(unit_id=office.bureau), due_at=SENDER_DUE
    )
    panel = panel_of(office.leader, past)
    with app.test_request_context():
        form = DirectiveForm()
        form.offer(panel)
        form.start(panel, preset=proposed)
        assert (form.lead.data, form.text.data) == (f"unit:{office.bureau}", "Theo đề xuất.")
        assert form.order(look(load_calendar)).due_at == SENDER_DUE


@pytest.mark.parametrize(
    ("due", "at"),
    [
        ({"due": "none"}, None),
        ({"due": "other", "due_at": "18/11/2026"}, (18, 17, 0)),
        ({"due": "none", "due_at": "18112026"}, (18, 17, 0)),
        ({"due_at": "18-11-26", "due_time": "16:30"}, (18, 16, 30)),
        ({"due": "2026-11-18T11:30:00+07:00"}, (18, 11, 30)),
    ],
)
def test_a_due_date_is_ticked_or_typed(
    office: Office,
    decide: Callable[..., DirectiveOrder],
    due: dict[str, str],
    at: tuple[int, int, int] | None,
) -> None:
    data = {"outcome": "assign", "lead": f"unit:{office.economy}", **due}
    wanted = datetime(2026, 11, *at, tzinfo=VIETNAM) if at else None
    assert decide(panel_of(office.leader, []), data).due_at == wanted


@pytest.mark.parametrize("due", ["other", "ngày mai", "2026-11-18T11:30:00"])
def test_a_date_that_says_nothing_is_refused(
    office: Office, decide: Callable[..., DirectiveOrder], due: str
) -> None:
    data = {"outcome": "assign", "lead": f"unit:{office.economy}", "due": due}
    with pytest.raises(InvalidInput):
        decide(panel_of(office.leader, []), data)


def test_fields_of_other_outcomes_are_left_out(
    office: Office, decide: Callable[..., DirectiveOrder]
) -> None:
    everything = {
        "lead": f"unit:{office.economy}",
        "coordinators": [f"unit:{office.culture}"],
        "readers": [f"post:{office.clerk.post_id}"],
        "to_post_id": str(office.vice_leader.post_id),
        "due_at": "18/11/2026",
    }
    panel = panel_of(office.leader, [])
    orders = {o: decide(panel, {"outcome": o.value, **everything}) for o in Outcome}
    clerk = [Party(post_id=office.clerk.post_id)]
    assert orders[Outcome.FILE] == DirectiveOrder(Outcome.FILE, urgency=1)
    assert orders[Outcome.INFORM] == DirectiveOrder(Outcome.INFORM, readers=clerk, urgency=1)
    assert orders[Outcome.REDIRECT] == DirectiveOrder(
        Outcome.REDIRECT, to_post_id=office.vice_leader.post_id, urgency=1
    )


def test_the_list_of_directives_says_who_looked(
    app: Flask, office: Office, past: list[Directive]
) -> None:
    readers = [Party(unit_id=office.culture), Party(post_id=office.clerk.post_id)]
    give(office.leader, 9, DirectiveOrder(Outcome.INFORM, "Để biết.", readers=readers))
    act(services.mark_opened, office.clerk, kind="draft", thing_id=9)
    lines = look(lambda s: directive_lines(s, "draft", 9))
    with app.test_request_context():
        page = render_template("tasks/_directive_list.html", directives=lines)
    assert "Nguyễn Mẫu An, Chủ tịch" in page
    assert page.count("chưa xem") == 1
    assert page.count("đã xem") == 1


def test_a_recalled_directive_says_so(app: Flask, office: Office) -> None:
    order = DirectiveOrder(Outcome.ASSIGN, lead=Party(unit_id=office.economy))
    given = give(office.leader, 5, order)
    act(services.recall_directive, office.leader, directive_id=given.id, reason="Nhầm đơn vị")
    [line] = look(lambda s: directive_lines(s, "draft", 5))
    assert (line.to, line.directive.recall_reason) == ("Phòng Kinh tế", "Nhầm đơn vị")


def test_the_panel_asks_as_often_for_many_past_directives_as_for_few(
    office: Office, past: list[Directive]
) -> None:
    economy = DirectiveOrder(Outcome.ASSIGN, lead=Party(unit_id=office.economy))
    more = past + [give(office.leader, n, economy) for n in range(20, 28)]
    assert counted(lambda: panel_of(office.leader, more)) == counted(
        lambda: panel_of(office.leader, past)
    )


def counted(call: Callable[[], object]) -> int:
    statements: list[str] = []
    bind = db.ReadingFactory.kw["bind"]

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    sa.event.listen(bind, "before_cursor_execute", note)
    try:
        call()
    finally:
        sa.event.remove(bind, "before_cursor_execute", note)
    return len(statements)


def test_past_directives_are_loaded_with_their_readers(past: list[Directive]) -> None:
    found = look(lambda s: queries.directives_of(s, "draft", [1, 2, 3]))
    assert [directive.thing_id for directive in found] == [3, 2, 1]
