"""Issuing bodies of the own organ, and the directory of all organs."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound
from app.organisation import queries
from app.organisation.forms import (
    BodyForm,
    MergeForm,
    OrganForm,
    SignerForm,
    options,
    show_error,
)
from app.organisation.models import OrganLevel, SigningAuthority
from app.organisation.permissions import MANAGE, MANAGE_ORGANS, VIEW
from app.organisation.queries.directory import (
    all_bodies,
    directory_page,
    get_body,
    identifier_of,
    merge_candidates,
)
from app.organisation.services import organs as services
from app.organisation.views.blueprint import bp, done, form_version, page_argument
from app.web.gate import SIGNED_IN, needs
from app.web.shell import current_actor

AUTHORITIES = (
    (SigningAuthority.DIRECT.value, "Ký trực tiếp"),
    (SigningAuthority.TM.value, "TM. (thay mặt tập thể)"),
    (SigningAuthority.KT.value, "KT. (ký thay cấp trưởng)"),
    (SigningAuthority.TL.value, "TL. (thừa lệnh)"),
    (SigningAuthority.TUQ.value, "TUQ. (thừa ủy quyền)"),
    (SigningAuthority.Q.value, "Q. (giao quyền cấp trưởng)"),
)


@bp.get("/quan-tri/chu-the-ban-hanh")
@needs(VIEW)
def bodies() -> ResponseReturnValue:
    """The issuing bodies with their head lines, seals and signers."""
    with reading() as db:
        rows = all_bodies(db)
        signers = [signer.post_id for body in rows for signer in body.signers]
        return render_template(
            "organisation/bodies.html",
            rows=rows,
            labels=queries.post_label(db, signers),
            authorities=dict(AUTHORITIES),
            may_manage=current_actor().may(MANAGE),
            today=today(),
        )


@bp.route("/quan-tri/chu-the-ban-hanh/moi", methods=["GET", "POST"], defaults={"body_id": None})
@bp.route("/quan-tri/chu-the-ban-hanh/<int:body_id>", methods=["GET", "POST"])
@needs(MANAGE)
def body(body_id: int | None) -> ResponseReturnValue:
    message, found, labels = None, None, {}
    with reading() as db:
        if body_id is not None:
            found = get_body(db, body_id)
            labels = queries.post_label(db, [signer.post_id for signer in found.signers])
        form = BodyForm(obj=found)
        if request.method == "GET" and found is not None:
            form.head_lines.data = "\n".join(found.head_lines)
        signer_form = offered_signers(db, SignerForm(formdata=None))
    if form.validate_on_submit():
        try:
            with transaction("save_body") as db:
                services.save_body(
                    db,
                    current_actor(),
                    body_id=body_id,
                    name=form.name.data,
                    short_name=form.short_name.data,
                    head_lines=form.head_lines.data.splitlines(),
                    place=form.place.data or "",
                    seal=form.seal.data or "",
                    position=form.position.data or 0,
                    version=form_version(form.version.data),
                )
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            return done(_("Đã lưu chủ thể ban hành."), "organisation.bodies")
    status = 422 if request.method == "POST" else 200
    return render_template(
        "organisation/body_form.html",
        form=form,
        signer_form=signer_form,
        body=found,
        labels=labels,
        authorities=dict(AUTHORITIES),
        message=message,
    ), status


def offered_signers(session: Session, form: SignerForm) -> SignerForm:
    """The form with the posts in force and the kinds of authority to choose from."""
    form.post_id.offer(queries.post_options(session))
    form.authority.choices = options(AUTHORITIES)
    return form


@bp.post("/quan-tri/chu-the-ban-hanh/<int:body_id>/nguoi-ky")
@needs(MANAGE)
def add_signer(body_id: int) -> ResponseReturnValue:
    with reading() as db:
        form = offered_signers(db, SignerForm())
    if not form.validate_on_submit():
        raise InvalidInput(_("Hãy chọn người ký và thẩm quyền ký."))
    with transaction("add_signer") as db:
        services.add_signer(
            db,
            current_actor(),
            body_id=body_id,
            post_id=form.post_id.data,
            authority=SigningAuthority(form.authority.data),
        )
    return done(_("Đã thêm người ký."), "organisation.body", body_id=body_id)


@bp.post("/quan-tri/chu-the-ban-hanh/<int:body_id>/nguoi-ky/<int:signer_id>/bo")
@needs(MANAGE)
def remove_signer(body_id: int, signer_id: int) -> ResponseReturnValue:
    with transaction("remove_signer") as db:
        services.remove_signer(db, current_actor(), body_id=body_id, signer_id=signer_id)
    return done(_("Đã bỏ người ký."), "organisation.body", body_id=body_id)


@bp.get("/quan-tri/co-quan")
@needs(MANAGE_ORGANS)
def organs() -> ResponseReturnValue:
    """The directory of organs with their other names."""
    text = request.args.get("q", "")
    with reading() as db:
        page = directory_page(
            db,
            text=text,
            number=page_argument("page") or 1,
            size=page_argument("size") or 20,
        )
        template = "_organs" if "HX-Request" in request.headers else "organs"
        return render_template(
            f"organisation/{template}.html", rows=page.rows, page=page, text=text
        )


@bp.route("/quan-tri/co-quan/<int:organ_id>", methods=["GET", "POST"])
@needs(MANAGE_ORGANS)
def organ(organ_id: int) -> ResponseReturnValue:
    message = None
    with reading() as db:
        found = queries.get_organ(db, organ_id)
        form = OrganForm(obj=found)
        if request.method == "GET":
            form.level.data = found.level.value
            others = sorted(a.alias for a in found.aliases if a.alias != found.name)
            form.aliases.data = "\n".join(others)
            form.code.data = identifier_of(found)
        merge_form = MergeForm(formdata=None)
        merge_form.target_id.offer(merge_candidates(db, found))
    if form.validate_on_submit():
        try:
            with transaction("edit_organ") as db:
                services.edit_organ(
                    db,
                    current_actor(),
                    organ_id=organ_id,
                    name=form.name.data,
                    short_name=form.short_name.data or "",
                    level=OrganLevel(form.level.data),
                    aliases=(form.aliases.data or "").splitlines(),
                    code=form.code.data or "",
                    version=form_version(form.version.data),
                )
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            return done(_("Đã lưu cơ quan."), "organisation.organs")
    status = 422 if request.method == "POST" else 200
    return render_template(
        "organisation/organ_form.html",
        form=form,
        merge_form=merge_form,
        organ=found,
        message=message,
    ), status


@bp.post("/quan-tri/co-quan/<int:organ_id>/gop")
@needs(MANAGE_ORGANS)
def merge_organ(organ_id: int) -> ResponseReturnValue:
    target_id = request.form.get("target_id", type=int)
    if target_id is None:
        raise NotFound("no organ to merge into", _("Hãy chọn cơ quan để gộp vào."))
    with transaction("merge_organs") as db:
        services.merge_organs(db, current_actor(), organ_id=organ_id, target_id=target_id)
    return done(_("Đã gộp cơ quan."), "organisation.organ", organ_id=target_id)


@bp.get("/co-quan/chon")
@needs(SIGNED_IN)
def organ_picker() -> ResponseReturnValue:
    """Organs for a picker: `?q=` gives [{"value", "text", "sub"}]."""
    with reading() as db:
        found = queries.organ_choices(db, request.args.get("q", ""))
        return [{"value": organ.id, "text": organ.name, "sub": organ.short_name} for organ in found]
