"""A case file from opening to closing, and what is put into it."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, kinds, outbox
from app.casefiles import queries, retention
from app.casefiles.hooks import DocumentFiled, document_filed
from app.casefiles.models import (
    CaseDocument,
    CaseFile,
    CaseState,
    CatalogueEntry,
    CatalogueState,
    FileCatalogue,
)
from app.casefiles.permissions import ARCHIVE, MAKE
from app.casefiles.queries import KIND
from app.clock import now, today
from app.errors import EditConflict, InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.links import Link, Relation, connect
from app.notifications.services import notify
from app.organisation import queries as organisation
from app.organisation.models import Unit
from app.security import Access, Actor, authorize, grant, post_term, revoke, unit_term


def open_case_file(
    session: Session,
    actor: Actor,
    *,
    entry_id: int | None = None,
    title: str = "",
    outside_reason: str = "",
    retention_rule: str = "",
    description: str = "",
) -> CaseFile:
    """Open a file of the approved catalogue, or one outside it with the reason.

    It lies with the actor's post. An entry may have several files (a file a case).

    Raises:
        RuleViolated: the catalogue of the entry is not in force.
        InvalidInput: a file outside the catalogue without title, reason or period.
    """
    actor = authorize(actor, MAKE)
    if actor.post_id is None or actor.unit_id is None:
        raise RuleViolated("Chỉ người đang giữ một chức vụ lập được hồ sơ.")
    case_file = CaseFile(
        year=today().year,
        keeper_post_id=actor.post_id,
        unit_id=actor.unit_id,
        opened_by=actor.person_id,
        opened_at=now(),
        description=description.strip()[:500],
        state=CaseState.OPEN,
    )
    if entry_id is not None:
        _from_entry(session, case_file, entry_id, title)
    else:
        _outside(session, case_file, title, outside_reason, retention_rule)
    session.add(case_file)
    session.flush()
    _open_to(session, case_file)
    audit.record(session, actor, "case_file.opened", case_file.id, entry=entry_id)
    outbox.changed(session, KIND, case_file.id)
    return case_file


def _from_entry(session: Session, case_file: CaseFile, entry_id: int, title: str) -> None:
    entry = session.get(CatalogueEntry, entry_id, with_for_update={"of": CatalogueEntry})
    if entry is None:
        raise NotFound(f"catalogue entry {entry_id}")
    catalogue = session.get_one(FileCatalogue, entry.catalogue_id)
    catalogue.must_be(CatalogueState.APPROVED)
    _take_turn(session, entry.unit_id)
    if entry.unit_id != case_file.unit_id and entry.keeper_post_id != case_file.keeper_post_id:
        raise RuleViolated("Hồ sơ này thuộc danh mục của đơn vị khác.")
    case_file.year, case_file.entry_id = catalogue.year, entry.id
    case_file.notation = _free_notation(session, catalogue.year, entry.notation)
    case_file.title = (title.strip() or entry.title)[:500]
    case_file.retention_rule = entry.retention_rule
    case_file.retention_years = entry.retention_years


def _outside(
    session: Session, case_file: CaseFile, title: str, reason: str, retention_rule: str
) -> None:
    if not title.strip():
        raise InvalidInput("Phải ghi tiêu đề hồ sơ.", "title")
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do lập hồ sơ ngoài danh mục.", "outside_reason")
    rule = retention.rule_of(retention_rule, today())
    _take_turn(session, case_file.unit_id)
    case_file.title, case_file.outside_reason = title.strip()[:500], reason.strip()[:500]
    case_file.retention_rule, case_file.retention_years = rule.code, rule.years
    code = organisation.get_unit(session, case_file.unit_id).code
    rows = sa.select(CaseFile.notation).where(CaseFile.year == case_file.year)
    planned = sa.select(CatalogueEntry.notation).join(FileCatalogue)
    taken = set(session.scalars(rows)) | set(
        session.scalars(planned.where(FileCatalogue.year == case_file.year))
    )
    case_file.notation = queries.next_notation(taken, code)


def _take_turn(session: Session, unit_id: int) -> None:
    """Two people of a unit who open files at once get their numbers one after the other; the
    unique year and notation would refuse the second otherwise."""
    session.execute(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True))


def _free_notation(session: Session, year: int, notation: str) -> str:
    """The entry's own for its first file, then 01.KT-2, 01.KT-3."""
    rows = sa.select(CaseFile.notation).where(
        CaseFile.year == year, CaseFile.notation.startswith(notation, autoescape=True)
    )
    taken, number = set(session.scalars(rows)), 1
    found = notation
    while found in taken:
        number += 1
        found = f"{notation}-{number}"
    return found


