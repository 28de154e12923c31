"""/cong-dan/bo-sung/<link>: the citizen answers a request for supplements, where the version lets.

The link alone opens nothing: the office tells a code of six digits that holds for one entry.
"""

from __future__ import annotations

import hashlib

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, RuleViolated
from app.organisation.services.throttle import Throttled
from app.portal import guarding, visit
from app.portal.forms import CodeForm, SendForm
from app.portal.views.blueprint import bp
from app.procedures import queries, services
from app.procedures.models import Dossier, Supplement
from app.procedures.views.scans import keep
from app.security import SYSTEM
from app.web.gate import public

MOST_BYTES = 20 * 1024 * 1024
WRONG = "Mã không đúng hoặc đã hết hạn. Hãy hỏi bộ phận một cửa để nhận mã mới."


@bp.get("/bo-sung/<link>")
@public
def supplement(link: str) -> ResponseReturnValue:
    """Ask for the code; after it, what is missing and what was sent."""
    return page(link)


@bp.post("/bo-sung/<link>")
@public
def open_supplement(link: str) -> ResponseReturnValue:
    """Let in for half an hour whoever has the code."""
    form = CodeForm()
    if not form.validate_on_submit():
        return page(link, code_form=form), 422
    try:
        with guarding.attempt(request.remote_addr, of_link(link)) as one:
            with transaction("portal.open_supplement") as session:
                right = services.open_supplement_link(
                    session, link_token=link, code=form.code.data or ""
                )
                found = queries.supplement_by_link(session, link)
            if right:
                one.right()
    except Throttled as error:
        return page(link, code_form=form, message=error.user_message), 429
    except NotFound as error:
        raise ClosedLink(str(error)) from error
    if not right or found is None:
        return page(link, code_form=form, message=_(WRONG)), 422
    visit.open_for(visit.SUPPLEMENT, found.id)
    return redirect(url_for("portal.supplement", link=link))


@bp.post("/bo-sung/<link>/tep/<int:paper_id>")
@public
def add_file(link: str, paper_id: int) -> ResponseReturnValue:
    """One file for one paper of the dossier."""
    with reading() as session:
        found = entered(session, link)
        one = queries.dossier_by_id(session, SYSTEM, found.dossier_id)
    try:
        if (request.content_length or 0) > MOST_BYTES:
            raise InvalidInput(_("Mỗi tệp tối đa 20 MB."), "file")
        name, media_type, blob = keep(request.files.get("file"))
        with transaction("portal.add_file") as session:
            services.attach_scan(
                session, SYSTEM, dossier_id=one.id, paper_id=paper_id, blob=blob, name=name,
                media_type=media_type, supplement_id=found.id,
            )  # fmt: skip
    except (InvalidInput, RuleViolated) as error:
        return page(link, message=error.user_message), 422
    flash(_("Đã nhận tệp. Khi đủ, hãy bấm “Gửi bổ sung”."), "ok")
    return redirect(url_for("portal.supplement", link=link))


@bp.post("/bo-sung/<link>/gui")
@public
def send(link: str) -> ResponseReturnValue:
    """Everything is there: the officer is told."""
    form = SendForm()
    with reading() as session:
        found = entered(session, link)
        one = queries.dossier_by_id(session, SYSTEM, found.dossier_id)
    if not form.validate_on_submit():
        return page(link, send_form=form), 422
    if not sent_files(one, found.id):
        return page(link, send_form=form, message=_("Chưa có tệp nào. Hãy thêm tệp trước.")), 422
    with transaction("portal.send") as session:
        services.send_supplements(session, supplement_id=found.id, note=form.note.data or "")
    flash(_("Đã gửi bổ sung. Cán bộ sẽ kiểm tra và tiếp tục giải quyết hồ sơ."), "ok")
    return redirect(url_for("portal.supplement", link=link))


def of_link(link: str) -> str:
    """A link under which attempts are counted, not the link itself."""
    return "link:" + hashlib.sha256(link.encode()).hexdigest()[:40]


def entered(session: Session, link: str) -> Supplement:
    """The request behind a link that this browser has opened by its code. Raises NotFound."""
    found = queries.supplement_by_link(session, link)
    if found is None or visit.opened(visit.SUPPLEMENT) != found.id:
        raise NotFound("supplement link")
    return found


def sent_files(dossier: Dossier, supplement_id: int) -> list[str]:
    """Names of papers that have a file of this request, one a file."""
    return [
        paper.name
        for paper in dossier.papers
        for scan in paper.scans
        if scan.supplement_id == supplement_id
    ]


def page(
    link: str,
    *,
    code_form: CodeForm | None = None,
    send_form: SendForm | None = None,
    message: str | None = None,
) -> str:
    """What this browser may see of the request. Raises NotFound for a link of no open request."""
    with reading() as session:
        found = queries.supplement_by_link(session, link)
        if found is None:
            raise ClosedLink(f"supplement link {of_link(link)}")
        if visit.opened(visit.SUPPLEMENT) != found.id:
            form = code_form or CodeForm(None)
            return render_template("portal/code.html", form=form, link=link, message=message)
        one = queries.dossier_by_id(session, SYSTEM, found.dossier_id)
        return render_template(
            "portal/supplement.html",
            supplement=found,
            dossier=one,
            sent=sent_files(one, found.id),
            link=link,
            form=send_form or SendForm(None),
            message=message,
        )


class ClosedLink(NotFound):
    """The request was answered, closed, or never was."""

    user_message = (
        "Liên kết này không còn dùng được: yêu cầu bổ sung đã được giải quyết hoặc đã hết hạn."
    )
