"""Playbooks as plain values: what they say, whether they fit an incident, which step is next.

Pure functions over the definition of a version (JSON); nothing here knows the database.
"""

from __future__ import annotations

import enum
import graphlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.operations.catalogue import Catalogue
from app.operations.models import DOMAIN_LABELS, Domain, StepState
from app.operations.severities import graver
from app.sensors.models import SEVERITY_LABELS, Severity

MOST_STEPS = 40
LONGEST_MINUTES = 7 * 24 * 60.0


class StepKind(enum.Enum):
    """What a step does when its turn comes."""

    TASK = "task"
    WAIT = "wait"
    DECISION = "decision"
    MESSAGE = "message"
    TELEGRAM = "telegram"


KIND_LABELS: Mapping[StepKind, str] = {
    StepKind.TASK: "Giao việc",
    StepKind.WAIT: "Chờ",
    StepKind.DECISION: "Quyết định",
    StepKind.MESSAGE: "Báo tin",
    StepKind.TELEGRAM: "Soạn công điện",
}
PEOPLE: Mapping[str, str] = {
    "leaders": "Lãnh đạo",
    "chief": "Chánh Văn phòng",
    "desk": "Trực điều hành",
}
"""Whom a message may go to beside the responders."""


class BadPlan(ValueError):
    """A definition that cannot be carried out; the message is a Vietnamese sentence."""


@dataclass(frozen=True, slots=True)
class When:
    """What an incident must be like for the playbook to start by itself; empty means any."""

    domain: Domain
    types: frozenset[str] = frozenset()
    severity: Severity = Severity.LOW
    areas: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `after` are the steps that must be settled first; `only_if` names a decision among
    them and the choice under which the step is done."""

    key: str
    kind: StepKind
    title: str
    after: tuple[str, ...] = ()
    only_if: Mapping[str, str] = field(default_factory=dict)
    to: str = ""
    audience: tuple[str, ...] = ()
    text: str = ""
    minutes: float = 0.0
    checklist: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole playbook: its trigger and its steps in an order in which each follows its `after`."""

    when: When
    steps: tuple[Step, ...]

    def step(self, key: str) -> Step:
        """Raises KeyError."""
        return {step.key: step for step in self.steps}[key]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a trigger looks at of an incident, or of one that is only thought of."""

    domain: Domain
    type_key: str
    severity: Severity
    area: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a step of a run stands."""

    state: StepState
    choice: str = ""


def fits(when: When, subject: Subject) -> bool:
    """Whether the playbook starts by itself for such an incident."""
    return (
        subject.domain is when.domain
        and (not when.types or subject.type_key in when.types)
        and not graver(when.severity, subject.severity)
        and (not when.areas or subject.area in when.areas)
    )


def explain(when: When, subject: Subject, known: Catalogue) -> str:
    """Why it starts, or why not, as one sentence: “vì lĩnh vực Thiên tai, loại Ngập, …”."""
    asked = [("lĩnh vực", DOMAIN_LABELS[when.domain], subject.domain is when.domain)]
    if when.types:
        kinds = ", ".join(sorted(known.label(key) for key in when.types))
        asked.append(("loại", kinds, subject.type_key in when.types))
    if when.severity is not Severity.LOW:
        label = f"từ {SEVERITY_LABELS[when.severity]}"
        asked.append(("mức độ", label, not graver(when.severity, subject.severity)))
    if when.areas:
        asked.append(("vùng", ", ".join(sorted(when.areas)), subject.area in when.areas))
    unmet = [f"{what} {label}" for what, label, met in asked if not met]
    if unmet:
        return f"không, vì kịch bản cần {', '.join(unmet)}"
    return f"vì {', '.join(f'{what} {label}' for what, label, _met in asked)}"


def next_steps(plan: Plan, standing: Mapping[str, Standing]) -> list[tuple[Step, StepState]]:
    """Steps whose turn has come, each with OPEN or SKIPPED. A step is skipped when its condition
    does not hold, or when all that it follows were skipped: then its branch is not taken."""
    found = []
    for step in plan.steps:
        if step.key in standing or not all(_settled(standing.get(key)) for key in step.after):
            continue
        before = [standing[key] for key in step.after]
        dropped = bool(before) and all(one.state is StepState.SKIPPED for one in before)
        refused = any(
            standing[key].choice != choice
            for key, choice in step.only_if.items()
        )  # fmt: skip
        found.append((step, StepState.SKIPPED if dropped or refused else StepState.OPEN))
    return found


def finished(plan: Plan, standing: Mapping[str, Standing]) -> bool:
    """Whether every step is settled."""
    return all(_settled(standing.get(step.key)) for step in plan.steps)


