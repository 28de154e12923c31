"""/ho-so/nop-luu: files that are due for the archive, packages, their download."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import audit
from app.casefiles import permissions, queries
from app.casefiles.models import PACKAGE_LABELS, PackageState
from app.casefiles.services import packages as services
from app.casefiles.services.packages import PACKAGE
from app.casefiles.views.blueprint import PACKAGE_TONES, bp
from app.clock import today
from app.db import reading, transaction
from app.errors import RuleViolated
from app.files.models import StoredFile
from app.files.serving import send
from app.files.store import current_store
from app.organisation import queries as organisation
from app.web.gate import needs
from app.web.shell import current_actor

WAITING = frozenset({PackageState.QUEUED, PackageState.RUNNING})


@bp.get("/nop-luu")
@needs(permissions.ARCHIVE)
def packages() -> ResponseReturnValue:
    """What can be packed, and the packages; for htmx only the packages."""
    with reading() as session:
        found = queries.packages(session)
        ready = queries.ready_to_pack(session)
        partial = "HX-Request" in request.headers
        return render_template(
            "casefiles/_packages.html" if partial else "casefiles/packages.html",
            packages=found,
            files=queries.files_in(session, [one.id for one in found]),
            ready=ready,
            keepers=organisation.post_label(session, [one.keeper_post_id for one in ready]),
            units=organisation.unit_label(session, [one.unit_id for one in ready]),
            labels=PACKAGE_LABELS,
            tones=PACKAGE_TONES,
            waits=any(one.state in WAITING for one in found),
            today=today(),
        )


@bp.post("/nop-luu")
@needs(permissions.ARCHIVE)
def pack() -> ResponseReturnValue:
    """Have the ticked files packed."""
    with transaction("casefiles.request_package") as session:
        services.request_package(
            session, current_actor(), case_file_ids=request.form.getlist("ids", type=int)
        )
    flash(_("Đang đóng gói; gói xong sẽ tải xuống được ở đây."), "ok")
    return redirect(url_for("casefiles.packages"))


@bp.get("/nop-luu/<token>/goi.zip")
@needs(permissions.ARCHIVE)
def package(token: str) -> Response:
    """The ZIP of a package; the download is written down."""
    actor = current_actor()
    with reading() as session:
        found = queries.get_package(session, token)
        if found.file_id is None:
            raise RuleViolated("Gói chưa đóng xong.")
        stored = session.get_one(StoredFile, found.file_id)
        lately = audit.read_lately(actor, PACKAGE, found.id, "downloaded")
        to_note = session.scalar(lately.limit(1)) is None
    if to_note:
        with transaction("casefiles.package") as session:
            audit.record_read(session, actor, PACKAGE, found.id, "downloaded")
    return send(current_store(), stored)


@bp.post("/nop-luu/<token>/da-nhan")
@needs(permissions.ARCHIVE)
def accept(token: str) -> ResponseReturnValue:
    """The archive has taken over the package."""
    with transaction("casefiles.accept_package") as session:
        services.accept_package(session, current_actor(), token=token)
    flash(_("Đã ghi nhận lưu trữ nhận hồ sơ."), "ok")
    return redirect(url_for("casefiles.packages"))
