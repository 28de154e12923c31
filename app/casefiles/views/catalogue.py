"""/ho-so/danh-muc/<year>: the yearly catalogue, from draft to approval."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.casefiles import permissions, printing, queries, retention, services
from app.casefiles.forms import CatalogueFileForm, EntryForm
from app.casefiles.importing import read_catalogue
from app.casefiles.models import (
    CATALOGUE_LABELS,
    CatalogueEntry,
    CatalogueState,
    FileCatalogue,
    retention_label,
)
from app.casefiles.services import EntryData
from app.casefiles.services.catalogue import BATCH, must_draft_for
from app.casefiles.views.blueprint import CATALOGUE_TONES, bp
from app.casefiles.views.detail import download
from app.casefiles.views.lists import retention_choices
from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound
from app.organisation import queries as organisation
from app.organisation.names import fold_name
from app.registers.printing import XLSX, Heading, book_pdf, book_xlsx
from app.security import Actor, Scope, unit_term
from app.tasks.forms import show_error
from app.web.gate import needs
from app.web.shell import current_actor, settings
from ocr.sheets import MOST_BYTES


@bp.get("/danh-muc")
@needs(permissions.READ)
def this_catalogue() -> ResponseReturnValue:
    """The catalogue of this year."""
    return redirect(url_for("casefiles.catalogue", year=today().year))


@bp.get("/thoi-han-bao-quan")
@needs(permissions.READ)
def retention_periods() -> ResponseReturnValue:
    """How long which files are kept, since when, by which law, and whether that was verified."""
    day = today()
    return render_template(
        "casefiles/retention.html",
        rules=retention.rules(day),
        transfer=retention.transfer_rule(day),
        day=day,
    )


@bp.get("/danh-muc/<int:year>")
@needs(permissions.READ)
def catalogue(year: int) -> ResponseReturnValue:
    """The catalogue of a year, all units merged."""
    return show_catalogue(year)


def show_catalogue(year: int, form: EntryForm | None = None, message: str | None = None) -> str:
    actor = current_actor()
    with reading() as session:
        found = queries.catalogue_of(session, year)
        entries = queries.entries_of(session, found.id) if found else []
        drafting = found is not None and found.state is CatalogueState.DRAFTING
        units = units_to_plan(session, actor)
        may_draft = drafting and actor.may(permissions.DRAFT_CATALOGUE)
        return render_template(
            "casefiles/catalogue.html",
            year=year,
            years=sorted({*queries.catalogue_years(session), today().year, today().year + 1}),
            catalogue=found,
            entries=entries,
            units=organisation.unit_label(session, [entry.unit_id for entry in entries]),
            keepers=organisation.post_label(
                session, [entry.keeper_post_id for entry in entries if entry.keeper_post_id]
            ),
            period=retention_label,
            labels=CATALOGUE_LABELS,
            tones=CATALOGUE_TONES,
            drafting=drafting,
            mine={unit_id for unit_id, _name in units} if may_draft else set(),
            form=(form or filled(session, actor, None)) if may_draft else None,
            file_form=CatalogueFileForm(formdata=None),
            message=message,
            may_keep=actor.may(permissions.KEEP_CATALOGUE),
            may_approve=actor.may(permissions.APPROVE_CATALOGUE),
            may_make=actor.may(permissions.MAKE),
        )


def units_to_plan(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Units whose files the actor may plan."""
    wide = any(permissions.DRAFT_CATALOGUE.roles.get(role) is Scope.ALL for role in actor.roles)
    return [
        (unit.id, unit.name)
        for unit in organisation.units(session)
        if wide or unit_term(unit.id) in actor.terms
    ]


def filled(session: Session, actor: Actor, entry: CatalogueEntry | None) -> EntryForm:
    """The form of an entry with its choices, empty or as the entry stands."""
    form = EntryForm(formdata=None, obj=entry) if entry else EntryForm(formdata=None)
    offer(session, actor, form)
    return form


def offer(session: Session, actor: Actor, form: EntryForm) -> None:
    form.unit_id.choices = units_to_plan(session, actor)
    form.retention_rule.choices = retention_choices()
    people = organisation.people_choices(session)
    form.keeper_post_id.choices = [("", ""), *((str(p.post_id), p.label) for p in people)]


@bp.post("/danh-muc/<int:year>/bat-dau")
@needs(permissions.KEEP_CATALOGUE)
def start(year: int) -> ResponseReturnValue:
    """Begin the catalogue; units are asked to draft."""
    with transaction("casefiles.start_catalogue") as session:
        services.start_catalogue(session, current_actor(), year=year)
    return done(year, _("Đã bắt đầu lập danh mục; các đơn vị đã được báo."))


def done(year: int, message: str) -> ResponseReturnValue:
    flash(message, "ok")
    return redirect(url_for("casefiles.catalogue", year=year))


@bp.post("/danh-muc/<int:year>/muc")
@needs(permissions.DRAFT_CATALOGUE)
def add_entry(year: int) -> ResponseReturnValue:
    """Plan a file."""
    actor, form = current_actor(), EntryForm()
    with reading() as session:
        offer(session, actor, form)
    if not form.validate_on_submit():
        return show_catalogue(year, form), 422
    try:
        with transaction("casefiles.save_entry") as session:
            services.save_entry(session, actor, year=year, data=entry_of(form))
    except InvalidInput as error:
        return show_catalogue(year, form, show_error(form, error)), 422
    return done(year, _("Đã thêm vào danh mục."))


