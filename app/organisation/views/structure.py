"""Administration of units and posts."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput
from app.organisation import queries
from app.organisation.forms import (
    EndForm,
    EndUnitForm,
    PostForm,
    UnitForm,
    options,
    show_error,
)
from app.organisation.models import SuccessionRelation, UnitKind
from app.organisation.permissions import MANAGE, VIEW
from app.organisation.services import units as services
from app.organisation.views.blueprint import bp, done, form_version
from app.security import ROLE_LABELS, Role
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/quan-tri/don-vi", endpoint="units")
@needs(VIEW)
def unit_list() -> ResponseReturnValue:
    """The tree with its posts and who holds them."""
    with_ended = request.args.get("ended") == "1"
    with reading() as db:
        nodes = queries.unit_tree(db, with_ended=with_ended)
        posts = queries.posts_by_unit(db, with_ended=with_ended)
        every_post = [post.id for group in posts.values() for post in group]
        return render_template(
            "organisation/units.html",
            nodes=nodes,
            posts=posts,
            holders=queries.holders_of_posts(db, every_post),
            role_labels=ROLE_LABELS,
            with_ended=with_ended,
            today=today(),
            may_manage=current_actor().may(MANAGE),
        )


def unit_values(form: UnitForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "short_name": form.short_name.data,
        "code": form.code.data,
        "kind": UnitKind(form.kind.data),
        "parent_id": form.parent_id.data,
        "position": form.position.data or 0,
        "valid_from": form.valid_from.data,
    }


@bp.route("/quan-tri/don-vi/moi", methods=["GET", "POST"])
@needs(MANAGE)
def new_unit() -> ResponseReturnValue:
    form, message = UnitForm(valid_from=today()), None
    with reading() as db:
        form.parent_id.offer(queries.unit_options(db))
    if form.validate_on_submit():
        try:
            with transaction("create_unit") as db:
                services.create_unit(db, current_actor(), **unit_values(form))
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            return done(_("Đã thêm đơn vị."), "organisation.units")
    status = 422 if request.method == "POST" else 200
    return render_template(
        "organisation/unit_form.html", form=form, message=message, unit=None
    ), status


@bp.route("/quan-tri/don-vi/<int:unit_id>", methods=["GET", "POST"], endpoint="unit")
@needs(MANAGE)
def edit_unit(unit_id: int) -> ResponseReturnValue:
    """Correct a unit, or end it with its successors."""
    message = None
    with reading() as db:
        unit = queries.get_unit(db, unit_id)
        form = UnitForm(obj=unit)
        if request.method == "GET":
            form.kind.data = unit.kind.value
        end_form = EndUnitForm(formdata=None, valid_to=today())
        others = [option for option in queries.unit_options(db) if option[0] != unit_id]
        form.parent_id.offer(others)
        end_form.successor_ids.choices = options(others)
        successions = queries.successions_of(db, unit_id)
    if form.validate_on_submit():
        try:
            with transaction("edit_unit") as db:
                services.edit_unit(
                    db,
                    current_actor(),
                    unit_id=unit_id,
                    version=form_version(form.version.data),
                    **unit_values(form),
                )
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            return done(_("Đã lưu đơn vị."), "organisation.units")
    status = 422 if request.method == "POST" else 200
    return render_template(
        "organisation/unit_form.html",
        form=form,
        end_form=end_form,
        message=message,
        unit=unit,
        successions=successions,
    ), status


@bp.post("/quan-tri/don-vi/<int:unit_id>/ket-thuc")
@needs(MANAGE)
def end_unit(unit_id: int) -> ResponseReturnValue:
    form = EndUnitForm()
    with reading() as db:
        form.successor_ids.choices = options(queries.unit_options(db))
    if not form.validate_on_submit():
        raise InvalidInput(_("Hãy nhập ngày kết thúc dạng dd/mm/yyyy."))
    with transaction("end_unit") as db:
        services.end_unit(
            db,
            current_actor(),
            unit_id=unit_id,
            valid_to=form.valid_to.data,
            relation=SuccessionRelation(form.relation.data),
            successor_ids=form.successor_ids.data or [],
        )
    return done(_("Đã ghi ngày kết thúc của đơn vị."), "organisation.units")


def post_values(form: PostForm) -> dict[str, Any]:
    return {
        "title": form.title.data,
        "unit_id": form.unit_id.data,
        "roles": [Role(code) for code in form.roles.data or []],
        "is_head": form.is_head.data,
        "rank": form.rank.data or 50,
        "valid_from": form.valid_from.data,
    }


@bp.route("/quan-tri/chuc-vu/moi", methods=["GET", "POST"])
@needs(MANAGE)
def new_post() -> ResponseReturnValue:
    form, message = PostForm(valid_from=today()), None
    with reading() as db:
        form.unit_id.offer(queries.unit_options(db))
    if request.method == "GET":
        form.unit_id.data = request.args.get("unit", type=int)
    if form.validate_on_submit():
        try:
            with transaction("create_post") as db:
                services.create_post(db, current_actor(), **post_values(form))
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            return done(_("Đã thêm chức vụ."), "organisation.units")
    status = 422 if request.method == "POST" else 200
    return render_template(
        "organisation/post_form.html", form=form, message=message, post=None
    ), status


@bp.route("/quan-tri/chuc-vu/<int:post_id>", methods=["GET", "POST"], endpoint="post")
@needs(MANAGE)
def edit_post(post_id: int) -> ResponseReturnValue:
    message = None
    with reading() as db:
        post = queries.get_post(db, post_id)
        form = PostForm(obj=post)
        form.unit_id.offer(queries.unit_options(db))
        if request.method == "GET":
            form.roles.data = sorted(role.value for role in post.roles)
    if form.validate_on_submit():
        try:
            with transaction("edit_post") as db:
                services.edit_post(
                    db,
                    current_actor(),
                    post_id=post_id,
                    version=form_version(form.version.data),
                    **post_values(form),
                )
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            return done(_("Đã lưu chức vụ."), "organisation.units")
    status = 422 if request.method == "POST" else 200
    return render_template(
        "organisation/post_form.html",
        form=form,
        end_form=EndForm(formdata=None, valid_to=today()),
        message=message,
        post=post,
    ), status


@bp.post("/quan-tri/chuc-vu/<int:post_id>/ket-thuc")
@needs(MANAGE)
def end_post(post_id: int) -> ResponseReturnValue:
    form = EndForm()
    if not form.validate_on_submit():
        raise InvalidInput(_("Hãy nhập ngày kết thúc dạng dd/mm/yyyy."))
    with transaction("end_post") as db:
        services.end_post(db, current_actor(), post_id=post_id, valid_to=form.valid_to.data)
    return done(_("Đã ghi ngày kết thúc của chức vụ."), "organisation.units")