def _settled(one: Standing | None) -> bool:
    return one is not None and one.state is not StepState.OPEN


def due_at(step: Step, opened: datetime) -> datetime | None:
    """When a step is to be over, None without a limit."""
    return opened + timedelta(minutes=step.minutes) if step.minutes else None


def fill(text: str, values: Mapping[str, str]) -> str:
    """A template with {code}, {title}, {place}, {severity}, {time} replaced; others stay."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return " ".join(text.split())


def parse(definition: Mapping[str, Any], known: Catalogue) -> Plan:
    """Read a definition. Raises BadPlan with the first thing that is wrong."""
    try:
        when = _when(definition["when"], known)
        steps = [_step(one, known) for one in definition["steps"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise BadPlan(f"Kịch bản thiếu hoặc sai mục {error}.") from None
    if not 0 < len(steps) <= MOST_STEPS:
        raise BadPlan(f"Kịch bản có từ 1 đến {MOST_STEPS} bước.")
    return Plan(when, tuple(_ordered(steps)))


def _when(data: Mapping[str, Any], known: Catalogue) -> When:
    try:
        domain = Domain(data["domain"])
        severity = Severity(data.get("severity", "low"))
    except ValueError as error:
        raise BadPlan(f"Điều kiện không hợp lệ: {str(error).partition(' is')[0]}.") from None
    types = frozenset(data.get("types", ()))
    for key in sorted(types):
        if key not in known.types or known.types[key].domain is not domain:
            raise BadPlan(f"Lĩnh vực {DOMAIN_LABELS[domain]} không có loại “{key}”.")
    return When(domain, types, severity, frozenset(data.get("areas", ())))


def _step(data: Mapping[str, Any], known: Catalogue) -> Step:
    key = str(data["key"])
    try:
        kind = StepKind(data["kind"])
    except ValueError:
        raise BadPlan(f"Bước “{key}”: không có kiểu bước “{data['kind']}”.") from None
    step = Step(
        key=key,
        kind=kind,
        title=str(data["title"]).strip(),
        after=tuple(data.get("after", ())),
        only_if=dict(data.get("if", {})),
        to=str(data.get("to", "")),
        audience=tuple(data.get("audience", ())),
        text=str(data.get("text", "")),
        minutes=_minutes(key, data.get("minutes", 0)),
        checklist=tuple(data.get("checklist", ())),
        choices=dict(data.get("choices", {})),
    )
    _check(step, known)
    return step


def _minutes(key: str, written: Any) -> float:
    try:
        return float(written)
    except ValueError:
        raise BadPlan(f"Bước “{key}”: thời hạn “{written}” không phải là số phút.") from None


def _check(step: Step, known: Catalogue) -> None:
    name = f"Bước “{step.title or step.key}”"
    if not step.title:
        raise BadPlan(f"{name} chưa có tên.")
    if not 0 <= step.minutes <= LONGEST_MINUTES:
        raise BadPlan(f"{name}: thời hạn từ 0 phút đến 7 ngày.")
    if step.kind is StepKind.TASK and step.to not in known.responders:
        raise BadPlan(f"{name}: không có lực lượng “{step.to}”.")
    if step.kind is StepKind.WAIT and not step.minutes:
        raise BadPlan(f"{name}: phải ghi chờ bao nhiêu phút.")
    if step.kind is StepKind.DECISION and len(step.choices) < 2:
        raise BadPlan(f"{name}: phải có ít nhất hai lựa chọn.")
    if step.kind is StepKind.MESSAGE and not (step.audience and step.text):
        raise BadPlan(f"{name}: phải có người nhận và nội dung.")
    unknown = [one for one in step.audience if one not in PEOPLE and one not in known.responders]
    if unknown:
        raise BadPlan(f"{name}: không có người nhận “{unknown[0]}”.")


def _ordered(steps: Sequence[Step]) -> list[Step]:
    by_key = {step.key: step for step in steps}
    if len(by_key) < len(steps):
        raise BadPlan("Hai bước không được cùng mã.")
    for step in steps:
        for key in (*step.after, *step.only_if):
            if key not in by_key:
                raise BadPlan(f"Bước “{step.title}” theo sau bước “{key}” không có.")
        for key, choice in step.only_if.items():
            if key not in step.after or choice not in by_key[key].choices:
                raise BadPlan(f"Bước “{step.title}”: điều kiện “{key} = {choice}” không có.")
    try:
        order = graphlib.TopologicalSorter({step.key: step.after for step in steps})
        return [by_key[key] for key in order.static_order()]
    except graphlib.CycleError:
        raise BadPlan("Các bước nối thành vòng.") from None
