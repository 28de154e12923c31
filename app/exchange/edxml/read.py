"""Read an edXML file: a packet or a status. Called in the sandbox as "…read:read_file".

Tolerant of what peers get wrong (prefixes, case, `Bussiness` and `Business`, dates day first, a
SOAP envelope around it); strict about size and shape.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from app.exchange.edxml import tree
from app.exchange.edxml.tree import Node
from app.exchange.edxml.types import (
    Attachment,
    Business,
    Packet,
    Party,
    Replacement,
    ResponseFor,
    Staff,
    Status,
    to_json,
)
from ocr.errors import FileRefused

HANOI = timezone(timedelta(hours=7))  # times on the wire carry no zone
FIRST_YEAR, LAST_YEAR = 1900, 2200
_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def read_file(path: str, limit: int) -> dict[str, Any]:
    """The message in a file as JSON values; attachments are left in the working folder.

    Raises:
        FileRefused: not an edXML message; `detail` begins with "edxml:".
    """
    with Path(path).open("rb") as source:
        return to_json(read(tree.parse(source, Path.cwd(), limit=limit)))


def read(root: Node) -> Packet | Status:
    """The message in a tree."""
    header = root.first("messageheader")
    status = next((one for one in root.all("status") if one.child("statuscode").text), None)
    if status is not None:
        return _status(status)
    if header is None:
        raise FileRefused("broken", "edxml:header")
    return _packet(root, header)


def _packet(root: Node, header: Node) -> Packet:
    code, promulgation = header.child("code"), header.child("promulgationinfo")
    kind, signer, other = (
        header.child("documenttype"), header.child("signerinfo"), header.child("otherinfo"),
    )  # fmt: skip
    trace = root.first("traceheaderlist") or Node("traceheaderlist")
    moments = [as_moment(one.value("timestamp")) for one in trace.all("traceheader")]
    return Packet(
        sender=_party(header.child("from")),
        receivers=tuple(_party(one) for one in header.children_of("to")),
        code_number=code.value("codenumber"),
        code_notation=code.value("codenotation"),
        place=promulgation.value("place"),
        issued_date=as_day(promulgation.value("promulgationdate")),
        type_code=kind.value("type"),
        type_detail=kind.value("typedetail"),
        type_name=kind.value("typename"),
        subject=header.value("subject"),
        content=header.value("content"),
        signer_competence=signer.value("competence"),
        signer_position=signer.value("position"),
        signer_name=signer.value("fullname"),
        due_date=as_day(header.value("duedate")),
        to_places=_texts(header.child("toplaces"), "place"),
        priority=as_number(other.value("priority")) or 0,
        amount=as_number(other.value("promulgationamount")),
        pages=as_number(other.value("pageamount")),
        appendixes=_texts(other.child("appendixes"), "appendix"),
        response_for=tuple(_response(one) for one in header.children_of("responsefor")),
        steering=header.value("steeringtype"),
        document_id=header.value("documentid"),
        sent_at=next((one for one in moments if one is not None), None),
        business=_business(root.first("business") or Node("business")),
        attachments=_attachments(root),
    )


def _status(node: Node) -> Status:
    code = node.value("statuscode")
    if not re.fullmatch(r"\d{1,2}", code):
        raise FileRefused("broken", "edxml:status")
    response = _response(node.child("responsefor"))
    if not response.document_id and not response.code:
        raise FileRefused("broken", "edxml:status")
    return Status(
        response_for=response,
        sender=_party(node.child("from")),
        code=code.zfill(2),
        description=node.value("description"),
        at=as_moment(node.value("timestamp")),
        staff=_staff(node.child("staffinfo")),
    )


def _party(node: Node) -> Party:
    return Party(
        organ_id=node.value("organid"),
        name=node.value("organname"),
        in_charge=node.value("organizationincharge"),
        address=node.value("organadd"),
        email=node.value("email"),
        telephone=node.value("telephone"),
        fax=node.value("fax"),
        website=node.value("website"),
    )


def _response(node: Node) -> ResponseFor:
    code = node.child("code")
    number, notation = code.value("codenumber"), code.value("codenotation")
    return ResponseFor(
        organ_id=node.value("organid"),
        code=Packet(Party(), code_number=number, code_notation=notation).code or code.text,
        issued_date=as_day(node.value("promulgationdate")),
        document_id=node.value("documentid"),
    )


def _staff(node: Node) -> Staff:
    return Staff(
        department=node.value("department"),
        name=node.value("staff"),
        mobile=node.value("mobile"),
        email=node.value("email"),
    )


def _business(node: Node) -> Business:
    replaced = [
        Replacement(one.value("documentid"), _texts(one.child("organidlist"), "organid"))
        for one in node.child("replacementinfolist").children_of("replacementinfo")
    ]
    return Business(
        kind=as_number(node.value("businessdoctype")) or 0,
        reason=node.value("businessdocreason"),
        document_id=node.value("documentid"),
        staff=_staff(node.child("staffinfo")),
        paper=as_number(node.value("paper")) or 0,
        replaces=tuple(replaced),
    )


def _attachments(root: Node) -> tuple[Attachment, ...]:
    """The encoded files, named by themselves or by their reference in the manifest."""
    references = {
        content_id(one.value("contentid") or one.attributes.get("href", "")): one
        for one in root.all("reference")
    }
    found = []
    for node in root.all("attachment"):
        content = node.child(*tree.CONTENT)
        identity = content_id(node.value("contentid"))
        reference = references.get(identity, Node("reference"))
        if not content.path:
            raise FileRefused("broken", "edxml:attachment")
        found.append(
            Attachment(
                name=node.value("attachmentname") or reference.value("attachmentname"),
                content_type=node.value("contenttype") or reference.value("contenttype"),
                content_id=identity,
                description=node.value("description") or reference.value("description"),
                path=content.path,
                size=content.size,
            )
        )
    return tuple(found)


def content_id(text: str) -> str:
    """Without “cid:”: peers write it in one place, the other or both."""
    return text.strip().removeprefix("cid:").strip()


def _texts(node: Node, name: str) -> tuple[str, ...]:
    return tuple(one.text for one in node.children_of(name) if one.text)


def as_day(text: str) -> date | None:
    """2026/05/20, also with other separators or the day first; None for anything else."""
    found = _YEAR_FIRST.match(text)
    if found:
        year, month, day = (int(one) for one in found.groups())
    elif found := _DAY_FIRST.match(text):
        day, month, year = (int(one) for one in found.groups())
    else:
        return None
    if not FIRST_YEAR <= year <= LAST_YEAR:  # 0001/01/01 stands for "none" where dates have no null
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def as_moment(text: str) -> datetime | None:
    """A day with or without a time of day, in Vietnamese time; None for anything else."""
    day = as_day(text)
    if day is None:
        return None
    clock = _CLOCK.search(text)
    hour, minute, second = (int(one or 0) for one in clock.groups()) if clock else (0, 0, 0)
    try:
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=HANOI)
    except ValueError:
        return None


def as_number(text: str) -> int | None:
    """A small number without sign; None for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None