def _open_to(session: Session, case_file: CaseFile) -> None:
    grant(session, KIND, case_file.id, post_term(case_file.keeper_post_id), "keeper")
    grant(session, KIND, case_file.id, unit_term(case_file.unit_id), "unit")


def _mine(session: Session, actor: Actor, case_file_id: int) -> tuple[Actor, CaseFile]:
    """The file, locked, if the actor may change it. Raises NotFound, PermissionDenied."""
    case_file = queries.get_case_file(session, actor, case_file_id, lock=True)
    if not queries.may_change(actor, case_file):
        raise PermissionDenied(f"case file {case_file_id} lies with another post")
    return authorize(actor, MAKE, post_id=case_file.keeper_post_id), case_file


def edit_case_file(
    session: Session,
    actor: Actor,
    *,
    case_file_id: int,
    title: str,
    description: str,
    version: int | None = None,
) -> CaseFile:
    """Change title and description of an open file."""
    actor, case_file = _mine(session, actor, case_file_id)
    if version is not None and version != case_file.version:
        raise EditConflict(f"case file {case_file_id} is at {case_file.version}, not {version}")
    case_file.must_be_open()
    if not title.strip():
        raise InvalidInput("Phải ghi tiêu đề hồ sơ.", "title")
    case_file.title, case_file.description = title.strip()[:500], description.strip()[:500]
    _write_down(session, actor, case_file, "case_file.edited")
    return case_file


def add_document(
    session: Session,
    actor: Actor,
    *,
    case_file_id: int,
    kind: str,
    thing_id: int,
    note: str = "",
) -> CaseDocument:
    """Put a thing into a file: a row and a link, no copy, and no right to the thing.

    Putting it in again changes nothing.

    Raises:
        NotFound: the actor may not see the thing or the file.
        RuleViolated: the file is closed, or the thing is a case file itself.
    """
    actor, case_file = _mine(session, actor, case_file_id)
    case_file.must_be_open()
    if kind == KIND:
        raise RuleViolated("Không đưa hồ sơ vào trong hồ sơ.")
    if not kinds.cards(session, actor, [(kind, thing_id)]):
        raise NotFound(f"{kind} {thing_id}")
    known = session.scalar(_there(case_file.id, kind, thing_id))
    if known is not None:
        return known
    row = CaseDocument(
        case_file_id=case_file.id,
        kind=kind,
        thing_id=thing_id,
        note=note.strip()[:500],
        added_at=now(),
        added_by=actor.person_id,
        added_post_id=actor.post_id,
    )
    session.add(row)
    connect(session, actor, (kind, thing_id), Relation.PART_OF, (KIND, case_file.id))
    _write_down(session, actor, case_file, "case_file.document_added", kind=kind, thing=thing_id)
    document_filed(session, DocumentFiled(actor, case_file.id, kind, thing_id))
    outbox.changed(session, kind, thing_id)
    return row


def remove_document(
    session: Session, actor: Actor, *, case_file_id: int, document_id: int, reason: str
) -> CaseDocument:
    """Take a thing out again; who did it, when and why stays written down."""
    actor, case_file = _mine(session, actor, case_file_id)
    case_file.must_be_open()
    row = session.get(CaseDocument, document_id)
    if row is None or row.case_file_id != case_file.id or row.removed_at is not None:
        raise NotFound(f"document {document_id} is not in case file {case_file_id}")
    if not kinds.cards(session, actor, [(row.kind, row.thing_id)]):
        raise NotFound(f"{row.kind} {row.thing_id}")
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do rút văn bản khỏi hồ sơ.", "reason")
    row.removed_at, row.removed_by = now(), actor.person_id
    row.remove_reason = reason.strip()[:500]
    session.execute(
        sa.delete(Link).where(
            Link.from_kind == row.kind,
            Link.from_id == row.thing_id,
            Link.relation == Relation.PART_OF,
            Link.to_kind == KIND,
            Link.to_id == case_file.id,
        )
    )
    _write_down(
        session, actor, case_file, "case_file.document_removed", kind=row.kind, thing=row.thing_id
    )
    return row


