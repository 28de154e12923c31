"""The office's side of a supplement by link: give a one-time code, or close the link."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from app.clock import now
from app.errors import RuleViolated
from app.files.models import new_token
from app.procedures import permissions, queries, standing
from app.procedures.house import house
from app.procedures.models import Dossier, Supplement
from app.procedures.services.pausing import supplement_code
from app.security import Actor, authorize


def give_code(session: Session, actor: Actor, *, dossier_id: int) -> str:
    """A new one-time code for the link of the open request; a link that was closed is made anew.

    The code is kept only as its hash: show it now or never.

    Raises:
        RuleViolated: nothing is asked for, the procedure takes no supplements by link, or the
            request is older than a link may be.
    """
    dossier, actor, supplement = _open_request(session, actor, dossier_id)
    if not dossier.procedure_version.online_supplements:
        raise RuleViolated("Thủ tục này không nhận bổ sung qua liên kết.")
    if supplement.asked_at < now() - timedelta(days=house().link_days):
        raise RuleViolated("Yêu cầu bổ sung đã quá lâu, liên kết không còn dùng được.")
    if supplement.link_token is None:
        supplement.link_token = new_token()
    code = supplement_code(session, supplement_id=supplement.id)
    standing.write_down(
        session, actor, dossier, "link_code", "Cấp mã một lần cho liên kết bổ sung",
        round=supplement.round,
    )  # fmt: skip
    return code


def close_link(session: Session, actor: Actor, *, dossier_id: int) -> Supplement:
    """Let the link of the open request open nothing any more, for those inside as well.

    Raises:
        RuleViolated: nothing is asked for, or there is no link.
    """
    dossier, actor, supplement = _open_request(session, actor, dossier_id)
    if supplement.link_token is None:
        raise RuleViolated("Yêu cầu bổ sung không có liên kết đang mở.")
    supplement.link_token = supplement.code_hash = supplement.code_until = None
    standing.write_down(
        session, actor, dossier, "link_closed", "Thu hồi liên kết bổ sung", round=supplement.round
    )
    return supplement


def _open_request(
    session: Session, actor: Actor, dossier_id: int
) -> tuple[Dossier, Actor, Supplement]:
    """What is asked for, for the counter and for whoever has the dossier."""
    dossier = standing.fetch(session, actor, dossier_id)
    actor = (
        authorize(actor, permissions.RECEIVE)
        if actor.may(permissions.RECEIVE)
        else standing.as_holder(actor, dossier)
    )
    supplement = queries.open_supplement(session, dossier.id)
    if supplement is None:
        raise RuleViolated("Hồ sơ không có yêu cầu bổ sung nào đang chờ.")
    return dossier, actor, supplement
