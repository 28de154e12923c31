"""Taking a dossier in: the person, the papers, the code, the clock, the first step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import local, now
from app.errors import InvalidInput, NotFound, RuleViolated
from app.organisation.names import fold_name
from app.procedures import clocks, permissions, queries, standing
from app.procedures.house import house
from app.procedures.identity import Person
from app.procedures.models import (
    Applicant,
    Channel,
    DeliveryWay,
    Dossier,
    DossierPaper,
    DossierStatus,
    DossierStep,
    PaperState,
    ProcedureStep,
    ProcedureVersion,
    StepKind,
)
from app.procedures.services import money, numbering
from app.procedures.services.money import Quantities
from app.security import Actor, Role, authorize

KIND = queries.KIND


def shortest_way() -> list[ProcedureStep]:
    """Received, handled, signed, handed over: the way of a version that names no steps."""
    way = (
        ("Tiếp nhận hồ sơ", StepKind.RECEPTION, Role.ONE_STOP_OFFICER),
        ("Phân công xử lý", StepKind.ASSIGNMENT, Role.DEPARTMENT_HEAD),
        ("Thẩm định, xử lý", StepKind.HANDLING, Role.SPECIALIST),
        ("Ký kết quả", StepKind.SIGNATURE, Role.LEADER),
        ("Trả kết quả", StepKind.DELIVERY, Role.ONE_STOP_OFFICER),
    )
    return [
        ProcedureStep(position=position, name=name, kind=kind, role=role, hundredths=0)
        for position, (name, kind, role) in enumerate(way, start=1)
    ]


@dataclass(frozen=True, slots=True)
class PaperGiven:
    """A paper of the checklist as it was handed in. `paper_id` names one that is there already."""

    procedure_paper_id: int | None = None
    name: str = ""
    originals: int = 1
    copies: int = 0
    state: PaperState = PaperState.RECEIVED
    note: str = ""
    paper_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reception:
    """What the counter writes down. `external_code`: the code of the provincial system, then no
    second code is given. `accept`: False for what arrived online or by post and is still to be
    looked at; no processing time runs then."""

    procedure_id: int
    person: Person
    papers: Sequence[PaperGiven] = ()
    applicant_id: int | None = None
    channel: Channel = Channel.COUNTER
    content: str = ""
    submitter_name: str = ""
    submitter_identity: str = ""
    sets: int = 1
    pages: int | None = None
    copies: int | None = None
    signatures: int | None = None
    delivery: DeliveryWay = DeliveryWay.COUNTER
    delivery_address: str = ""
    external_code: str = ""
    received_at: datetime | None = None
    handler_post_id: int | None = None
    exempt_ground: str = ""
    fee_case: str | None = None
    accept: bool = True

    @property
    def quantities(self) -> Quantities:
        return Quantities(self.pages or 1, self.copies or 1, self.signatures or 1)


def receive(
    session: Session, actor: Actor, *, reception: Reception, allow_missing: bool = False
) -> Dossier:
    """Take a dossier in: code without gap, clock, papers, fees, steps; it goes on at once to the
    unit. What was not accepted yet (`accept=False`) waits as “mới đăng ký”.

    Raises:
        PermissionDenied: the actor is not at the counter.
        InvalidInput: no name, or a code of the provincial system that is there already.
        RuleViolated: a required paper is missing, or no version is in force.
    """
    actor = authorize(actor, permissions.RECEIVE)
    dossier, version = build(session, actor, reception, allow_missing=allow_missing)
    if reception.accept:
        _accept(session, actor, dossier, version, reception.handler_post_id)
    else:
        clocks.start_intake(session, actor, dossier)
        standing.write_down(session, actor, dossier, "received", public=True)
    give_code(session, dossier)
    return dossier


def accept(session: Session, actor: Actor, *, dossier_id: int) -> Dossier:
    """Accept what came in online or by post: from now on the limit runs.

    Raises:
        RuleViolated: it is accepted already, or the citizen was asked for supplements.
    """
    dossier = standing.fetch(session, actor, dossier_id)
    actor = authorize(actor, permissions.RECEIVE)
    if dossier.status is not DossierStatus.NEW:
        raise RuleViolated("Hồ sơ này đã được tiếp nhận.")
    if queries.open_supplement(session, dossier.id) is not None:
        raise RuleViolated("Đang chờ người dân bổ sung. Ghi nhận bổ sung trước khi tiếp nhận.")
    clocks.finish_intake(session, actor, dossier)
    dossier.received_at = now()  # the limit counts from here; the code keeps its day
    version = queries.version_whole(session, dossier.procedure_version_id)
    _accept(session, actor, dossier, version, None)
    return dossier


def build(
    session: Session,
    actor: Actor,
    reception: Reception,
    *,
    allow_missing: bool = False,
    is_fast: bool = False,
) -> tuple[Dossier, ProcedureVersion]:
    """The rows of a dossier without its code: that comes last, as it locks the day."""
    moment = reception.received_at or now()
    version = queries.version_on(session, reception.procedure_id, local(moment).date())
    if version.procedure.unit_id is None and not is_fast:
        raise RuleViolated("Thủ tục này chưa được giao cho đơn vị nào xử lý.")
    external = _external(session, reception)
    applicant = keep_applicant(session, reception.person, reception.applicant_id)
    dossier = _row(actor, version, reception, applicant, moment)
    dossier.external_code, dossier.is_fast = external, is_fast
    dossier.procedure_version, dossier.procedure = version, version.procedure
    dossier.applicant = applicant
    session.add(dossier)
    _papers(dossier, version, reception.papers, allow_missing=allow_missing)
    _steps(dossier, version)
    session.flush()
    money.charge(
        session, dossier, version, reception.quantities,
        case=reception.fee_case, exempt_ground=reception.exempt_ground,
    )  # fmt: skip
    return dossier, version


def _row(
    actor: Actor,
    version: ProcedureVersion,
    reception: Reception,
    applicant: Applicant,
    moment: datetime,
) -> Dossier:
    return Dossier(
        procedure_id=version.procedure_id,
        procedure_version_id=version.id,
        field=version.field,
        status=DossierStatus.NEW,
        channel=reception.channel,
        applicant_id=applicant.id,
        applicant_name=applicant.full_name,
        submitter_name=reception.submitter_name.strip(),
        submitter_identity=reception.submitter_identity.strip(),
        phone=reception.person.phone.strip() or applicant.phone,
        email=reception.person.email.strip() or applicant.email,
        folded=fold_name(applicant.full_name)[:300],
        content=reception.content.strip(),
        sets=reception.sets,
        pages=reception.pages,
        copies=reception.copies,
        signatures=reception.signatures,
        received_at=moment,
        received_on=local(moment).date(),
        received_by_post_id=actor.post_id,
        help_unit_id=actor.unit_id,
        counter_unit_id=actor.unit_id,
        competent_organ=version.competent_organ,
        unit_id=version.procedure.unit_id,
        delivery=reception.delivery,
        delivery_address=reception.delivery_address.strip(),
    )


def give_code(session: Session, dossier: Dossier) -> None:
    """Its own code, unless it has that of the provincial system."""
    session.flush()
    if dossier.external_code is None:
        organ = numbering.organ_code(session, dossier.received_on)
        numbering.give_code(session, dossier, organ)


def _accept(
    session: Session,
    actor: Actor,
    dossier: Dossier,
    version: ProcedureVersion,
    handler_post_id: int | None,
) -> None:
    dossier.become(DossierStatus.RECEIVED)
    clocks.start(session, actor, dossier, version)
    action = "taken_over" if dossier.external_code else "received"
    standing.write_down(session, actor, dossier, action, public=True)
    dossier.become(DossierStatus.PROCESSING)
    first, *rest = dossier.steps
    if first.kind is StepKind.RECEPTION:
        first.started_at, first.finished_at = dossier.received_at, now()
        first.post_id = actor.post_id
        clocks.finish_step(session, actor, dossier, first)
        first = rest[0]
    standing.open_step(session, actor, dossier, first, handler_post_id)


def _external(session: Session, reception: Reception) -> str | None:
    code = queries.tidy_code(reception.external_code) or None
    if code is None and not house().own_reception:
        raise InvalidInput("Phải nhập hoặc quét mã hồ sơ của hệ thống tỉnh.", "external_code")
    known = sa.select(Dossier.id).where(Dossier.external_code == code)
    if code is not None and session.scalar(known) is not None:
        raise InvalidInput(f"Hồ sơ {code} đã có ở đây.", "external_code")
    return code


def keep_applicant(session: Session, person: Person, applicant_id: int | None = None) -> Applicant:
    """The row of a person: the one named, the one with the same card or telephone and name, or a
    new one. What is newly known is added.

    Raises:
        InvalidInput: no name.
        NotFound: there is no such applicant.
    """
    name = " ".join(person.full_name.split())
    if not name:
        raise InvalidInput("Phải ghi họ tên người nộp.", "full_name")
    row = _known(session, person, name, applicant_id)
    if row is None:
        row = Applicant(full_name=name, folded=fold_name(name)[:240])
        session.add(row)
    row.full_name, row.folded = name, fold_name(name)[:240]
    row.is_organisation, row.last_at = person.is_organisation, now()
    for field in (
        "identity_number", "old_identity_number", "identity_issued_on", "born_on", "gender",
        "address", "phone", "email",
    ):  # fmt: skip
        value = getattr(person, field)
        if value:
            setattr(row, field, value.strip() if isinstance(value, str) else value)
    session.flush()
    return row


def _known(
    session: Session, person: Person, name: str, applicant_id: int | None
) -> Applicant | None:
    if applicant_id is not None:
        row = session.get(Applicant, applicant_id)
        if row is None:
            raise NotFound(f"applicant {applicant_id}")
        return row
    if person.identity_number:
        same = sa.select(Applicant).filter_by(identity_number=person.identity_number.strip())
    elif person.phone:
        same = sa.select(Applicant).filter_by(phone=person.phone.strip(), folded=fold_name(name))
    else:
        return None
    return session.scalar(same.order_by(Applicant.id).limit(1))


def _papers(
    dossier: Dossier,
    version: ProcedureVersion,
    given: Sequence[PaperGiven],
    *,
    allow_missing: bool,
) -> None:
    """The checklist as handed in; what nobody mentioned counts as missing if it is required."""
    by_id = {one.procedure_paper_id: one for one in given if one.procedure_paper_id}
    position = 0
    for asked in version.papers:
        absent = PaperState.MISSING if asked.is_required else PaperState.NOT_NEEDED
        one = by_id.get(asked.id, PaperGiven(originals=0, state=absent))
        if one.state is PaperState.MISSING and asked.is_required and not allow_missing:
            raise InvalidInput(f"Còn thiếu giấy tờ: {asked.name}.", "papers")
        position += 1
        dossier.papers.append(
            DossierPaper(
                procedure_paper_id=asked.id, position=position, name=asked.name,
                originals=one.originals, copies=one.copies, state=one.state, note=one.note,
                shape=asked.shape,
            )
        )  # fmt: skip
    for one in given:
        if one.procedure_paper_id is None and one.name.strip():
            position += 1
            dossier.papers.append(
                DossierPaper(
                    position=position, name=one.name.strip(), originals=one.originals,
                    copies=one.copies, state=one.state, note=one.note,
                )
            )  # fmt: skip


def _steps(dossier: Dossier, version: ProcedureVersion) -> None:
    """The steps of the version; without any, the shortest way there is."""
    for step in version.steps or shortest_way():
        dossier.steps.append(
            DossierStep(
                position=step.position, name=step.name, kind=step.kind, role=step.role,
                hundredths=step.hundredths, unit_id=step.unit_id or version.procedure.unit_id,
            )
        )  # fmt: skip