def close_case_file(
    session: Session, actor: Actor, *, case_file_id: int, on: date | None = None
) -> CaseFile:
    """End the file: nothing goes in or out, and the day for handing it over is known.

    Raises RuleViolated for an empty file, InvalidInput for a day outside its life.
    """
    actor, case_file = _mine(session, actor, case_file_id)
    day = on or today()
    if day > today() or day.year < case_file.year:
        raise InvalidInput("Ngày kết thúc phải từ năm lập hồ sơ đến hôm nay.", "closed_on")
    rows = sa.select(CaseDocument.id).filter_by(case_file_id=case_file.id, removed_at=None)
    if session.scalar(rows.limit(1)) is None:
        raise RuleViolated("Hồ sơ chưa có văn bản nào nên chưa kết thúc được.")
    case_file.become(CaseState.CLOSED)
    case_file.closed_on = day
    case_file.transfer_on = retention.transfer_day(
        day, case_file.retention_years, construction=_is_construction(case_file)
    )
    _write_down(session, actor, case_file, "case_file.closed", on=day.isoformat())
    return case_file


def _is_construction(case_file: CaseFile) -> bool:
    found = {rule.code: rule.construction for rule in retention.rules(today())}
    return found.get(case_file.retention_rule, False)


def reopen_case_file(session: Session, actor: Actor, *, case_file_id: int, reason: str) -> CaseFile:
    """Open a closed file again, with the reason. Not once the archive has it or it is packed."""
    actor, case_file = _mine(session, actor, case_file_id)
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do mở lại.", "reason")
    waiting = {one.id for one in queries.ready_to_pack(session)}
    if case_file.transfer_on is not None and case_file.id not in waiting:
        raise RuleViolated("Hồ sơ đã đóng gói nộp lưu, không mở lại được.")
    case_file.become(CaseState.OPEN)
    case_file.closed_on = case_file.transfer_on = case_file.kept_until = None
    case_file.reminded_for = None
    _write_down(session, actor, case_file, "case_file.reopened", reason=bool(reason))
    return case_file


def keep_back(
    session: Session, actor: Actor, *, case_file_id: int, until: date, consent: str
) -> CaseFile:
    """Let the unit keep a closed file longer; the archive's written consent is named.

    Raises InvalidInput beyond the longest time, or without the consent.
    """
    actor = authorize(actor, ARCHIVE)
    case_file = queries.get_case_file(session, actor, case_file_id, lock=True)
    if case_file.state is not CaseState.CLOSED or case_file.transfer_on is None:
        raise RuleViolated("Chỉ gia hạn giữ lại cho hồ sơ đã kết thúc và phải nộp lưu.")
    latest = retention.latest_kept(case_file.transfer_on)
    if not case_file.transfer_on < until <= latest:
        raise InvalidInput(
            f"Ngày giữ lại phải sau {case_file.transfer_on:%d/%m/%Y} và không quá "
            f"{latest:%d/%m/%Y}.",
            "until",
        )
    if not consent.strip():
        raise InvalidInput("Phải ghi văn bản đồng ý của lưu trữ cơ quan.", "consent")
    case_file.kept_until, case_file.keep_reason = until, consent.strip()[:500]
    case_file.reminded_for = None
    _write_down(session, actor, case_file, "case_file.kept_back", until=until.isoformat())
    return case_file


def share(session: Session, actor: Actor, *, case_file_id: int, post_id: int) -> CaseFile:
    """Let another post see the file (not the documents it may not see anyway)."""
    actor, case_file = _mine(session, actor, case_file_id)
    organisation.get_post(session, post_id)
    grant(session, KIND, case_file.id, post_term(post_id), "shared")
    notify(
        session,
        event="case_file.shared",
        kind=KIND,
        thing_id=case_file.id,
        title=f"Được xem hồ sơ {case_file.notation}: {case_file.title}",
        post_ids=[post_id],
    )
    _write_down(session, actor, case_file, "case_file.shared", post=post_id)
    return case_file


def unshare(session: Session, actor: Actor, *, case_file_id: int, post_id: int) -> CaseFile:
    """Close the file to a post it was shared with; the keeper and the unit keep theirs."""
    actor, case_file = _mine(session, actor, case_file_id)
    shared = sa.select(Access.id).filter_by(
        kind=KIND, thing_id=case_file.id, term=post_term(post_id), reason="shared"
    )
    if session.scalar(shared) is None:
        raise NotFound(f"case file {case_file_id} is not shared with post {post_id}")
    revoke(session, KIND, case_file.id, post_term(post_id))
    _write_down(session, actor, case_file, "case_file.unshared", post=post_id)
    return case_file


def _there(case_file_id: int, kind: str, thing_id: int) -> sa.Select[tuple[CaseDocument]]:
    return sa.select(CaseDocument).filter_by(
        case_file_id=case_file_id, kind=kind, thing_id=thing_id, removed_at=None
    )


def _write_down(
    session: Session, actor: Actor, case_file: CaseFile, action: str, **detail: object
) -> None:
    audit.record(session, actor, action, case_file.id, **detail)
    outbox.changed(session, KIND, case_file.id)
