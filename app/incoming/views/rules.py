"""/van-ban-den/luong-chuyen-thang: which letters the regulation lets go without a leader."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound
from app.incoming import permissions, queries, services
from app.incoming.forms import RuleForm
from app.incoming.models import RoutingRule
from app.incoming.views.blueprint import bp, show_error
from app.organisation import queries as organisation
from app.organisation.models import Organ
from app.registers.queries import document_types, type_labels
from app.security import Role
from app.tasks.models import Outcome
from app.web.gate import needs
from app.web.shell import current_actor

OUTCOMES = {"assign": "Giao xử lý", "inform": "Để biết", "file": "Lưu"}


@bp.get("/luong-chuyen-thang")
@needs(permissions.CONFIGURE)
def rules() -> ResponseReturnValue:
    """All rules, those out of force marked."""
    with reading() as session:
        found = queries.all_rules(session)
        units = {rule.lead_unit_id for rule in found if rule.lead_unit_id}
        units |= {unit_id for rule in found for unit_id in rule.reader_unit_ids}
        return render_template(
            "incoming/rules.html",
            rules=found,
            types=type_labels(session),
            organs={rule.id: organ_name(session, rule.organ_id) for rule in found},
            units=organisation.unit_label(session, units),
            posts=organisation.post_label(session, [rule.from_post_id for rule in found]),
            outcomes=OUTCOMES,
            today=today(),
        )


def organ_name(session: Session, organ_id: int | None) -> str:
    organ = session.get(Organ, organ_id) if organ_id else None
    return organ.name if organ else ""


@bp.route("/luong-chuyen-thang/moi", methods=["GET", "POST"], defaults={"rule_id": None})
@bp.route("/luong-chuyen-thang/<int:rule_id>", methods=["GET", "POST"])
@needs(permissions.CONFIGURE)
def rule(rule_id: int | None) -> ResponseReturnValue:
    """A rule to be written or changed."""
    message = None
    with reading() as session:
        found = known_rule(session, rule_id)
        form = RuleForm() if request.method == "POST" else blank_form(found)
        offer(session, form)
    if form.validate_on_submit():
        try:
            save(form, rule_id)
        except InvalidInput as error:
            message = show_error(form, error)
        except IntegrityError:
            form.name.errors = [_("Đã có luồng mang tên này.")]
        else:
            flash(_("Đã lưu luồng chuyển thẳng."), "ok")
            return redirect(url_for("incoming.rules"))
    status = 422 if request.method == "POST" else 200
    return render_template(
        "incoming/rule_form.html", form=form, rule=found, message=message
    ), status


def known_rule(session: Session, rule_id: int | None) -> RoutingRule | None:
    """Raises NotFound for an id that is none."""
    found = session.get(RoutingRule, rule_id) if rule_id is not None else None
    if rule_id is not None and found is None:
        raise NotFound(f"routing rule {rule_id}")
    return found


def blank_form(found: RoutingRule | None) -> RuleForm:
    """The form of a rule as it stands; of a new one it begins today."""
    if found is None:
        return RuleForm(formdata=None, valid_from=today())
    form = RuleForm(formdata=None, obj=found)
    form.organ.data = str(found.organ_id or "")
    form.lead_unit_id.data = str(found.lead_unit_id or "")
    return form


def offer(session: Session, form: RuleForm) -> None:
    """The choices of the selects."""
    units = organisation.units(session)
    form.document_type.choices = [
        ("", _("Mọi loại")),
        *((one.code, one.label) for one in document_types(session)),
    ]
    chosen = form.organ.data or ""
    form.organ.choices = [("", _("Mọi cơ quan"))]
    if chosen.isdigit():
        form.organ.choices.append((chosen, organ_name(session, int(chosen))))
    form.from_post_id.choices = [
        (one.post_id, one.label)
        for role in (Role.LEADER, Role.CHIEF_OF_OFFICE)
        for one in organisation.people_choices(session, role=role)
    ]
    form.lead_unit_id.choices = [("", "–"), *((str(unit.id), unit.short_name) for unit in units)]
    form.reader_unit_ids.choices = [(unit.id, unit.short_name) for unit in units]


def save(form: RuleForm, rule_id: int | None) -> None:
    """Raises InvalidInput."""
    organ, lead = form.organ.data or "", form.lead_unit_id.data or ""
    with transaction("incoming.save_rule") as session:
        services.save_rule(
            session,
            current_actor(),
            rule_id=rule_id,
            name=form.name.data or "",
            outcome=Outcome(form.outcome.data),
            from_post_id=form.from_post_id.data,
            source=form.source.data or "",
            document_type=form.document_type.data or None,
            organ_id=int(organ) if organ.isdigit() else None,
            words=form.words.data or "",
            lead_unit_id=int(lead) if lead else None,
            reader_unit_ids=tuple(form.reader_unit_ids.data or ()),
            due_days=form.due_days.data,
            valid_from=form.valid_from.data,
            valid_to=form.valid_to.data,
        )
