"""Registering: a number, the data of the book, and where the letter goes next."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now, today
from app.errors import EditConflict, InvalidInput, NotFound, RuleViolated
from app.incoming import permissions
from app.incoming.events import LetterRegistered
from app.incoming.models import (
    DueSource,
    IncomingDocument,
    IncomingStatus,
    IntakeItem,
    IntakeState,
    Urgency,
)
from app.incoming.queries import ledger
from app.incoming.queries.letters import KIND, get_letter, same_letter
from app.incoming.services import drafts, grouping, routing
from app.organisation.models import IssuingBody, Organ
from app.organisation.queries import get_organ, organ_family
from app.organisation.services.organs import ensure_organ
from app.registers import services as registers
from app.registers.models import Direction, DocumentType, NumberSeries, RegisterEntry
from app.registers.queries import series_for
from app.security import Actor, authorize
from app.tasks import custody
from app.tasks.models import Station

NOT_PASSED = frozenset({IntakeState.RECEIVED, IntakeState.QUARANTINED})


class SameLetter(RuleViolated):
    """A registered letter has the same number, symbol, organ and date. `ids` name them."""

    def __init__(self, letters: list[IncomingDocument]) -> None:
        self.ids = [letter.id for letter in letters]
        labels = ", ".join(f"số đến {letter.arrival_label}" for letter in letters)
        super().__init__(
            f"Đã có văn bản cùng số, ký hiệu, cơ quan và ngày ban hành ({labels}). "
            "Hãy đính vào văn bản đó, hoặc vào sổ kèm lý do, hoặc từ chối."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationData:
    """What the book says of a letter. `organ_name` makes an organ when `organ_id` is None.
    `due_at` is what the letter itself asks for, not a leader's date."""

    issuing_body_id: int
    subject_summary: str
    organ_id: int | None = None
    organ_name: str = ""
    code_number: str = ""
    code_notation: str = ""
    issued_date: date | None = None
    document_type: str | None = None
    urgency: int = Urgency.NORMAL
    signer_name: str = ""
    signer_authority: str = ""
    signer_position: str = ""
    page_count: int | None = None
    copies: int = 1
    due_at: datetime | None = None
    due_source: DueSource = DueSource.NONE
    note: str = ""
    envelope_only: bool = False
    reading_confidence: float | None = None


def register_letter(
    session: Session,
    actor: Actor,
    *,
    letter_id: int,
    data: RegistrationData,
    version: int | None = None,
    duplicate_reason: str = "",
    submit_to_post_id: int | None = None,
    late_after: int | None = None,
    late_reason: str = "",
) -> IncomingDocument:
    """Enter a draft in the book of its issuing body and give it the next arrival number.

    `submit_to_post_id` submits it at once to a leader, or to the chief of office who proposes.
    `late_after` inserts it after a number already given (15a), by right and with `late_reason`.
    The number is taken by the last statements before the commit.

    Raises:
        EditConflict: `version` is not the draft's any more.
        InvalidInput: a value is missing or wrong; `field` names it.
        SameLetter: it seems to be registered already and `duplicate_reason` is empty.
        RuleViolated: it is registered, or a file of it has not passed quarantine.
    """
    actor = authorize(actor, permissions.REGISTER)
    letter = get_letter(session, actor, letter_id)
    if version is not None and letter.version != version:
        raise EditConflict(f"incoming {letter_id}: {version} is not {letter.version}")
    drafts.must_be_draft(letter)
    items = _must_have_passed(session, letter)
    series = _book_of(session, data)
    wanted = _wanted(letter, data, _check(session, data), _organ_of(session, actor, data))
    twins = _twins(session, letter, wanted)
    if twins and not duplicate_reason.strip():
        raise SameLetter(twins)
    with session.no_autoflush:  # what is written beside the letter, in one go
        _note_registered(session, actor, letter, twins)
        grouping.settle(items)
        outbox.changed(session, KIND, letter.id)
        outbox.publish(session, LetterRegistered(letter_id=letter.id))
    session.flush()
    if submit_to_post_id is not None:  # the leader's notice tells of it
        _write(letter, wanted)
        _become_registered(letter, actor, twins, duplicate_reason)
        routing.submit_registered(session, actor, letter, submit_to_post_id)
        session.flush()
    entry = _number(session, actor, letter.id, series, late_after, late_reason)
    if submit_to_post_id is None:  # the letter is written once, with its number
        _write(letter, wanted)
        _become_registered(letter, actor, twins, duplicate_reason)
    _take_number(letter, entry)
    session.flush()
    return letter


