"""What stops the clock: supplements, opinions of others. And the citizen's answer by link."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now, today
from app.errors import InvalidInput, NotFound, RuleViolated
from app.files.models import new_token
from app.procedures import clocks, permissions, queries, standing
from app.procedures.house import house
from app.procedures.models import (
    Dossier,
    DossierNotice,
    DossierOpinion,
    DossierStatus,
    NoticeKind,
    Supplement,
    SupplementStage,
)
from app.security import SYSTEM, Actor, authorize
from app.tasks import custody
from app.tasks.models import Station

MOST_ITEMS = 30


def make_notice(
    session: Session,
    actor: Actor,
    dossier: Dossier,
    kind: NoticeKind,
    *,
    reason: str,
    legal_ground: str = "",
    guide: str = "",
    request: str = "",
) -> DossierNotice:
    """The row behind a form 02 to 05. Raises InvalidInput without a reason."""
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do.", "reason")
    same = sa.select(sa.func.count()).select_from(DossierNotice)
    number = session.scalar(same.filter_by(dossier_id=dossier.id, kind=kind)) or 0
    notice = DossierNotice(
        dossier_id=dossier.id,
        kind=kind,
        number=number + 1,
        at=now(),
        reason=reason.strip(),
        legal_ground=legal_ground.strip(),
        guide=guide.strip(),
        request=request.strip(),
        by_post_id=actor.post_id,
    )
    session.add(notice)
    session.flush()
    return notice


def ask_supplements(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    items: Sequence[str],
    reason: str,
    legal_ground: str = "",
    guide: str = "",
    stage: SupplementStage | None = None,
    until: date | None = None,
    version: int | None = None,
) -> Supplement:
    """Ask the citizen once for everything that is missing (form 02). The clock stands until it is
    there; before acceptance no clock runs, and this ends the notice's own limit. Without `stage`
    it is what the dossier's state says.

    Raises:
        InvalidInput: nothing is listed, no reason, or a day in the past.
        RuleViolated: a request is open, or it was asked as often as the version lets.
    """
    dossier = standing.fetch(session, actor, dossier_id, version)
    before = dossier.status is DossierStatus.NEW
    actor = authorize(actor, permissions.RECEIVE) if before else standing.as_holder(actor, dossier)
    listed = _listed(items, until)
    rounds = _may_ask(session, dossier)
    notice = make_notice(
        session, actor, dossier, NoticeKind.SUPPLEMENT,
        reason=reason, legal_ground=legal_ground, guide=guide,
    )  # fmt: skip
    supplement = Supplement(
        dossier_id=dossier.id,
        notice_id=notice.id,
        round=rounds + 1,
        stage=stage or (SupplementStage.INTAKE if before else SupplementStage.APPRAISAL),
        items=listed[:MOST_ITEMS],
        until=until,
        asked_at=now(),
        asked_by_post_id=actor.post_id,
        link_token=new_token() if dossier.procedure_version.online_supplements else None,
    )
    session.add(supplement)
    _stand_still(session, actor, dossier, notice, reason)
    standing.write_down(
        session, actor, dossier, "supplement_asked", "; ".join(listed), public=True,
        round=supplement.round,
    )  # fmt: skip
    return supplement


def _listed(items: Sequence[str], until: date | None) -> list[str]:
    """What is missing, tidied."""
    listed = [" ".join(item.split()) for item in items if item.strip()]
    if not listed:
        raise InvalidInput("Phải ghi giấy tờ, nội dung cần bổ sung.", "items")
    if until is not None and until < today():
        raise InvalidInput("Hạn bổ sung phải từ hôm nay trở đi.", "until")
    return listed


def _stand_still(
    session: Session, actor: Actor, dossier: Dossier, notice: DossierNotice, reason: str
) -> None:
    """The dossier is the citizen's turn; before acceptance there is no clock to pause."""
    if dossier.status is DossierStatus.NEW:
        clocks.finish_intake(session, actor, dossier)
    else:
        dossier.become(DossierStatus.SUPPLEMENT)
        clocks.pause(session, actor, dossier, reason=reason, document=_form(notice))
    custody.move(session, queries.KIND, dossier.id, station=Station.CITIZEN)


