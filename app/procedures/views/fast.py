"""/mot-cua/tra-ngay: procedures done at once: sheets and copies, fee, number of the book, done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, RuleViolated
from app.organisation.dates import parse_date
from app.procedures import permissions, queries, services
from app.procedures.forms import FastForm
from app.procedures.models import PER_LABELS, Dossier, PaymentWay, ProcedureVersion
from app.procedures.queries import DossierFilter
from app.procedures.services import PaperGiven, Reception
from app.procedures.services.money import Quantities, quote
from app.procedures.views.blueprint import bp
from app.procedures.views.counter import counted_by, fill_person, person_of, sentence, version_of
from app.web.gate import needs
from app.web.shell import current_actor

USED = 40  # entries of the book that suggest words


@bp.get("/tra-ngay")
@needs(permissions.RECEIVE)
def fast_lane() -> ResponseReturnValue:
    """The procedure that this counter did last, else the first; the others are tabs above it."""
    with reading() as session:
        versions = fast_versions(session)
        wanted = DossierFilter(tab="fast_today")
        latest = queries.dossier_page(session, current_actor(), wanted, size=1).rows
        ids = {one.procedure_id: one.procedure.token for one in versions}
        token = ids.get(latest[0].procedure_id) if latest else None
        token = token or next(iter(ids.values()), None)
    if token is None:
        return render_template("procedures/fast_none.html")
    return redirect(url_for("procedures.fast", token=token))


def fast_versions(session: Session) -> list[ProcedureVersion]:
    """The procedures in force that are done at once."""
    return [one for one in queries.find_procedures(session, "", limit=500) if one.is_same_day]


@bp.route("/tra-ngay/<token>", methods=["GET", "POST"])
@needs(permissions.RECEIVE)
def fast(token: str) -> ResponseReturnValue:
    """One screen. A post receives, numbers, is paid and is done in one transaction."""
    actor, form, message = current_actor(), FastForm(), None
    with reading() as session:
        version = version_of(session, token)
        if not version.is_same_day:
            raise NotFound(f"procedure {token} is not done at once")
        if request.method == "GET":
            fill(session, form)
    if form.validate_on_submit():
        later = request.form.get("act") == "later"
        try:
            with transaction("procedures.fast") as session:
                wanted = reception_of(form, version)
                if later:
                    made = services.start_fast(session, actor, reception=wanted)
                else:
                    made = finish(session, form, version, wanted)
                code, made_token = made.shown_code, made.token
        except RuleViolated as error:
            message = sentence(form, error)
        else:
            if later:
                return redirect(url_for("procedures.received", token=made_token))
            flash(_("Đã vào sổ và trả hồ sơ %(code)s.", code=code), "ok")
            return redirect(url_for("procedures.fast", token=token, xong=made_token))
    status = 422 if request.method == "POST" else 200
    return show(token, form, version, message), status


def fill(session: Session, form: FastForm) -> None:
    """A person who was here before (`?nguoi=`), or the dossier that is to be finished."""
    fill_person(session, current_actor(), form)
    if token := request.args.get("tiep"):
        started = queries.get_dossier(session, current_actor(), token)
        form.process(obj=started.applicant)
        form.pages.data, form.copies.data = started.pages or 1, started.copies or 1
        form.signatures.data = started.signatures or 1


def finish(
    session: Session, form: FastForm, version: ProcedureVersion, wanted: Reception
) -> Dossier:
    """The whole of it, or the rest of what was started earlier today."""
    actor, token = current_actor(), request.form.get("dossier", "")
    values = values_of(version, request.form.get)
    paid, receipt = PaymentWay(form.paid.data), form.receipt_number.data or None
    if token:
        started = queries.get_dossier(session, actor, token)
        return services.complete_fast(
            session, actor, dossier_id=started.id, values=values, paid=paid, receipt_number=receipt
        )
    return services.finish_fast(
        session, actor, reception=wanted, values=values, paid=paid, receipt_number=receipt
    )


def show(token: str, form: FastForm, version: ProcedureVersion, message: str | None) -> str:
    """The screen, with the last number given and what is open since this morning."""
    actor = current_actor()
    with reading() as session:
        wanted = DossierFilter(tab="fast_today")
        rows = queries.dossier_page(session, actor, wanted, size=8).rows
        done = request.args.get("xong")
        last = queries.get_dossier(session, actor, done) if done else None
        entry = queries.book_entry_of(session, last.id) if last else None
        return render_template(
            "procedures/fast.html",
            form=form,
            version=version,
            versions=fast_versions(session),
            counted=counted_by(version),
            columns=columns_of(version),
            given=request.form,
            lines=quote(version, counts_of(form)),
            used=used_before(session, version),
            per_labels=PER_LABELS,
            message=message,
            last=last,
            entry=entry,
            rows=rows,
            today=today(),
        )


def counts_of(form: FastForm) -> Quantities:
    return Quantities(form.pages.data or 1, form.copies.data or 1, form.signatures.data or 1)


@bp.get("/tra-ngay/<token>/phi")
@needs(permissions.RECEIVE)
def fee(token: str) -> ResponseReturnValue:
    """What it costs with the numbers typed so far."""
    number = request.args.get
    many = Quantities(*(number(name, 1, type=int) for name in ("pages", "copies", "signatures")))
    with reading() as session:
        lines = quote(version_of(session, token), many)
        return render_template("procedures/_fast_fee.html", lines=lines, per_labels=PER_LABELS)


def columns_of(version: ProcedureVersion) -> list[dict[str, Any]]:
    """The columns of the procedure's book that have to be typed."""
    return list(version.book.columns) if version.book else []


def used_before(session: Session, version: ProcedureVersion) -> dict[str, list[str]]:
    """What was typed last for the columns of the book, newest first: to be chosen, not typed."""
    if version.book is None:
        return {}
    entries = queries.book_entries(session, current_actor(), version.book.id, today().year, today())
    found: dict[str, list[str]] = {}
    for entry, _dossier in reversed(entries[-USED:]):
        for key, value in entry.values.items():
            known = found.setdefault(key, [])
            if value and value not in known:
                known.append(value)
    return found


def values_of(version: ProcedureVersion, given: Callable[[str], str | None]) -> dict[str, str]:
    """What was typed for the columns of the book. Raises InvalidInput for a day that is none."""
    values = {}
    for column in columns_of(version):
        text = (given(f"value-{column['key']}") or "").strip()
        if text and column.get("kind") == "date":
            try:
                parse_date(text)
            except ValueError as error:
                raise InvalidInput(f"“{column['label']}” phải là ngày dd/mm/yyyy.") from error
        values[column["key"]] = text[:300]
    return values


def reception_of(form: FastForm, version: ProcedureVersion) -> Reception:
    """A fast reception: every paper was seen at the counter."""
    return Reception(
        procedure_id=version.procedure_id,
        person=person_of(form),
        papers=[
            PaperGiven(paper.id, paper.name, paper.originals, paper.copies)
            for paper in version.papers
        ],
        pages=form.pages.data,
        copies=form.copies.data,
        signatures=form.signatures.data,
        exempt_ground=form.exempt_ground.data or "",
    )
