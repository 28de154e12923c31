"""Which letters the office's regulation lets go straight, and how past ones were directed."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import today
from app.errors import NotFound
from app.incoming.models import IncomingDocument, RoutingRule
from app.incoming.queries.letters import KIND, visible_incoming
from app.organisation.names import fold_name
from app.organisation.queries import organ_family
from app.security import Actor
from app.tasks.models import Directive

RECENT = 10


def rule_in_force(session: Session, rule_id: int) -> RoutingRule:
    """Raises NotFound for a rule that is not there or not in force today."""
    rule = session.get(RoutingRule, rule_id)
    if rule is None or not _in_force(rule):
        raise NotFound(f"routing rule {rule_id}", "Quy tắc chuyển thẳng này không còn hiệu lực.")
    return rule


def _in_force(rule: RoutingRule) -> bool:
    day = today()
    return rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)


def all_rules(session: Session) -> Sequence[RoutingRule]:
    """For the page that edits them."""
    return session.scalars(sa.select(RoutingRule).order_by(RoutingRule.name)).all()


def matches(
    rule: RoutingRule, document_type: str | None, organ_id: int | None, summary: str
) -> bool:
    """Whether a letter is of the kind a rule names: all its conditions hold."""
    words = f" {fold_name(summary)} "
    return (
        (rule.document_type is None or rule.document_type == document_type)
        and (rule.organ_id is None or rule.organ_id == organ_id)
        and all(f" {word} " in words for word in fold_name(rule.words).split())
    )


def straight_rules(session: Session, letter: IncomingDocument) -> list[RoutingRule]:
    """The rules by which a letter may go straight."""
    return rules_in_force(
        session,
        document_type=letter.document_type,
        organ_id=letter.organ_id,
        summary=letter.subject_summary,
    )


def rules_in_force(
    session: Session, *, document_type: str | None, organ_id: int | None, summary: str
) -> list[RoutingRule]:
    """The rules that name a letter with these values, registered or still to be."""
    return [
        rule
        for rule in all_rules(session)
        if _in_force(rule) and matches(rule, document_type, organ_id, summary)
    ]


def past_directives(
    session: Session, actor: Actor, letter: IncomingDocument, *, limit: int = RECENT
) -> list[tuple[IncomingDocument, Directive]]:
    """How the last letters of the same organ and type were directed, newest first.

    Only letters the actor may see; the latest directive of each that was not recalled.
    """
    if letter.organ_id is None or letter.document_type is None:
        return []
    latest = (
        sa.select(sa.func.max(Directive.id))
        .where(Directive.kind == KIND, Directive.recalled_at.is_(None))
        .group_by(Directive.thing_id)
    )
    rows = (
        visible_incoming(actor)
        .add_columns(Directive)
        .join(
            Directive,
            sa.and_(Directive.kind == KIND, Directive.thing_id == IncomingDocument.id),
        )
        .where(
            IncomingDocument.organ_id.in_(organ_family(session, letter.organ_id)),
            IncomingDocument.document_type == letter.document_type,
            IncomingDocument.id != letter.id,
            Directive.id.in_(latest),
        )
        .order_by(IncomingDocument.id.desc())
        .limit(limit)
    )
    return [(past, directive) for past, directive in session.execute(rows).tuples()]