def _may_ask(session: Session, dossier: Dossier) -> int:
    rounds = len(queries.supplements_of(session, dossier.id))
    most = dossier.procedure_version.most_supplements
    if queries.open_supplement(session, dossier.id) is not None:
        raise RuleViolated("Đã yêu cầu bổ sung và đang chờ người dân.")
    if most is not None and rounds >= most:
        raise RuleViolated(f"Thủ tục này chỉ được yêu cầu bổ sung {most} lần.")
    return rounds


def _form(notice: DossierNotice) -> str:
    return f"Phiếu yêu cầu bổ sung lần {notice.number} ngày {today():%d/%m/%Y}"


def take_supplements(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    answer: str = "",
    restart: bool = False,
    version: int | None = None,
) -> Dossier:
    """What was asked for is there: the clock goes on with what is left, or anew where the version
    counts from the complete dossier.

    Raises:
        RuleViolated: nothing was asked, or the version does not let it begin anew.
    """
    dossier = standing.fetch(session, actor, dossier_id, version)
    actor = (
        authorize(actor, permissions.RECEIVE)
        if actor.may(permissions.RECEIVE)
        else standing.as_holder(actor, dossier)
    )
    supplement = queries.open_supplement(session, dossier.id)
    if supplement is None:
        raise RuleViolated("Hồ sơ không có yêu cầu bổ sung nào đang chờ.")
    supplement.answered_at, supplement.answer = now(), answer.strip()[:1000]
    supplement.link_token = None
    if dossier.status is DossierStatus.SUPPLEMENT:
        dossier.become(DossierStatus.PROCESSING)
        clocks.resume(session, actor, dossier, restart=restart)
    _back(session, actor, dossier)
    standing.write_down(
        session, actor, dossier, "supplemented", supplement.answer, public=True, restart=restart
    )
    standing.tell(session, dossier, "dossier.supplemented", f"Đã bổ sung: {dossier.shown_code}")
    return dossier


def _back(session: Session, actor: Actor, dossier: Dossier) -> None:
    """The dossier returns to the step that had it."""
    step = dossier.open_step
    if step is None:
        custody.move(session, queries.KIND, dossier.id, station=Station.COUNTER)
        return
    station = standing.STATIONS[step.kind]
    holder = {"post_id": step.post_id} if step.post_id else {"unit_id": step.unit_id}
    if station is Station.COUNTER:
        holder = {}
    custody.move(session, queries.KIND, dossier.id, station=station, **holder)


def supplement_code(session: Session, *, supplement_id: int) -> str:
    """A new one-time code of six digits for the citizen's link; the one before is void."""
    supplement = _get(session, supplement_id)
    code = f"{secrets.randbelow(10**6):06d}"
    supplement.code_hash = _hash(supplement, code)
    supplement.code_until = now() + timedelta(minutes=house().code_minutes)
    supplement.code_tries = 0
    return code


def open_supplement_link(session: Session, *, link_token: str, code: str) -> bool:
    """Whether the code is the right one, in time: it counts once. A wrong one is counted, and
    after so many none is right any more. The caller commits in any case.

    Raises:
        NotFound: the link is of no open request, or too old.
    """
    supplement = queries.supplement_by_link(session, link_token)
    if supplement is None:
        raise NotFound("supplement link")
    locked = session.get(Supplement, supplement.id, with_for_update=True, populate_existing=True)
    assert locked is not None  # noqa: S101  (it was there a moment ago; rows are never deleted)
    if locked.code_hash is None or locked.code_until is None or locked.code_until < now():
        return False
    locked.code_tries += 1
    if locked.code_tries > house().code_tries:
        return False
    if not hmac.compare_digest(locked.code_hash, _hash(locked, code.strip())):
        return False
    locked.code_hash = None
    return True


