"""/mot-cua/danh-sach-tinh: the provincial system's daily list, its columns, and what differs."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, RuleViolated
from app.procedures import listing, permissions, queries, services
from app.procedures.forms import ListForm
from app.procedures.house import house
from app.procedures.models import (
    BY_NATIONAL_CODE,
    DIFFERENCE_LABELS,
    STATUS_LABELS,
    DifferenceKind,
    Dossier,
    ImportMapping,
)
from app.procedures.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor
from app.web.template_helpers import date_vi
from ocr.sheets import MOST_BYTES

FIELD_LABELS = {**listing.FIELDS, "": "Dòng"}


@bp.route("/danh-sach-tinh", methods=["GET", "POST"])
@needs(permissions.RECEIVE)
def lists() -> ResponseReturnValue:
    """Take a list in; below what differs and the lists taken in before."""
    form, message = ListForm(), None
    with reading() as session:
        mappings = queries.mappings(session)
        form.mapping.choices = [(one.id, one.name) for one in mappings]
    if form.validate_on_submit():
        try:
            import_id = take_in(form)
        except InvalidInput as error:
            message = error.user_message
        else:
            with reading() as session:
                made = next(one for one in queries.imports(session) if one.id == import_id)
                words = _(
                    "Đã nạp %(rows)s dòng: thêm %(added)s, đổi %(changed)s, giữ nguyên %(same)s.",
                    rows=made.row_count, added=made.added, changed=made.changed, same=made.same,
                )  # fmt: skip
            flash(words, "ok")
            return redirect(url_for("procedures.lists"))
    return show(form, message), 422 if request.method == "POST" else 200


def take_in(form: ListForm) -> int:
    """Read the file and take it in batch by batch. Raises InvalidInput."""
    data = form.file.data.stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InvalidInput(_("Tệp lớn hơn giới hạn."), "file")
    name = (form.file.data.filename or "")[:255]
    return listing.take_in(current_actor(), mapping_id=form.mapping.data, data=data, name=name)


def show(form: ListForm, message: str | None) -> str:
    with reading() as session:
        open_lines = queries.differences(session)
        ids = [one.dossier_id for one in open_lines if one.dossier_id]
        return render_template(
            "procedures/lists.html",
            form=form,
            message=message,
            mappings=queries.mappings(session),
            imports=queries.imports(session, limit=10),
            differences=open_lines,
            tokens=tokens_of(session, ids),
            labels=DIFFERENCE_LABELS,
            fields=FIELD_LABELS,
            changed=DifferenceKind.CHANGED,
        )


def tokens_of(session: Session, ids: list[int]) -> dict[int, str]:
    """Where the dossiers of the lines are shown."""
    rows = queries.visible_dossiers(current_actor()).where(Dossier.id.in_(ids))
    return dict(session.execute(rows.with_only_columns(Dossier.id, Dossier.token)).tuples().all())


@bp.post("/danh-sach-tinh/chenh-lech/<int:difference_id>")
@needs(permissions.RECEIVE)
def settle(difference_id: int) -> ResponseReturnValue:
    """Follow the list, or leave the dossier as it is here."""
    theirs = request.form.get("take") == "theirs"
    try:
        with transaction("procedures.settle_difference") as session:
            services.settle_difference(
                session, current_actor(), difference_id=difference_id, take_theirs=theirs
            )
    except RuleViolated as error:
        flash(error.user_message, "late")
    else:
        flash(_("Đã theo danh sách của tỉnh.") if theirs else _("Đã giữ như ở đây."), "ok")
    return redirect(url_for("procedures.lists"))


@bp.route("/danh-sach-tinh/ghep-cot/<int:mapping_id>", methods=["GET", "POST"])
@needs(permissions.RECEIVE)
def mapping(mapping_id: int) -> ResponseReturnValue:
    """Which column of their list is what, and which of their words is which state. 0: a new one,
    which begins as the office's settings have it."""
    message = None
    with reading() as session:
        row = next((one for one in queries.mappings(session) if one.id == mapping_id), None)
        if row is None and mapping_id == 0:
            row = ImportMapping(**house().mapping)
        if row is None:
            raise NotFound(f"import mapping {mapping_id}")
    if request.method == "POST":
        try:
            with transaction("procedures.save_mapping") as session:
                services.save_mapping(
                    session, current_actor(), mapping_id=mapping_id or None,
                    name=request.form.get("name", "")[:120],
                    columns={name: typed(f"column-{name}") for name in listing.FIELDS},
                    statuses=read_statuses(request.form.get("statuses", "")),
                )  # fmt: skip
        except InvalidInput as error:
            message = error.user_message
        else:
            flash(_("Đã lưu cách ghép cột."), "ok")
            return redirect(url_for("procedures.lists"))
    status = 422 if request.method == "POST" else 200
    return show_mapping(row, message), status


def typed(name: str) -> str:
    return request.form.get(name, "").strip()[:120]


def show_mapping(row: ImportMapping, message: str | None) -> str:
    """The form; after a refusal with what was typed."""
    posted = request.method == "POST"
    columns: Mapping[str, str] = row.columns
    words = "\n".join(f"{word} = {code}" for word, code in row.statuses.items())
    return render_template(
        "procedures/mapping.html",
        mapping_id=row.id or 0,
        message=message,
        name=request.form.get("name", "") if posted else row.name,
        fields=listing.FIELDS,
        needed=listing.NEEDED,
        columns={
            field: typed(f"column-{field}") if posted else columns.get(field, "")
            for field in listing.FIELDS
        },
        statuses=request.form.get("statuses", "") if posted else words,
        codes=[(code, STATUS_LABELS[state]) for code, state in BY_NATIONAL_CODE.items()],
        changed_on=date_vi(row.changed_at),
    )


def read_statuses(text: str) -> dict[str, int]:
    """“Đang xử lý = 4”, one a line. Raises InvalidInput for another line."""
    found = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        word, _sign, code = line.rpartition("=")
        if not word.strip() or not code.strip().isdigit():
            raise InvalidInput(f"Không hiểu dòng “{line.strip()[:80]}”.", "statuses")
        found[word.strip()[:120]] = int(code)
    return found
