"""Putting a version of a rule in force, and taking a rule out of it."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import NotFound, RuleViolated
from app.security import Actor, authorize
from app.sensors import alarming, storing
from app.sensors.definitions import parse
from app.sensors.models import Alarm, Rule, RuleKind, RuleState, RuleStream
from app.sensors.permissions import APPROVE_RULE
from app.sensors.rules import Definition, Transition


def approve_rule(session: Session, actor: Actor, rule_id: int, no: int) -> Rule:
    """Put a version in force. Who wrote it cannot approve it.

    Alarms about streams that the version no longer looks at are cleared; the others are cleared by
    the next value that is beyond the new limit.
    """
    acting = authorize(actor, APPROVE_RULE)
    rule = _found(session, rule_id)
    version = next((one for one in rule.versions if one.no == no), None)
    if version is None:
        raise NotFound(f"version {no} of rule {rule_id}")
    if acting.post_id is not None and version.made_by_post_id == acting.post_id:
        raise RuleViolated("Người soạn không tự duyệt quy tắc của mình.")
    definition = parse(rule.kind, version.definition)
    _lock(session, rule, definition.streams)
    session.execute(sa.delete(RuleStream).where(RuleStream.rule_id == rule_id))
    session.add_all(RuleStream(rule_id=rule_id, datastream_id=s) for s in definition.streams)
    _forget(session, rule, kept=_places(definition))
    rule.is_on, rule.current_no = True, no
    session.flush()
    audit.record(session, actor, "rule.approved", rule_id, no=no)
    return rule


def switch_off(session: Session, actor: Actor, rule_id: int) -> Rule:
    """Take the rule out of force; its open alarms are cleared."""
    authorize(actor, APPROVE_RULE)
    rule = _found(session, rule_id)
    _lock(session, rule, ())
    rule.is_on = False
    session.flush()
    _forget(session, rule, kept=())
    audit.record(session, actor, "rule.switched_off", rule_id)
    return rule


def _found(session: Session, rule_id: int) -> Rule:
    rule = session.get(Rule, rule_id)
    if rule is None:
        raise NotFound(f"rule {rule_id}")
    return rule


def _lock(session: Session, rule: Rule, further: Collection[int]) -> None:
    """First the streams, old and new, then the rule, as batches do: nobody waits in a circle.
    Batches that hold one of the streams end first; those that come later see the change."""
    watched = sa.select(RuleStream.datastream_id).where(RuleStream.rule_id == rule.id)
    storing.lock_by_id(session, {*session.scalars(watched), *further})
    session.refresh(rule, with_for_update=True)


def _places(definition: Definition) -> Collection[int]:
    if definition.kind is RuleKind.COMBINATION:
        return definition.streams[:1]
    return definition.streams


def _forget(session: Session, rule: Rule, *, kept: Collection[int]) -> None:
    """Clear the alarms and drop the states of all streams but these."""
    left = sa.select(Alarm.datastream_id).where(
        Alarm.rule_id == rule.id, Alarm.cleared_at.is_(None), Alarm.datastream_id.not_in(kept)
    )
    over = [Transition(False, now(), None)]
    alarming.keep(
        session,
        [
            alarming.Spoken(rule.id, rule.current_no, rule.severity, stream, over)
            for stream in session.scalars(left)
        ],
    )
    session.execute(
        sa.delete(RuleState).where(
            RuleState.rule_id == rule.id, RuleState.datastream_id.not_in(kept)
        )
    )