@bp.route("/danh-muc/muc/<int:entry_id>", methods=["GET", "POST"])
@needs(permissions.DRAFT_CATALOGUE)
def edit_entry(entry_id: int) -> ResponseReturnValue:
    """Change a planned file."""
    actor, message = current_actor(), None
    with reading() as session:
        entry = queries.get_entry(session, entry_id)
        year = session.get_one(FileCatalogue, entry.catalogue_id).year
        must_draft_for(actor, entry.unit_id)
        form = EntryForm(obj=entry)
        offer(session, actor, form)
    if form.validate_on_submit():
        try:
            with transaction("casefiles.save_entry") as session:
                services.save_entry(
                    session, actor, year=year, data=entry_of(form, entry), entry_id=entry_id
                )
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            return done(year, _("Đã sửa danh mục."))
    status = 422 if request.method == "POST" else 200
    return render_template(
        "casefiles/entry.html", form=form, year=year, entry_id=entry_id, message=message
    ), status


def entry_of(form: EntryForm, entry: CatalogueEntry | None = None) -> EntryData:
    """What was typed. A period that came with an import stays while no rule is chosen."""
    code = form.retention_rule.data or ""
    kept = entry.retention_years if entry else None
    return EntryData(
        unit_id=form.unit_id.data,
        title=form.title.data or "",
        retention_years=retention.rule_of(code, today()).years if code else kept,
        retention_rule=code,
        notation=form.notation.data or "",
        heading=form.heading.data or "",
        keeper_post_id=int(form.keeper_post_id.data) if form.keeper_post_id.data else None,
        note=form.note.data or "",
    )


@bp.post("/danh-muc/muc/<int:entry_id>/xoa")
@needs(permissions.DRAFT_CATALOGUE)
def drop_entry(entry_id: int) -> ResponseReturnValue:
    """Take a planned file out of the draft."""
    with transaction("casefiles.remove_entry") as session:
        year = services.remove_entry(session, current_actor(), entry_id=entry_id)
    return done(year, _("Đã xóa khỏi danh mục."))


@bp.post("/danh-muc/<int:year>/nhap")
@needs(permissions.KEEP_CATALOGUE)
def take_workbook(year: int) -> ResponseReturnValue:
    """Take over a workbook; with one fault nothing of it."""
    form, actor = CatalogueFileForm(), current_actor()
    if not form.validate_on_submit():
        return show_catalogue(year, message=_("Hãy chọn một tệp Excel.")), 422
    with reading() as session:
        units = unit_names(session)
    count = 0
    try:
        rows = read_catalogue(form.file.data.read(MOST_BYTES + 1), units)
        for start_at in range(0, len(rows), BATCH):
            batch = rows[start_at : start_at + BATCH]
            with transaction("casefiles.import_entries") as session:
                count += services.import_entries(session, actor, year=year, rows=batch)
    except InvalidInput as error:
        return show_catalogue(year, message=error.user_message), 422
    return done(year, _("Đã nhập %(count)d hồ sơ vào danh mục.", count=count))


def unit_names(session: Session) -> dict[str, int]:
    """Units by folded name, short name and code."""
    return {
        fold_name(text): unit.id
        for unit in organisation.units(session)
        for text in (unit.name, unit.short_name, unit.code)
        if text
    }


@bp.post("/danh-muc/<int:year>/<step>")
@needs(permissions.READ)
def step_catalogue(year: int, step: str) -> ResponseReturnValue:
    """Copy last year's, submit, approve, return: the service asks for the right."""
    actor = current_actor()
    acts: dict[str, tuple[Any, str]] = {
        "lay-lai": (services.copy_catalogue, _("Đã lấy lại danh mục năm trước.")),
        "trinh": (services.submit_catalogue, _("Đã trình danh mục.")),
        "duyet": (services.approve_catalogue, _("Đã duyệt, danh mục có hiệu lực.")),
        "tra-lai": (services.return_catalogue, _("Đã trả lại danh mục.")),
    }
    if step not in acts:
        raise NotFound(f"step {step}")
    service, message = acts[step]
    extra = {"reason": request.form.get("reason", "")} if step == "tra-lai" else {}
    with transaction("casefiles.step_catalogue") as session:
        service(session, actor, year=year, **extra)
    return done(year, message)


@bp.get("/danh-muc/<int:year>/danh-muc-ho-so.<ending>")
@needs(permissions.READ)
def print_catalogue(year: int, ending: str) -> ResponseReturnValue:
    """The catalogue as PDF/A or XLSX; the workbook can be filled in and taken over again."""
    with reading() as session:
        found = queries.catalogue_of(session, year)
        if found is None or ending not in ("pdf", "xlsx"):
            raise NotFound(f"catalogue {year}.{ending}")
        rows = catalogue_rows(session, found)
    heading = Heading(
        settings().organ_name, "DANH MỤC HỒ SƠ", f"Năm {year} ({CATALOGUE_LABELS[found.state]})"
    )
    if ending == "xlsx":
        made = book_xlsx(heading, printing.CATALOGUE, rows)
        return download(made, XLSX, f"danh-muc-ho-so-{year}.xlsx")
    made = book_pdf(heading, printing.CATALOGUE, rows)
    return download(made, "application/pdf", f"danh-muc-ho-so-{year}.pdf")


def catalogue_rows(session: Session, found: FileCatalogue) -> list[tuple[str, ...]]:
    entries = queries.entries_of(session, found.id)
    units = organisation.unit_label(session, [entry.unit_id for entry in entries])
    keepers = organisation.post_label(
        session, [e.keeper_post_id for e in entries if e.keeper_post_id]
    )
    return [
        (
            entry.notation,
            entry.heading,
            entry.title,
            retention_label(entry.retention_years),
            keepers.get(entry.keeper_post_id or 0) or units.get(entry.unit_id, ""),
            entry.note,
        )
        for entry in entries
    ]
