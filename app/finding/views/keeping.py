"""Searches that are kept by name, and of whose new results one is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import transaction
from app.errors import InvalidInput, RuleViolated
from app.finding import queries, services
from app.finding.cards import address_of
from app.finding.names import Thing
from app.finding.views.blueprint import bp
from app.finding.views.search import ticked
from app.security import Actor
from app.web.gate import SIGNED_IN, needs
from app.web.shell import current_actor
from search import SearchError


@bp.post("/luu")
@needs(SIGNED_IN)
def keep() -> ResponseReturnValue:
    """Keep the search of the form; what it finds now is known and not told of."""
    actor, words, chosen = current_actor(), request.form.get("q", "").strip(), ticked(request.form)
    name, tells = request.form.get("name", "")[:100], "tells" in request.form
    try:
        known = known_results(actor, words, chosen) if tells else None
        with transaction("finding.keep") as session:
            search = services.save_search(
                session, actor, name=name, words=words, chosen=chosen, known=known
            )
    except (InvalidInput, RuleViolated) as refused:
        flash(refused.user_message, "late")
        again: dict[str, Any] = {"q": words, **chosen, "ten": name, "bao": 1 if tells else None}
        return redirect(url_for("finding.index", **again))
    told = _("Bạn sẽ được báo khi có kết quả mới.") if tells else ""
    flash(_("Đã lưu tìm kiếm “%(name)s”. %(told)s", name=search.name, told=told).strip(), "ok")
    return redirect(address_of(search))


def known_results(
    actor: Actor, words: str, chosen: Mapping[str, tuple[str, ...]]
) -> Sequence[Thing]:
    """What the search finds now. Raises RuleViolated when it is too much to be told of, or while
    the index is being built."""
    try:
        found = queries.matching(actor, words, chosen, limit=services.MOST_RESULTS)
    except SearchError:
        raise RuleViolated("Chỉ mục đang được dựng lại. Hãy thử lại sau ít phút.") from None
    if found is None:
        raise RuleViolated(
            "Tìm kiếm này có hơn 2.000 kết quả. Hãy thu hẹp lại để chỉ nhận báo điều cần biết."
        )
    return found


@bp.post("/luu/<token>/xoa")
@needs(SIGNED_IN)
def forget(token: str) -> ResponseReturnValue:
    """Keep it no longer."""
    with transaction("finding.forget") as session:
        services.forget_search(session, current_actor(), token=token)
    flash(_("Đã xóa tìm kiếm đã lưu."), "ok")
    return redirect(url_for("finding.index"))
