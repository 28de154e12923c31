"""Writing rules: a draft, and new versions. Nothing of it is in force before it is approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.errors import InvalidInput, NotFound
from app.security import Actor, authorize
from app.sensors.definitions import dump, parse
from app.sensors.models import Datastream, Rule, RuleKind, RuleVersion, Severity
from app.sensors.permissions import CONFIGURE
from app.sensors.rules import Definition


def draft_rule(
    session: Session,
    actor: Actor,
    *,
    name: str,
    kind: RuleKind,
    severity: Severity,
    stored: Mapping[str, Any],
) -> Rule:
    """Write a rule; it is off until somebody else approves it."""
    acting = authorize(actor, CONFIGURE)
    if not name.strip():
        raise InvalidInput("Hãy đặt tên quy tắc.", "name")
    if session.scalar(sa.select(Rule.id).where(Rule.name == name)) is not None:
        raise InvalidInput("Đã có quy tắc mang tên này.", "name")
    definition = _checked(session, kind, stored)
    rule = Rule(name=name, kind=kind, severity=severity, made_by_post_id=acting.post_id)
    rule.versions = [RuleVersion(no=1, definition=dump(definition), made_by_post_id=acting.post_id)]
    session.add(rule)
    session.flush()
    audit.record(session, actor, "rule.drafted", rule.id)
    return rule


def reword_rule(
    session: Session, actor: Actor, rule_id: int, stored: Mapping[str, Any]
) -> RuleVersion:
    """Write a further version; the one in force stays so until the new one is approved."""
    acting = authorize(actor, CONFIGURE)
    rule = session.get(Rule, rule_id, with_for_update=True)
    if rule is None:
        raise NotFound(f"rule {rule_id}")
    definition = _checked(session, rule.kind, stored)
    no = max(version.no for version in rule.versions) + 1
    version = RuleVersion(
        rule_id=rule_id, no=no, definition=dump(definition), made_by_post_id=acting.post_id
    )
    rule.versions.append(version)
    session.flush()
    audit.record(session, actor, "rule.reworded", rule_id)
    return version


def _checked(session: Session, kind: RuleKind, stored: Mapping[str, Any]) -> Definition:
    definition = parse(kind, stored)
    known = sa.select(sa.func.count()).where(Datastream.id.in_(definition.streams))
    if session.scalar(known) != len(definition.streams):
        raise InvalidInput("Có luồng đo không tồn tại.", "streams")
    return definition
