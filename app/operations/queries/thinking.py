"""“Nếu … thì sao”: which playbooks would start for an incident, and who would get what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.operations.catalogue import catalogue
from app.operations.models import Playbook, PlaybookVersion
from app.operations.plans import PEOPLE, Plan, Step, StepKind, Subject, explain, fits
from app.operations.queries.playbooks import in_force, plan_of
from app.operations.queries.responders import Answering, answering_units
from app.organisation import queries as organisation


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a step reaches: the unit with the person who heads it, or a group of people. Without
    a unit nobody gets it."""

    label: str
    unit: str = ""
    person: str = ""
    is_guess: bool = False
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Imagined:
    """A playbook and what it would do; `reason` says why it starts or why not."""

    playbook: Playbook
    version: PlaybookVersion
    starts: bool
    reason: str
    steps: Sequence[tuple[Step, Sequence[Recipient]]]


def imagine(session: Session, subject: Subject) -> list[Imagined]:
    """All playbooks in force, those that start first; a constant number of queries."""
    answering = answering_units(session)
    heads = _heads(session, answering)
    found = []
    for playbook, version in in_force(session):
        plan = plan_of(version)
        starts = fits(plan.when, subject)
        reason = explain(plan.when, subject, catalogue())
        steps = recipients_of(plan, answering, heads) if starts else []
        found.append(Imagined(playbook, version, starts, reason, steps))
    return sorted(found, key=lambda one: not one.starts)


def recipients_of(
    plan: Plan, answering: dict[str, Answering], heads: dict[int, str]
) -> list[tuple[Step, list[Recipient]]]:
    """Each step with whom it reaches."""
    found = []
    for step in plan.steps:
        keys = [step.to] if step.kind is StepKind.TASK else list(step.audience)
        found.append((step, [_recipient(key, answering, heads) for key in keys]))
    return found


def plan_with_recipients(session: Session, plan: Plan) -> list[tuple[Step, list[Recipient]]]:
    """The steps of one plan, for its page."""
    answering = answering_units(session)
    return recipients_of(plan, answering, _heads(session, answering))


def _recipient(key: str, answering: dict[str, Answering], heads: dict[int, str]) -> Recipient:
    if key in PEOPLE:
        return Recipient(PEOPLE[key])
    one = answering[key]
    if one.unit_id is None:
        return Recipient(one.responder.label, is_missing=True)
    return Recipient(one.responder.label, one.name, heads.get(one.unit_id, ""), one.is_guess)


def _heads(session: Session, answering: dict[str, Answering]) -> dict[int, str]:
    units = sorted({one.unit_id for one in answering.values() if one.unit_id})
    posts = {unit: organisation.head_post(session, unit) for unit in units}
    ids = {unit: post.id for unit, post in posts.items() if post is not None}
    labels = organisation.post_label(session, ids.values())
    return {unit: labels.get(post_id, "") for unit, post_id in ids.items()}
