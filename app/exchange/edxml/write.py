"""Write edXML messages, with the misspelling `Bussiness` that is the wire's name.

The prefix stands literally on what a .NET receiver looks for; parts of the header and of
`AttachmentEncoded` have none, as in the implementations that were read (docs/exchange.md).
"""

from __future__ import annotations

import base64
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from app.exchange.edxml.read import HANOI
from app.exchange.edxml.types import Attachment, Packet, Party, ResponseFor, Staff, Status

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
LINKS = "http://www.w3.org/1999/xlink"
CHUNK = 57 * 1024  # a multiple of 3: base64 pieces join without padding
_CONTROL = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def write_packet(packet: Packet, out: BinaryIO) -> None:
    """The packet; attachments are read from their paths piece by piece.

    Raises FileNotFoundError when an attachment is not there.
    """
    header = _message_header(packet) + _trace(packet)
    references = "".join(_reference(one) for one in packet.attachments)
    head = (
        f"<edXML:edXMLEnvelope><edXML:edXMLHeader>{header}</edXML:edXMLHeader>"
        f'<edXML:edXMLBody><edXML:edXMLManifest version="1.0">{references}'
        "</edXML:edXMLManifest></edXML:edXMLBody></edXML:edXMLEnvelope>"
    )
    out.write((_opening() + head + "<AttachmentEncoded>").encode())
    for one in packet.attachments:
        _attach(one, out)
    out.write(b"</AttachmentEncoded></edXML:edXML>\n")


def write_status(status: Status) -> bytes:
    """The status message."""
    body = (
        _response(status.response_for)
        + _party("From", status.sender)
        + _tag("StatusCode", status.code)
        + _tag("Description", status.description)
        + _tag("Timestamp", moment(status.at))
        + _staff(status.staff)
    )
    return (
        f"{_opening()}<edXML:edXMLEnvelope><edXML:edXMLHeader><edXML:Status>{body}"
        "</edXML:Status></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML:edXML>\n"
    ).encode()


def _opening() -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<edXML:edXML xmlns:edXML={quoteattr(NAMESPACE)} xmlns:xlink={quoteattr(LINKS)}>"
    )


def _message_header(packet: Packet) -> str:
    other = (
        _tag("Priority", packet.priority)
        + _tag("PromulgationAmount", packet.amount)
        + _tag("PageAmount", packet.pages)
        + _wrap("Appendixes", "".join(_tag("Appendix", one) for one in packet.appendixes))
    )
    parts = (
        _party("From", packet.sender),
        *(_party("To", one) for one in packet.receivers),
        _wrap(
            "Code",
            _tag("CodeNumber", packet.code_number) + _tag("CodeNotation", packet.code_notation),
        ),
        _wrap(
            "PromulgationInfo",
            _tag("Place", packet.place) + _tag("PromulgationDate", day(packet.issued_date)),
        ),
        _wrap(
            "DocumentType",
            _tag("Type", packet.type_code)
            + _tag("TypeDetail", packet.type_detail)
            + _tag("TypeName", packet.type_name),
        ),
        _tag("Subject", packet.subject),
        _tag("Content", packet.content),
        _wrap(
            "SignerInfo",
            _tag("Competence", packet.signer_competence)
            + _tag("Position", packet.signer_position)
            + _tag("FullName", packet.signer_name),
        ),
        _tag("DueDate", day(packet.due_date)),
        _wrap("ToPlaces", "".join(_tag("Place", one) for one in packet.to_places)),
        _wrap("OtherInfo", other),
        *(_response(one) for one in packet.response_for),
        _tag("SteeringType", packet.steering),
        _tag("DocumentId", packet.document_id),
    )
    return f"<edXML:MessageHeader>{''.join(parts)}</edXML:MessageHeader>"


def _trace(packet: Packet) -> str:
    business = packet.business
    replaced = "".join(
        _wrap(
            "ReplacementInfo",
            _tag("DocumentId", one.document_id)
            + _wrap("OrganIdList", "".join(_tag("OrganId", code) for code in one.organ_ids)),
        )
        for one in business.replaces
    )
    does = (
        _tag("BussinessDocType", business.kind)
        + _tag("BussinessDocReason", business.reason)
        + _tag("DocumentId", business.document_id)
        + _staff(business.staff)
        + _tag("Paper", business.paper)
        + _wrap("ReplacementInfoList", replaced)
    )
    trace = _tag("OrganId", packet.sender.organ_id) + _tag("Timestamp", moment(packet.sent_at))
    return (
        '<edXML:TraceHeaderList id="trace" version="1.0" mustUnderstand="1">'
        f"{_wrap('TraceHeader', trace)}{_wrap('Bussiness', does)}</edXML:TraceHeaderList>"
    )


def _party(name: str, party: Party) -> str:
    return _wrap(
        name,
        _tag("OrganId", party.organ_id)
        + _tag("OrganizationInCharge", party.in_charge)
        + _tag("OrganName", party.name)
        + _tag("OrganAdd", party.address)
        + _tag("Email", party.email)
        + _tag("Telephone", party.telephone)
        + _tag("Fax", party.fax)
        + _tag("Website", party.website),
    )


def _response(response: ResponseFor) -> str:
    return _wrap(
        "ResponseFor",
        _tag("OrganId", response.organ_id)
        + _tag("Code", response.code)
        + _tag("PromulgationDate", day(response.issued_date))
        + _tag("DocumentId", response.document_id),
    )


def _staff(staff: Staff) -> str:
    return _wrap(
        "StaffInfo",
        _tag("Department", staff.department)
        + _tag("Staff", staff.name)
        + _tag("Mobile", staff.mobile)
        + _tag("Email", staff.email),
    )


def _reference(one: Attachment) -> str:
    return (
        f"<edXML:Reference xlink:href={quoteattr(f'cid:{clean(one.content_id)}')}>"
        + _tag("ContentId", f"cid:{one.content_id}")
        + _tag("ContentType", one.content_type)
        + _tag("Description", one.description)
        + _tag("AttachmentName", one.name)
        + "</edXML:Reference>"
    )


def _attach(one: Attachment, out: BinaryIO) -> None:
    about = (
        _tag("ContentType", one.content_type)
        + _tag("ContentId", one.content_id)
        + _tag("Description", one.description)
        + _tag("AttachmentName", one.name)
    )
    out.write(f"<Attachment>{about}<ContentTransferEncoded>".encode())
    with Path(one.path).open("rb") as source:
        while chunk := source.read(CHUNK):
            out.write(base64.b64encode(chunk))
    out.write(b"</ContentTransferEncoded></Attachment>")


def _tag(name: str, value: str | int | None) -> str:
    return f"<{name}>{'' if value is None else escape(clean(str(value)))}</{name}>"


def _wrap(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>"


def clean(text: str) -> str:
    """Without characters that XML cannot carry."""
    return _CONTROL.sub("", text)


def day(value: date | None) -> str:
    """2026/05/20."""
    return value.strftime("%Y/%m/%d") if value else ""


def moment(value: datetime | None) -> str:
    """2026/05/20 14:05:00, in Vietnamese time."""
    if value is None:
        return ""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(HANOI).strftime("%Y/%m/%d %H:%M:%S")