def send_supplements(session: Session, *, supplement_id: int, note: str = "") -> Supplement:
    """The citizen sent something by the link: whoever has the dossier looks at it and decides; the
    clock stands until then."""
    supplement = _get(session, supplement_id)
    supplement.sent_at, supplement.answer = now(), note.strip()[:1000]
    dossier = standing.fetch(session, SYSTEM, supplement.dossier_id)
    standing.write_down(session, SYSTEM, dossier, "supplement_sent", public=True)
    post = supplement.asked_by_post_id
    standing.tell(
        session, dossier, "dossier.supplement_sent",
        f"Người dân đã gửi bổ sung: {dossier.shown_code}", supplement.answer,
        post_ids=[post] if post else [],
    )  # fmt: skip
    return supplement


def _get(session: Session, supplement_id: int) -> Supplement:
    row = session.get(Supplement, supplement_id)
    if row is None or row.answered_at is not None or row.closed_at is not None:
        raise NotFound(f"open supplement {supplement_id}")
    return row


def _hash(supplement: Supplement, code: str) -> str:
    salted = f"{supplement.id}:{supplement.link_token}:{code}"
    return hashlib.sha256(salted.encode()).hexdigest()


def ask_opinion(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    asked_of: str,
    question: str,
    document: str = "",
    until: date | None = None,
    pauses: bool = True,
) -> DossierOpinion:
    """Ask another organ. The clock stands only where the version says so, and if `pauses`.

    Raises:
        InvalidInput: no organ or no question.
    """
    dossier = standing.fetch(session, actor, dossier_id)
    actor = standing.as_holder(actor, dossier)
    if dossier.status is not DossierStatus.PROCESSING:
        raise RuleViolated("Hồ sơ không ở trạng thái đang xử lý.")
    if not asked_of.strip():
        raise InvalidInput("Phải ghi cơ quan được hỏi.", "asked_of")
    if not question.strip():
        raise InvalidInput("Phải ghi nội dung hỏi.", "question")
    pauses = pauses and dossier.procedure_version.pauses_for_opinions
    opinion = DossierOpinion(
        dossier_id=dossier.id,
        asked_of=asked_of.strip(),
        question=question.strip(),
        document=document.strip(),
        pauses=pauses,
        asked_at=now(),
        asked_by_post_id=actor.post_id,
        until=until,
    )
    session.add(opinion)
    if pauses:
        reason = f"Chờ ý kiến của {opinion.asked_of}"
        clocks.pause(session, actor, dossier, reason=reason, document=opinion.document)
    standing.write_down(session, actor, dossier, "opinion_asked", opinion.asked_of)
    return opinion


def keep_opinion(session: Session, actor: Actor, *, opinion_id: int, answer: str) -> DossierOpinion:
    """Write down the answer; the clock goes on when it stood for it and no other is awaited.

    Raises:
        InvalidInput: no answer.
        NotFound: there is no such question.
    """
    opinion = session.get(DossierOpinion, opinion_id)
    if opinion is None:
        raise NotFound(f"opinion {opinion_id}")
    dossier = standing.fetch(session, actor, opinion.dossier_id)
    actor = standing.as_holder(actor, dossier)
    if not answer.strip():
        raise InvalidInput("Phải ghi nội dung trả lời.", "answer")
    if opinion.answered_at is not None:
        raise RuleViolated("Ý kiến này đã ghi nhận.")
    opinion.answer, opinion.answered_at = answer.strip(), now()
    session.flush()
    waits = any(
        one.pauses and one.answered_at is None for one in queries.opinions_of(session, dossier.id)
    )
    if opinion.pauses and not waits and dossier.status is DossierStatus.PROCESSING:
        clocks.resume(session, actor, dossier)
    standing.write_down(session, actor, dossier, "opinion_given", opinion.asked_of)
    return opinion
