"""What playbooks say: triggers with their reasons, branches, order, and faults that are told."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from app.operations.catalogue import catalogue
from app.operations.models import Domain, StepState
from app.operations.plans import (
    BadPlan,
    Plan,
    Standing,
    Subject,
    explain,
    finished,
    fits,
    next_steps,
    parse,
)
from app.operations.services.playbooks import DATA
from app.sensors.models import Severity

DONE = Standing(StepState.DONE)
OPEN = Standing(StepState.OPEN)
SKIPPED = Standing(StepState.SKIPPED)


def task(key: str, *after: str, **more: Any) -> dict[str, Any]:
    plain = {"key": key, "kind": "task", "title": key, "to": "police", "after": list(after)}
    return plain | more


def plan(*steps: dict[str, Any], **when: Any) -> Plan:
    return parse({"when": {"domain": "disaster"} | when, "steps": list(steps)}, catalogue())


def turns(of: Plan, **standing: Standing) -> dict[str, StepState]:
    return {step.key: state for step, state in next_steps(of, standing)}


FORK = (
    {"key": "ask", "kind": "decision", "title": "Sơ tán?", "choices": {"yes": "Có", "no": "Không"}},
    task("move", "ask", **{"if": {"ask": "yes"}}),
    task("count", "move"),
    task("watch", "ask", **{"if": {"ask": "no"}}),
    task("report", "count", "watch"),
)


def test_a_decision_takes_one_branch_and_the_rest_of_the_other_is_skipped() -> None:
    fork = plan(*FORK)
    assert turns(fork) == {"ask": StepState.OPEN}
    chosen = {"ask": Standing(StepState.DONE, "no")}
    assert turns(fork, **chosen) == {"move": StepState.SKIPPED, "watch": StepState.OPEN}
    assert turns(fork, **chosen, move=SKIPPED, watch=OPEN) == {"count": StepState.SKIPPED}
    later = chosen | {"move": SKIPPED, "count": SKIPPED, "watch": DONE}
    assert turns(fork, **later) == {"report": StepState.OPEN}
    assert not finished(fork, later)
    assert finished(fork, later | {"report": DONE})


def test_a_step_that_failed_lets_the_others_go_on() -> None:
    chain = plan(task("a"), task("b", "a"))
    assert turns(chain, a=Standing(StepState.FAILED)) == {"b": StepState.OPEN}


@pytest.mark.parametrize(
    ("subject", "starts", "reason"),
    [
        (
            Subject(Domain.DISASTER, "flood", Severity.CRITICAL, "P7"),
            True,
            "vì lĩnh vực Thiên tai, loại Ngập, nước lên cao, mức độ từ Cao, vùng P7",
        ),
        (
            Subject(Domain.DISASTER, "flood", Severity.MEDIUM, "P8"),
            False,
            "không, vì kịch bản cần mức độ từ Cao, vùng P7",
        ),
        (
            Subject(Domain.TRAFFIC, "collision", Severity.HIGH, "P7"),
            False,
            "không, vì kịch bản cần lĩnh vực Thiên tai, loại Ngập, nước lên cao",
        ),
    ],
)
def test_a_trigger_says_why_it_starts_or_not(subject: Subject, starts: bool, reason: str) -> None:
    when = plan(task("a"), types=["flood"], severity="high", areas=["P7"]).when
    assert fits(when, subject) is starts
    assert explain(when, subject, catalogue()) == reason


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([], "Kịch bản có từ 1 đến 40 bước."),
        ([task("a"), task("a")], "Hai bước không được cùng mã."),
        ([task("a", "b"), task("b", "a")], "Các bước nối thành vòng."),
        ([task("a", "gone")], "Bước “a” theo sau bước “gone” không có."),
        ([task("a", to="fairies")], "Bước “a”: không có lực lượng “fairies”."),
        ([task("a", kind="dance")], "Bước “a”: không có kiểu bước “dance”."),
        ([task("a", minutes=99_999)], "Bước “a”: thời hạn từ 0 phút đến 7 ngày."),
        ([task("a", minutes="nửa giờ")], "Bước “a”: thời hạn “nửa giờ” không phải là số phút."),
        ([task("a", kind="wait")], "Bước “a”: phải ghi chờ bao nhiêu phút."),
        ([task("a", kind="decision")], "Bước “a”: phải có ít nhất hai lựa chọn."),
        (
            [FORK[0], task("b", "ask", **{"if": {"ask": "maybe"}})],
            "Bước “b”: điều kiện “ask = maybe” không có.",
        ),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(
    steps: list[dict[str, Any]], sentence: str
) -> None:
    with pytest.raises(BadPlan) as refused:
        plan(*steps)
    assert str(refused.value) == sentence


def test_the_eight_playbooks_of_the_house_can_all_be_carried_out() -> None:
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))["playbooks"]
    plans = {one["key"]: parse(one, catalogue()) for one in data}
    assert len(plans) == 8
    assert {one.when.domain for one in plans.values()} >= {Domain.CYBER, Domain.DISASTER}
