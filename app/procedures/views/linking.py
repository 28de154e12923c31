"""POST /mot-cua/ho-so/<token>/bo-sung/…: the link by which a citizen sends what is missing."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading, transaction
from app.errors import RuleViolated
from app.procedures import permissions, queries, services
from app.procedures.views.blueprint import back_to, bp
from app.procedures.views.detail import show
from app.web.gate import needs
from app.web.shell import current_actor


@bp.post("/ho-so/<token>/bo-sung/ma")
@needs(permissions.READ)
def give_code(token: str) -> ResponseReturnValue:
    """A new one-time code; this answer is the only place where it stands."""
    actor = current_actor()
    with reading() as session:
        dossier_id = queries.get_dossier(session, actor, token).id
    try:
        with transaction("procedures.give_code") as session:
            code = services.give_code(session, actor, dossier_id=dossier_id)
    except RuleViolated as error:
        return show(token, message=error.user_message), 409
    return show(token, code=code), {"Cache-Control": "no-store"}


@bp.post("/ho-so/<token>/bo-sung/thu-hoi")
@needs(permissions.READ)
def close_link(token: str) -> ResponseReturnValue:
    """The link opens nothing from now on."""
    actor = current_actor()
    with reading() as session:
        dossier_id = queries.get_dossier(session, actor, token).id
    try:
        with transaction("procedures.close_link") as session:
            services.close_link(session, actor, dossier_id=dossier_id)
    except RuleViolated as error:
        return show(token, message=error.user_message), 409
    return back_to(token, _("Đã thu hồi liên kết bổ sung."))