def _note_registered(
    session: Session, actor: Actor, letter: IncomingDocument, twins: list[IncomingDocument]
) -> None:
    """Custody and trail of a registration."""
    custody.move(
        session, KIND, letter.id,
        station=Station.REGISTERING, post_id=actor.post_id, unit_id=actor.unit_id,
    )  # fmt: skip
    ids = [twin.id for twin in twins]
    audit.record(session, actor, "incoming.registered", letter.id, double_of=ids)


def _become_registered(
    letter: IncomingDocument, actor: Actor, twins: list[IncomingDocument], reason: str
) -> None:
    """The letter's own state; its number comes last of all."""
    letter.status = IncomingStatus.REGISTERED
    letter.arrival_date, letter.registered_at = today(), now()
    letter.registered_by = actor.person_id
    if twins:
        letter.note = f"{letter.note} [Trùng, vẫn vào sổ: {reason.strip()}]".strip()[:500]


def _must_have_passed(session: Session, letter: IncomingDocument) -> list[IntakeItem]:
    """The ledger rows of the letter, all of which have passed quarantine."""
    items = ledger.items_of(session, [letter.id])[letter.id]
    for item in items:
        if item.held:
            raise RuleViolated("Có tệp đang giữ lại vì nghi là tài liệu mật, chưa vào sổ được.")
        if item.state in NOT_PASSED:
            raise RuleViolated("Tệp còn đang được kiểm tra dấu mật. Hãy thử lại sau ít giây.")
    return items


def _check(session: Session, data: RegistrationData) -> DocumentType | None:
    """Refuse what cannot be written in the book; gives the document type, looked up once."""
    if not data.subject_summary.strip():
        raise InvalidInput("Phải nhập trích yếu.", "subject_summary")
    if data.organ_id is None and not data.organ_name.strip():
        raise InvalidInput("Phải nhập cơ quan ban hành.", "organ_name")
    kind = session.get(DocumentType, data.document_type) if data.document_type else None
    if data.document_type and kind is None:
        raise InvalidInput("Loại văn bản không có trong danh mục.", "document_type")
    if data.issued_date is not None and data.issued_date > today():
        raise InvalidInput("Ngày ban hành ở sau hôm nay.", "issued_date")
    if data.urgency not in list(Urgency):
        raise InvalidInput("Độ khẩn không hợp lệ.", "urgency")
    if data.copies < 1:
        raise InvalidInput("Số bản phải từ 1 trở lên.", "copies")
    if (data.due_at is None) != (data.due_source is DueSource.NONE):
        raise InvalidInput("Thời hạn phải nói rõ lấy từ đâu.", "due_at")
    return kind


def _book_of(session: Session, data: RegistrationData) -> NumberSeries:
    """The series that numbers what this body receives."""
    try:
        return series_for(session, Direction.INCOMING, data.issuing_body_id)
    except NotFound:
        if session.get(IssuingBody, data.issuing_body_id) is None:
            raise InvalidInput("Hãy chọn nơi nhận (sổ đăng ký).", "issuing_body_id") from None
        raise


TEXTS = {
    "subject_summary": 500, "code_number": 40, "code_notation": 60, "signer_name": 100,
    "signer_authority": 200, "signer_position": 200, "note": 500, "organ_name": 300,
}  # fmt: skip
PLAIN = (
    "issuing_body_id", "issued_date", "document_type", "urgency", "page_count", "copies",
    "envelope_only", "reading_confidence",
)  # fmt: skip


def _organ_of(session: Session, actor: Actor, data: RegistrationData) -> Organ:
    if data.organ_id is not None:
        return get_organ(session, data.organ_id)
    return ensure_organ(session, actor, data.organ_name)


def _wanted(
    letter: IncomingDocument, data: RegistrationData, kind: DocumentType | None, organ: Organ
) -> dict[str, Any]:
    """The letter's attributes as `data` asks for them."""
    wanted: dict[str, Any] = {name: getattr(data, name) for name in PLAIN}
    for name, length in TEXTS.items():
        wanted[name] = " ".join(str(getattr(data, name)).split())[:length]
    wanted["sender_due_at"] = data.due_at
    if letter.due_source is not DueSource.LEADER:  # whose date counts before the sender's
        wanted |= {"due_at": data.due_at, "due_source": data.due_source}
    wanted["organ_id"] = organ.id
    wanted["organ_name"] = wanted["organ_name"] or organ.name
    wanted["urgency"] = int(data.urgency)
    wanted["document_family"] = kind.family if kind else "other"
    return wanted


