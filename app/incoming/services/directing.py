"""Directives on letters: by a leader, or by the clerk where the regulation names the kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.incoming import permissions
from app.incoming.indexing import title_of
from app.incoming.models import IncomingDocument, IncomingStatus, RoutingRule
from app.incoming.queries.letters import KIND, get_letter
from app.incoming.queries.rules import matches, rule_in_force
from app.incoming.services.routing import open_tasks
from app.organisation.queries import get_post, get_unit, holders
from app.registers.queries import type_labels
from app.security import Actor, Holding, authorize
from app.tasks.models import Directive, Outcome
from app.tasks.parties import Party
from app.tasks.services.directives import DirectiveOrder, give_directive
from app.worktime.calendar import Unit
from app.worktime.explaining import due_after
from app.worktime.queries import load_calendar
from app.worktime.rules import Rule

S = IncomingStatus
TO_BE_DIRECTED = frozenset(
    {S.SUBMITTED, S.DIRECTED, S.REOPENED, S.FOR_INFORMATION, S.ASSIGNED, S.IN_PROGRESS}
)
"""The last two only when no task of the letter is open any more: all were called off."""


def direct_letter(
    session: Session, actor: Actor, *, letter_id: int, order: DirectiveOrder
) -> Directive:
    """A leader's directive (bút phê) on a letter that was submitted; acts in the post it lies at.

    Raises:
        PermissionDenied: it was submitted to another post.
        RuleViolated: it waits for no directive, or a task of it is still open.
        InvalidInput: what `give_directive` finds missing in the order.
    """
    letter = get_letter(session, actor, letter_id)
    letter.must_be_registered()
    if letter.status not in TO_BE_DIRECTED or letter.submitted_to_post_id is None:
        raise RuleViolated("Văn bản này không chờ ý kiến chỉ đạo.")
    if letter.submitted_to_post_id not in actor.post_ids:
        raise PermissionDenied(
            f"incoming {letter_id} lies at post {letter.submitted_to_post_id}",
            "Văn bản này được trình lãnh đạo khác.",
        )
    if open_tasks(session, letter.id):
        raise RuleViolated("Văn bản đã giao và còn việc chưa xong. Hãy thu hồi trước.")
    return give_directive(
        session,
        actor,
        kind=KIND,
        thing_id=letter.id,
        title=title_of(letter, type_labels(session)),
        order=order,
        sent_to_post_id=letter.submitted_to_post_id,
    )


def route_straight(session: Session, actor: Actor, *, letter_id: int, rule_id: int) -> Directive:
    """Route a registered letter as the regulation says, without submitting it.

    The clerk acts in the name of the rule's post: both are written down. Raises RuleViolated when
    the rule does not name this kind of letter, or the letter went another way already.
    """
    actor = authorize(actor, permissions.REGISTER)
    letter = get_letter(session, actor, letter_id)
    letter.must_be_registered()
    if letter.status not in (S.REGISTERED, S.REOPENED):
        raise RuleViolated("Văn bản đã được trình hoặc chuyển.")
    rule = rule_in_force(session, rule_id)
    if not matches(rule, letter.document_type, letter.organ_id, letter.subject_summary):
        raise RuleViolated("Quy chế không cho chuyển thẳng loại văn bản này.")
    directive = give_directive(
        session,
        _in_name_of(session, actor, rule),
        kind=KIND,
        thing_id=letter.id,
        title=title_of(letter, type_labels(session)),
        order=_order(session, rule, letter),
        sent_to_post_id=rule.from_post_id,
    )
    audit.record(session, actor, "incoming.routed_straight", letter.id, rule=rule.id)
    return directive


def _in_name_of(session: Session, actor: Actor, rule: RoutingRule) -> Actor:
    """The clerk in the rule's post, on behalf of its holder: for this act only."""
    post = get_post(session, rule.from_post_id)
    holder = next(iter(holders(session, post.id)), None)
    holding = Holding(
        post_id=post.id,
        unit_id=post.unit_id,
        roles=frozenset(post.roles),
        label=f"Chuyển thẳng theo {rule.source}",
        on_behalf_of=holder.id if holder else None,
    )
    return replace(actor, holding=holding, holdings=(holding, *actor.holdings))


def _order(session: Session, rule: RoutingRule, letter: IncomingDocument) -> DirectiveOrder:
    due_at, limit = letter.due_at, None
    if due_at is None and rule.due_days is not None:
        due_at = due_after(load_calendar(session), now(), rule.due_days, Unit.WORKING_DAY).at
        limit = Rule.of(rule.due_days, Unit.WORKING_DAY)
    return DirectiveOrder(
        outcome=Outcome(rule.outcome),
        text=f"Chuyển thẳng theo {rule.source}.",
        lead=Party(unit_id=rule.lead_unit_id) if rule.lead_unit_id else None,
        readers=[Party(unit_id=unit_id) for unit_id in rule.reader_unit_ids],
        due_at=due_at if rule.outcome == Outcome.ASSIGN.value else None,
        urgency=letter.urgency,
        limit=limit,
    )


def save_rule(
    session: Session,
    actor: Actor,
    *,
    rule_id: int | None,
    name: str,
    outcome: Outcome,
    from_post_id: int,
    source: str,
    document_type: str | None = None,
    organ_id: int | None = None,
    words: str = "",
    lead_unit_id: int | None = None,
    reader_unit_ids: tuple[int, ...] = (),
    due_days: int | None = None,
    valid_from: date,
    valid_to: date | None = None,
) -> RoutingRule:
    """Write a kind of letter of the regulation that needs no leader, or change one.

    Raises InvalidInput when a condition, lead, reader or source is missing.
    """
    actor = authorize(actor, permissions.CONFIGURE)
    _check_rule(outcome, source, bool(document_type or organ_id or words.strip()))
    if outcome is Outcome.ASSIGN and lead_unit_id is None:
        raise InvalidInput("Phải chọn đơn vị chủ trì.", "lead_unit_id")
    if outcome is Outcome.INFORM and not reader_unit_ids:
        raise InvalidInput("Phải chọn nơi nhận để biết.", "reader_unit_ids")
    for unit_id in (*reader_unit_ids, *([lead_unit_id] if lead_unit_id else [])):
        get_unit(session, unit_id)
    rule = session.get(RoutingRule, rule_id) if rule_id is not None else RoutingRule()
    if rule is None:
        raise NotFound(f"routing rule {rule_id}")
    rule.name, rule.outcome, rule.from_post_id = name.strip(), outcome.value, from_post_id
    rule.source, rule.document_type, rule.organ_id = source.strip(), document_type, organ_id
    rule.words, rule.lead_unit_id = words.strip(), lead_unit_id
    rule.reader_unit_ids, rule.due_days = list(reader_unit_ids), due_days
    rule.valid_from, rule.valid_to = valid_from, valid_to
    session.add(rule)
    session.flush()
    audit.record(session, actor, "routing_rule.saved", rule.id)
    return rule


def _check_rule(outcome: Outcome, source: str, has_condition: bool) -> None:
    if not has_condition:
        raise InvalidInput("Luồng chuyển thẳng phải có ít nhất một điều kiện.", "words")
    if not source.strip():
        raise InvalidInput("Phải ghi điều khoản của quy chế.", "source")
    if outcome is Outcome.REDIRECT:
        raise InvalidInput("Chuyển thẳng chỉ giao, để biết hoặc lưu.", "outcome")
