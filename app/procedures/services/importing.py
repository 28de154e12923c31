"""The list of the provincial system, taken in again and again: new dossiers are opened by their
code, what differs is listed for a person, nothing that was done here is overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import local, now
from app.errors import InvalidInput, NotFound, RuleViolated
from app.organisation.names import fold_name
from app.procedures import permissions, queries, standing
from app.procedures.identity import Person
from app.procedures.listing import NEEDED, ListRow
from app.procedures.models import (
    BY_NATIONAL_CODE,
    OPEN,
    STATUS_LABELS,
    Channel,
    DifferenceKind,
    Dossier,
    DossierDifference,
    DossierImport,
    DossierStatus,
    DossierStep,
    ImportMapping,
    Procedure,
    ProcedureVersion,
    StepKind,
)
from app.procedures.services.receiving import keep_applicant, shortest_way
from app.security import SYSTEM, Actor, authorize

S, D = DossierStatus, DifferenceKind
CHANNEL_WORDS = {"truc tuyen": Channel.ONLINE, "buu chinh": Channel.POST, "bcci": Channel.POST}


def save_mapping(
    session: Session,
    actor: Actor,
    *,
    name: str,
    columns: Mapping[str, str],
    statuses: Mapping[str, int],
    mapping_id: int | None = None,
) -> ImportMapping:
    """Say which column is what and which word is which national state.

    Raises:
        InvalidInput: no name, the columns needed are not named, or a code that is no state.
    """
    actor = authorize(actor, permissions.RECEIVE)
    if not name.strip():
        raise InvalidInput("Phải đặt tên cho mẫu danh sách.", "name")
    if not all(str(columns.get(field, "")).strip() for field in NEEDED):
        raise InvalidInput("Phải chỉ ra cột mã hồ sơ và cột trạng thái.", "columns")
    if any(int(code) not in BY_NATIONAL_CODE for code in statuses.values()):
        raise InvalidInput("Mã trạng thái từ 1 đến 10.", "statuses")
    row = get_mapping(session, mapping_id) if mapping_id else None
    if row is None:
        row = session.scalar(sa.select(ImportMapping).filter_by(name=name.strip()))
    if row is None:
        row = ImportMapping(name=name.strip())
        session.add(row)
    row.name, row.changed_at, row.by_post_id = name.strip(), now(), actor.post_id
    row.columns = {field: str(head).strip() for field, head in columns.items()}
    row.statuses = {str(word).strip(): int(code) for word, code in statuses.items()}
    session.flush()
    return row


def get_mapping(session: Session, mapping_id: int) -> ImportMapping:
    """Raises NotFound."""
    row = session.get(ImportMapping, mapping_id)
    if row is None:
        raise NotFound(f"import mapping {mapping_id}")
    return row


def begin_import(
    session: Session,
    actor: Actor,
    *,
    mapping_id: int,
    file_name: str,
    sha256: str,
    row_count: int,
) -> DossierImport:
    """The row of a list; its lines follow in batches."""
    actor = authorize(actor, permissions.RECEIVE)
    made = DossierImport(
        mapping_id=get_mapping(session, mapping_id).id, file_name=file_name[:255], sha256=sha256,
        at=now(), by_post_id=actor.post_id, row_count=row_count,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, actor, "dossier.imported", None, of=made.id, rows=row_count)
    return made


def take_rows(
    session: Session, actor: Actor, *, import_id: int, rows: Sequence[ListRow]
) -> DossierImport:
    """Take some lines in; each counts as added, changed or the same."""
    actor = authorize(actor, permissions.RECEIVE)
    made = session.get_one(DossierImport, import_id)
    statuses = get_mapping(session, made.mapping_id).statuses
    words = {fold_name(str(word)): BY_NATIONAL_CODE[int(code)] for word, code in statuses.items()}
    codes = [queries.tidy_code(row.get("external_code")) for row in rows]
    wanted = sa.or_(Dossier.external_code.in_(codes), Dossier.code.in_(codes))
    known = {one.shown_code: one for one in session.scalars(sa.select(Dossier).where(wanted))}
    for row, code in zip(rows, codes, strict=True):
        status = words.get(fold_name(row.get("status")))
        if status is None:
            _differ(session, made, code, D.UNREADABLE, "status", "", row.get("status"))
            continue
        try:
            dossier = known.get(code)
            if dossier is None:
                known[code] = _add(session, actor, row, code, status)
                made.added += 1
            elif _compare(session, made, dossier, row, status):
                made.changed += 1
            else:
                made.same += 1
        except (ValueError, RuleViolated) as error:
            said = error.user_message if isinstance(error, RuleViolated) else "Ngày không đúng"
            _differ(session, made, code, D.UNREADABLE, "row", f"Dòng {row.number}", said)
    session.flush()
    return made


def _add(session: Session, actor: Actor, row: ListRow, code: str, status: DossierStatus) -> Dossier:
    """A dossier that was not known. Its end is that of the list: no clock of ours runs."""
    received = row.moment("received_at") or now()
    version = _version(session, row, received)
    person = Person(
        full_name=row.get("applicant_name"), identity_number=row.get("identity_number"),
        phone=row.get("phone"), address=row.get("address"),
    )  # fmt: skip
    applicant = keep_applicant(session, person)
    channel = CHANNEL_WORDS.get(fold_name(row.get("channel")), Channel.COUNTER)
    due = row.moment("due_at", end_of_day=True)
    dossier = Dossier(
        external_code=code, procedure_id=version.procedure_id, procedure_version_id=version.id,
        field=version.field, status=status, channel=channel, applicant_id=applicant.id,
        applicant_name=applicant.full_name, folded=applicant.folded, phone=applicant.phone,
        received_at=received, received_on=local(received).date(), counter_unit_id=actor.unit_id,
        received_by_post_id=actor.post_id, competent_organ=version.competent_organ,
        unit_id=version.procedure.unit_id, due_at=due, original_due_at=due,
    )  # fmt: skip
    dossier.procedure_version, dossier.procedure = version, version.procedure
    _seen(dossier, row)
    for step in version.steps or shortest_way():
        dossier.steps.append(
            DossierStep(
                position=step.position, name=step.name, kind=step.kind, role=step.role,
                unit_id=step.unit_id or version.procedure.unit_id,
            )
        )  # fmt: skip
    session.add(dossier)
    session.flush()
    if status is S.RECEIVED:
        dossier.status = S.PROCESSING
    if dossier.status in OPEN and status is not S.NEW:
        first = next(one for one in dossier.steps if one.kind is not StepKind.RECEPTION)
        standing.open_step(session, SYSTEM, dossier, first)
    else:
        _settle(dossier, row)
    standing.write_down(session, actor, dossier, "taken_over", public=True)
    return dossier


def _version(session: Session, row: ListRow, received: datetime) -> ProcedureVersion:
    procedure = queries.procedure_with_code(session, row.get("procedure_code"))
    if procedure is None and row.get("procedure_name"):
        procedure = session.scalar(
            sa.select(Procedure).filter_by(name=row.get("procedure_name")).limit(1)
        )
    if procedure is None:
        shown = row.get("procedure_code") or row.get("procedure_name") or "(trống)"
        raise RuleViolated(f"Không có thủ tục {shown} trong danh mục")
    return queries.version_on(session, procedure.id, local(received).date())


def _seen(dossier: Dossier, row: ListRow) -> None:
    dossier.synced_at, dossier.external_status = now(), row.get("status")[:120]


def _settle(dossier: Dossier, row: ListRow) -> None:
    """The end of a dossier that was finished in the provincial system."""
    if dossier.status in OPEN:
        return
    dossier.finished_at = row.moment("finished_at", end_of_day=True) or dossier.finished_at or now()
    dossier.step_position = None
    if dossier.status is S.DELIVERED:
        dossier.delivered_at = dossier.delivered_at or dossier.finished_at


def _compare(
    session: Session,
    made: DossierImport,
    dossier: Dossier,
    row: ListRow,
    status: DossierStatus,
) -> bool:
    """Whether anything differs. What is only theirs to say is followed: the end of a dossier
    without a clock of ours."""
    status = S.PROCESSING if status is S.RECEIVED else status
    due = row.moment("due_at", end_of_day=True)
    name = row.get("applicant_name")
    code, differs = dossier.shown_code, False
    if dossier.external_code is not None and due is not None and due != dossier.due_at:
        dossier.due_at, differs = due, True
    _seen(dossier, row)
    pairs = (
        ("status", STATUS_LABELS[dossier.status], STATUS_LABELS[status]),
        ("applicant_name", dossier.applicant_name, name or dossier.applicant_name),
    )
    for field, ours, theirs in pairs:
        if fold_name(ours) == fold_name(theirs):
            _agree(session, code, field)
        else:
            _differ(session, made, code, D.CHANGED, field, ours, theirs, dossier)
            differs = True
    return differs


def finish_import(
    session: Session, actor: Actor, *, import_id: int, rows: Sequence[ListRow]
) -> DossierImport:
    """List what is open here, was received in the days of the list and is not in it."""
    authorize(actor, permissions.RECEIVE)
    made = session.get_one(DossierImport, import_id)
    there = {queries.tidy_code(row.get("external_code")) for row in rows}
    days = sorted(local(at).date() for row in rows if (at := _moment(row)) is not None)
    if not days:
        return made
    mine = sa.select(Dossier).where(
        Dossier.external_code.is_not(None), Dossier.status.in_(OPEN),
        Dossier.received_on.between(days[0], days[-1]),
    )  # fmt: skip
    for dossier in session.scalars(mine):
        if dossier.shown_code in there:
            _agree(session, dossier.shown_code, "")
        else:
            shown = STATUS_LABELS[dossier.status]
            _differ(session, made, dossier.shown_code, D.MISSING_THERE, "", shown, "", dossier)
    session.flush()
    return made


def _moment(row: ListRow) -> datetime | None:
    try:
        return row.moment("received_at")
    except ValueError:
        return None


def _open(session: Session, code: str, field: str) -> DossierDifference | None:
    session.flush()
    rows = sa.select(DossierDifference).filter_by(external_code=code, field=field)
    return session.scalar(rows.where(DossierDifference.settled_at.is_(None)))


def _differ(
    session: Session,
    made: DossierImport,
    code: str,
    kind: DifferenceKind,
    field: str,
    ours: str,
    theirs: str,
    dossier: Dossier | None = None,
) -> None:
    """One open line a code and field, brought up to date."""
    row = _open(session, code, field) or DossierDifference(external_code=code, field=field)
    row.import_id, row.kind, row.ours, row.theirs = made.id, kind, ours[:500], theirs[:500]
    row.dossier_id = dossier.id if dossier is not None else None
    session.add(row)


def _agree(session: Session, code: str, field: str) -> None:
    row = _open(session, code, field)
    if row is not None:
        row.settled_at = now()


def settle_difference(
    session: Session, actor: Actor, *, difference_id: int, take_theirs: bool
) -> DossierDifference:
    """Decide on a line: follow the list, or leave it as it is here.

    Raises:
        NotFound: there is no such open line.
        RuleViolated: the list's state cannot follow ours.
    """
    actor = authorize(actor, permissions.RECEIVE)
    row = session.get(DossierDifference, difference_id)
    if row is None or row.settled_at is not None:
        raise NotFound(f"open difference {difference_id}")
    if take_theirs and row.dossier_id is not None and row.kind is D.CHANGED:
        dossier = standing.fetch(session, SYSTEM, row.dossier_id)
        if row.field == "applicant_name":
            dossier.applicant_name, dossier.folded = row.theirs, fold_name(row.theirs)[:300]
        else:
            _follow(session, actor, dossier, row.theirs)
        standing.write_down(session, actor, dossier, "difference_settled", row.theirs)
    row.settled_at, row.settled_by_post_id = now(), actor.post_id
    return row


def _follow(session: Session, actor: Actor, dossier: Dossier, label: str) -> None:
    """Set the state that the provincial system has: there it happened already."""
    status = next(one for one, words in STATUS_LABELS.items() if words == label)
    if status in OPEN and dossier.status not in OPEN:
        raise RuleViolated("Hồ sơ đã kết thúc ở đây, không mở lại theo danh sách.")
    dossier.status = status
    if status not in OPEN:
        standing.close(session, actor, dossier)
    if status is S.DELIVERED:
        dossier.delivered_at = dossier.delivered_at or now()