def _write(letter: IncomingDocument, wanted: dict[str, Any]) -> list[str]:
    """Write them into the letter; returns the names of what changed."""
    changed = [name for name, value in wanted.items() if getattr(letter, name) != value]
    for name in changed:
        setattr(letter, name, wanted[name])
    return changed


def _twins(
    session: Session, letter: IncomingDocument, wanted: dict[str, Any]
) -> list[IncomingDocument]:
    """Registered letters that are probably the same: number, symbol and date, of the same organ."""
    alike = same_letter(
        session,
        code_number=wanted["code_number"],
        code_notation=wanted["code_notation"],
        issued_date=wanted["issued_date"],
        except_id=letter.id,
    )
    if not alike:  # as nearly always: the organs merged into one another need not be asked for
        return []
    family = organ_family(session, wanted["organ_id"])
    return [twin for twin in alike if twin.organ_id in family]


def _number(
    session: Session,
    actor: Actor,
    letter_id: int,
    series: NumberSeries,
    late_after: int | None,
    late_reason: str,
) -> RegisterEntry:
    """Take the number. From here to the commit other registrations of the book wait."""
    if late_after is None:
        return registers.allocate(
            session, actor, series_id=series.id, kind=KIND, thing_id=letter_id
        )
    return registers.insert_late(
        session, actor, series_id=series.id, year=series.year_of(today()),
        after_number=late_after, kind=KIND, thing_id=letter_id, reason=late_reason,
    )  # fmt: skip


def _take_number(letter: IncomingDocument, entry: RegisterEntry) -> None:
    letter.register_entry_id, letter.arrival_number = entry.id, entry.number
    letter.arrival_label, letter.arrival_year = entry.label, entry.year
    letter.arrival_date = entry.entered_on


def correct_letter(
    session: Session,
    actor: Actor,
    *,
    letter_id: int,
    data: RegistrationData,
    reason: str,
    version: int | None = None,
) -> IncomingDocument:
    """Correct the data of a registered letter, with a reason. Number and book stay.

    Raises EditConflict, InvalidInput, and RuleViolated without a reason or for another book.
    """
    actor = authorize(actor, permissions.REGISTER)
    letter = get_letter(session, actor, letter_id)
    letter.must_be_registered()
    if version is not None and letter.version != version:
        raise EditConflict(f"incoming {letter_id}: {version} is not {letter.version}")
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do sửa.", "reason")
    if data.issuing_body_id != letter.issuing_body_id:
        raise RuleViolated("Muốn đổi sổ, hãy hủy số đến rồi vào sổ lại.")
    wanted = _wanted(letter, data, _check(session, data), _organ_of(session, actor, data))
    changed = _write(letter, wanted)
    audit.record(session, actor, "incoming.corrected", letter.id, fields=changed)
    outbox.changed(session, KIND, letter.id)
    return letter


def data_of(letter: IncomingDocument) -> RegistrationData:
    """The letter's data as it stands, to be changed in part with `dataclasses.replace`."""
    if letter.issuing_body_id is None:
        raise RuleViolated("Văn bản chưa vào sổ.")
    values = {field.name: getattr(letter, field.name) for field in fields(RegistrationData)}
    asked = letter.sender_due_at
    values |= {"due_at": asked, "due_source": DueSource.TEXT if asked else DueSource.NONE}
    return RegistrationData(**values)


def take_number_back(session: Session, letter: IncomingDocument) -> None:
    """The number was voided: the letter waits for registration again, with its data.

    Raises RuleViolated when somebody already deals with it.
    """
    if letter.status not in (IncomingStatus.REGISTERED, IncomingStatus.SUBMITTED):
        raise RuleViolated("Văn bản đã được xử lý, không hủy số đến được.")
    letter.status = IncomingStatus.RECEIVED
    letter.register_entry_id = letter.arrival_number = None
    letter.arrival_label = letter.arrival_year = None
    letter.arrival_date = letter.registered_at = None
    letter.submitted_to_post_id = letter.submitted_at = None
    for item in ledger.items_of(session, [letter.id])[letter.id]:
        item.state, item.settled_at = IntakeState.READ, None
    custody.close(session, KIND, letter.id)
    session.flush()
