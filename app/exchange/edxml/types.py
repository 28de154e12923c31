"""What an edXML message says, without its tags. Light: the sandbox's child imports it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

NEW, RECALL, UPDATE, REPLACE = 0, 1, 2, 3
"""BussinessDocType: a new document, a recall, an update, a replacement."""

ARRIVED, REJECTED, ACCEPTED, ASSIGNED, HANDLED, DONE = "01", "02", "03", "04", "05", "06"
RECALL_ASKED, RECALL_AGREED, RECALL_REFUSED = "13", "15", "16"
STATUS_LABELS = {
    ARRIVED: "Đã đến",
    REJECTED: "Từ chối tiếp nhận",
    ACCEPTED: "Đã tiếp nhận",
    ASSIGNED: "Đã phân công",
    HANDLED: "Đang xử lý",
    DONE: "Hoàn thành",
    RECALL_ASKED: "Yêu cầu thu hồi",
    RECALL_AGREED: "Đồng ý thu hồi",
    RECALL_REFUSED: "Từ chối thu hồi",
}


@dataclass(frozen=True, slots=True)
class Party:
    """From or To: an organ with its code and addresses."""

    organ_id: str = ""
    name: str = ""
    in_charge: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class ResponseFor:
    """The document that a message answers. `code` is number and symbol in one."""

    organ_id: str = ""
    code: str = ""
    issued_date: date | None = None
    document_id: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who did it at the sending organ."""

    department: str = ""
    name: str = ""
    mobile: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A document that this one takes the place of, and at which receivers."""

    document_id: str
    organ_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Business:
    """What the message does: new, recall, update, replacement, with its reason."""

    kind: int = NEW
    reason: str = ""
    document_id: str = ""
    staff: Staff = field(default_factory=Staff)
    paper: int = 0
    replaces: tuple[Replacement, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file. `path` is where its bytes lie: to be written from, or read to."""

    name: str
    content_type: str = ""
    content_id: str = ""
    description: str = ""
    path: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Packet:
    """A document on its way between organs. Dates are days; `sent_at` is the trace's moment."""

    sender: Party
    receivers: tuple[Party, ...] = ()
    code_number: str = ""
    code_notation: str = ""
    place: str = ""
    issued_date: date | None = None
    type_code: str = ""
    type_detail: str = ""
    type_name: str = ""
    subject: str = ""
    content: str = ""
    signer_competence: str = ""
    signer_position: str = ""
    signer_name: str = ""
    due_date: date | None = None
    to_places: tuple[str, ...] = ()
    priority: int = 0
    amount: int | None = None
    pages: int | None = None
    appendixes: tuple[str, ...] = ()
    response_for: tuple[ResponseFor, ...] = ()
    steering: str = ""
    document_id: str = ""
    sent_at: datetime | None = None
    business: Business = field(default_factory=Business)
    attachments: tuple[Attachment, ...] = ()

    @property
    def code(self) -> str:
        """145/TTr-KTHT, or 15-QĐ/TU where the symbol has a slash and no hyphen."""
        if self.code_number and self.code_notation:
            dash = "-" if "/" in self.code_notation and "-" not in self.code_notation else "/"
            return f"{self.code_number}{dash}{self.code_notation}"
        return self.code_number or self.code_notation


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a document: a code of `STATUS_LABELS`, from whom, when."""

    response_for: ResponseFor
    sender: Party
    code: str
    description: str = ""
    at: datetime | None = None
    staff: Staff = field(default_factory=Staff)


def to_json(message: Packet | Status) -> dict[str, Any]:
    """Plain values; the sandbox's answer crosses the border as JSON."""
    kind = "packet" if isinstance(message, Packet) else "status"
    return {"kind": kind, **_plain(asdict(message))}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def from_json(data: dict[str, Any]) -> Packet | Status:
    """The inverse of `to_json`. Raises KeyError, TypeError or ValueError for anything else."""
    values = {key: value for key, value in data.items() if key != "kind"}
    if data["kind"] == "status":
        values |= {
            "response_for": _response(values["response_for"]),
            "sender": Party(**values["sender"]),
            "at": _moment(values["at"]),
            "staff": Staff(**values["staff"]),
        }
        return Status(**values)
    business = values["business"]
    replaces = tuple(
        Replacement(one["document_id"], tuple(one["organ_ids"])) for one in business["replaces"]
    )
    values |= {
        "sender": Party(**values["sender"]),
        "receivers": tuple(Party(**one) for one in values["receivers"]),
        "issued_date": _day(values["issued_date"]),
        "due_date": _day(values["due_date"]),
        "to_places": tuple(values["to_places"]),
        "appendixes": tuple(values["appendixes"]),
        "response_for": tuple(_response(one) for one in values["response_for"]),
        "sent_at": _moment(values["sent_at"]),
        "business": Business(
            **{**business, "staff": Staff(**business["staff"]), "replaces": replaces}
        ),
        "attachments": tuple(Attachment(**one) for one in values["attachments"]),
    }
    return Packet(**values)


def _response(data: dict[str, Any]) -> ResponseFor:
    return ResponseFor(**{**data, "issued_date": _day(data["issued_date"])})


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
