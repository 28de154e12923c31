"""/goi-theo-cap: what is being called, what calls me, one case."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import kinds
from app.db import reading
from app.escalation import permissions, queries
from app.escalation.models import (
    CALL_LABELS,
    CASE_LABELS,
    CHANNEL_LABELS,
    CallState,
    CaseState,
    Channel,
    EscalationCase,
)
from app.escalation.policies import WHO_LABELS, Policy, policy
from app.escalation.views.blueprint import CALL_TONES, CASE_TONES, bp
from app.organisation import queries as organisation
from app.security import Actor
from app.web.gate import SIGNED_IN, needs
from app.web.shell import current_actor

OVER = "da-xong"


@bp.get("")
@needs(permissions.READ)
def index() -> ResponseReturnValue:
    """Open cases, or with `?tab=da-xong` those that are over."""
    tab = request.args.get("tab", "")
    with reading() as session:
        actor = current_actor()
        cases = queries.recent_cases(session, actor, ended=tab == OVER)
        template = "_list" if "HX-Request" in request.headers else "index"
        return render_template(
            f"escalation/{template}.html", tab=tab, tabs=_tabs(), **words(session, actor, cases)
        )


@bp.get("/cua-toi")
@needs(SIGNED_IN)
def mine() -> ResponseReturnValue:
    """“Cuộc gọi của tôi”: each with its one big button."""
    with reading() as session:
        actor = current_actor()
        cases = queries.my_cases(session, actor)
        return render_template("escalation/mine.html", **words(session, actor, cases))


@bp.get("/<token>")
@needs(SIGNED_IN)
def case(token: str) -> ResponseReturnValue:
    """One case: its levels, whom it called and how far each call came."""
    with reading() as session:
        actor = current_actor()
        one = queries.get_case(session, actor, token=token)
        lines = queries.lines_of(session, [c for level in one.levels for c in level.calls])
        reached = {level.reached_by_person_id for level in one.levels} - {None}
        names = {id_: organisation.get_person(session, id_).full_name for id_ in reached if id_}
        called = any(
            line.call.person_id == actor.person_id or line.call.post_id in actor.post_ids
            for line in lines.values()
        )
        return render_template(
            "escalation/case.html",
            case=one,
            lines=lines,
            names=names,
            is_called=called,
            may_handle=actor.may(permissions.HANDLE),
            **words(session, actor, [one]),
        )


def words(session: Session, actor: Actor, cases: list[EscalationCase]) -> dict[str, Any]:
    """Cases with their things and policies, and what the templates say about them."""
    things = kinds.cards(session, actor, [(one.kind, one.thing_id) for one in cases])
    rules: dict[int, Policy] = {one.id: policy(one.policy, one.policy_from) for one in cases}
    return {
        "cases": cases,
        "things": {(card.kind, card.id): card for card in things},
        "rules": rules,
        "who_labels": {who.value: label for who, label in WHO_LABELS.items()},
        "case_labels": CASE_LABELS,
        "case_tones": CASE_TONES,
        "call_labels": CALL_LABELS,
        "call_tones": CALL_TONES,
        "channel_labels": CHANNEL_LABELS,
        "Channel": Channel,
        "CallState": CallState,
        "CaseState": CaseState,
    }


def _tabs() -> list[dict[str, Any]]:
    return [
        {"key": "", "label": _("Đang gọi"), "url": url_for("escalation.index")},
        {"key": OVER, "label": _("Đã xong"), "url": url_for("escalation.index", tab=OVER)},
    ]
