"""/mot-cua/quay: the counter in three steps: procedure, person and papers, receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput, RuleViolated
from app.procedures import permissions, queries, services
from app.procedures.forms import PersonForm, ReceptionForm
from app.procedures.models import (
    FEE_LABELS,
    PER_LABELS,
    Channel,
    DeliveryWay,
    FeePer,
    PaperState,
    ProcedurePaper,
    ProcedureVersion,
)
from app.procedures.printing import receipt_qr
from app.procedures.services import PaperGiven, Person, Reception
from app.procedures.views.blueprint import TONES, bp
from app.security import Actor
from app.tasks.forms import show_error
from app.web.gate import needs
from app.web.shell import current_actor

Given = Callable[[str], str | None]
MISSING_PAPERS = (
    "Còn thiếu giấy tờ bắt buộc. Nếu vẫn nhận thì hệ thống ghi là thiếu để yêu cầu bổ sung."
)


@bp.get("/quay")
@needs(permissions.RECEIVE)
def counter() -> ResponseReturnValue:
    """Step 1: one box finds procedures, dossiers and people who were here before."""
    actor, text = current_actor(), request.args.get("q", "").strip()[:200]
    with reading() as session:
        if text and (code := queries.dossier_with_code(session, actor, text)):
            hits = queries.CounterHits(procedures=[], dossiers=[code], applicants=[])
        elif text:
            hits = queries.counter_search(session, actor, text)
        else:
            often = queries.find_procedures(session, "", limit=8)
            hits = queries.CounterHits(procedures=often, dossiers=[], applicants=[])
        partial = "HX-Request" in request.headers and "whole" not in request.args
        return render_template(
            "procedures/_counter_hits.html" if partial else "procedures/counter.html",
            hits=hits,
            text=text,
            tones=TONES,
            counts=None if partial else queries.today_counts(session, actor),
            today=today(),
        )


@bp.post("/nguoi-nop")
@needs(permissions.RECEIVE)
def earlier() -> ResponseReturnValue:
    """Telephone and mail of the person with this identity number, if they were here before."""
    number = request.form.get("number", "").strip()
    if not number.isdigit() or len(number) not in (9, 12):
        return {}
    with reading() as session:
        for one in queries.find_applicants(session, current_actor(), number):
            if number in (one.identity_number, one.old_identity_number):
                return {"phone": one.phone, "email": one.email}
    return {}


@bp.route("/quay/<token>", methods=["GET", "POST"])
@needs(permissions.RECEIVE)
def reception(token: str) -> ResponseReturnValue:
    """Step 2: who hands in, which papers, what it costs. A post receives the dossier."""
    actor, form, message = current_actor(), ReceptionForm(), None
    missing = False
    with reading() as session:
        version = version_of(session, token)
        form.fee_case.choices = fee_cases(version)
        if request.method == "GET":
            fill_person(session, actor, form)
    if form.validate_on_submit():
        allow = request.form.get("act") == "missing"
        try:
            with transaction("procedures.receive") as session:
                wanted = reception_of(form, version, request.form.get)
                made = services.receive(session, actor, reception=wanted, allow_missing=allow)
                made_token = made.token
        except RuleViolated as error:
            missing = isinstance(error, InvalidInput) and error.field == "papers"
            message = _(MISSING_PAPERS) if missing else sentence(form, error)
        else:
            return redirect(url_for("procedures.received", token=made_token))
    page = render_template(
        "procedures/reception.html",
        form=form,
        message=message,
        missing=missing,
        version=version,
        counted=counted_by(version),
        per_labels=PER_LABELS,
        fee_labels=FEE_LABELS,
        ticked=request.form,
        posted=request.method == "POST",
    )
    return page, 422 if request.method == "POST" else 200


def sentence(form: PersonForm, error: RuleViolated) -> str | None:
    """Under the field that is meant, or for the whole form."""
    return show_error(form, error) if isinstance(error, InvalidInput) else error.user_message


def version_of(session: Session, token: str) -> ProcedureVersion:
    """The version in force today, whole, so that it can be shown after the block."""
    procedure = queries.get_procedure(session, token)
    version = queries.version_on(session, procedure.id, today())
    return queries.version_whole(session, version.id)


def fee_cases(version: ProcedureVersion) -> list[tuple[str, str]]:
    """Cases that the fees tell apart; empty when there is nothing to choose."""
    cases = list(dict.fromkeys(fee.case for fee in version.fees if fee.case))
    return [("", _("Thông thường")), *((case, case) for case in cases)] if cases else []


def counted_by(version: ProcedureVersion) -> frozenset[str]:
    """What has to be counted for the fees: pages, copies, signatures."""
    names = {
        FeePer.PAGE: ("pages", "copies"),  # the pages of one copy, and how many copies
        FeePer.COPY: ("copies",),
        FeePer.SIGNATURE: ("signatures",),
    }
    return frozenset(name for fee in version.fees for name in names.get(fee.per, ()))


def fill_person(session: Session, actor: Actor, form: PersonForm) -> None:
    """The applicant of the address (`?nguoi=`), as they were known."""
    token = request.args.get("nguoi", "")
    if not token:
        return
    known = queries.get_applicant(session, actor, token)
    form.process(obj=known)
    if isinstance(form, ReceptionForm):
        form.applicant.data = known.token


def person_of(form: PersonForm) -> Person:
    return Person(
        full_name=form.full_name.data or "",
        identity_number=form.identity_number.data or "",
        old_identity_number=form.old_identity_number.data or "",
        identity_issued_on=form.identity_issued_on.data,
        born_on=form.born_on.data,
        gender=form.gender.data or "",
        address=form.address.data or "",
        phone=form.phone.data or "",
        email=form.email.data or "",
        is_organisation=bool(form.is_organisation.data),
    )


def reception_of(form: ReceptionForm, version: ProcedureVersion, given: Given) -> Reception:
    """What the form says, for the service."""
    return Reception(
        procedure_id=version.procedure_id,
        person=person_of(form),
        papers=papers_of(version.papers, given),
        channel=Channel(form.channel.data),
        content=form.content.data or "",
        submitter_name=form.submitter_name.data or "",
        submitter_identity=form.submitter_identity.data or "",
        sets=form.sets.data or 1,
        pages=form.pages.data,
        copies=form.copies.data,
        signatures=form.signatures.data,
        delivery=DeliveryWay(form.delivery.data),
        delivery_address=form.delivery_address.data or "",
        external_code=(form.external_code.data or "").strip(),
        exempt_ground=form.exempt_ground.data or "",
        fee_case=form.fee_case.data or None,
    )


def papers_of(papers: Sequence[ProcedurePaper], given: Given) -> list[PaperGiven]:
    """The checklist: what is ticked was handed in, what is required and not ticked is missing."""
    found = []
    for paper in papers:
        there = given(f"paper-{paper.id}") is not None
        state = PaperState.RECEIVED if there else PaperState.NOT_NEEDED
        if not there and is_needed(paper):
            state = PaperState.MISSING
        found.append(
            PaperGiven(
                procedure_paper_id=paper.id,
                name=paper.name,
                originals=paper.originals if there else 0,
                copies=paper.copies if there else 0,
                state=state,
                note=(given(f"note-{paper.id}") or "")[:300],
            )
        )
    return found


def is_needed(paper: ProcedurePaper) -> bool:
    """A paper of one case only is not missed in the others."""
    return paper.is_required and not paper.case


@bp.get("/quay/da-nhan/<token>")
@needs(permissions.RECEIVE)
def received(token: str) -> ResponseReturnValue:
    """Step 3: the code, the promised time, the receipt with its QR code; then the next one."""
    actor = current_actor()
    with reading() as session:
        one = queries.get_dossier(session, actor, token)
        return render_template(
            "procedures/received.html",
            dossier=one,
            fees=queries.fees_of(session, one.id),
            to_pay=queries.amount_due(session, one.id),
            qr=receipt_qr(one),
        )
