"""edXML messages: written and read again, tolerant of peers, closed to attacks."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.exchange.edxml import (
    Attachment,
    Business,
    Packet,
    Party,
    Replacement,
    ResponseFor,
    Staff,
    Status,
)
from app.exchange.edxml.read import HANOI, as_moment, read, read_file
from app.exchange.edxml.tree import parse
from app.exchange.edxml.types import from_json, to_json
from app.exchange.edxml.write import write_packet, write_status
from ocr import sandbox
from ocr.errors import FileRefused
from ocr.types import Limits

MIB = 1024 * 1024
letters = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp", "Zs", "Cf", "Co"]
)
line = (
    st.lists(st.text(letters, min_size=1, max_size=8), max_size=4)
    .map(" ".join)
    .filter(lambda text: "\ufffe" not in text and "\uffff" not in text)
)
word = st.text("ABCDHUNQVT.0123456789", max_size=12)
days = st.none() | st.dates(date(1945, 9, 2), date(2199, 12, 31))
moments = st.none() | st.integers(0, 7_000_000_000).map(
    lambda seconds: datetime.fromtimestamp(seconds, HANOI)
)
parties = st.builds(Party, word, line, word, line, line, line, line, line)
staffs = st.builds(Staff, line, line, line, line)
responses = st.builds(ResponseFor, word, word, days, line)
several = st.lists(line.filter(bool), max_size=3).map(tuple)
numbers = st.none() | st.integers(0, 999)
businesses = st.builds(
    Business,
    kind=st.integers(0, 3),
    reason=line,
    document_id=line,
    staff=staffs,
    paper=st.integers(0, 1),
    replaces=st.lists(st.builds(Replacement, line, several), max_size=2).map(tuple),
)
packets = st.builds(
    Packet,
    sender=parties,
    receivers=st.lists(parties, max_size=3).map(tuple),
    code_number=word,
    code_notation=line,
    place=line,
    issued_date=days,
    type_code=word,
    type_name=line,
    subject=line,
    content=line,
    signer_position=line,
    signer_name=line,
    due_date=days,
    to_places=several,
    priority=st.integers(0, 4),
    amount=numbers,
    pages=numbers,
    appendixes=several,
    response_for=st.lists(responses, max_size=2).map(tuple),
    document_id=line,
    sent_at=moments,
    business=businesses,
)
statuses = st.builds(
    Status, responses.filter(lambda one: bool(one.document_id)), parties,
    st.sampled_from(["01", "02", "03", "04", "05", "06", "13", "15", "16"]), line, moments, staffs,
)  # fmt: skip
quick = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read_bytes(data: bytes, folder: Path) -> Packet | Status:
    return read(parse(io.BytesIO(data), folder, limit=MIB))


def written(packet: Packet) -> bytes:
    out = io.BytesIO()
    write_packet(packet, out)
    return out.getvalue()


@quick
@given(packet=packets, bodies=st.lists(st.binary(max_size=300), max_size=3))
def test_what_was_written_is_read_again(
    packet: Packet, bodies: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("round")
    attachments = []
    for number, body in enumerate(bodies):
        (folder / f"in-{number}").write_bytes(body)
        attachments.append(
            Attachment(f"Tệp {number}.pdf", "application/pdf", f"tep-{number}", "Phụ lục",
                       str(folder / f"in-{number}"), len(body))
        )  # fmt: skip
    whole = replace(packet, attachments=tuple(attachments))
    found = read_bytes(written(whole), folder)
    assert isinstance(found, Packet)
    assert [(folder / one.path).read_bytes() for one in found.attachments] == bodies
    same = tuple(
        replace(one, path=now.path) for one, now in zip(attachments, found.attachments, strict=True)
    )
    assert found == replace(whole, attachments=same)


@quick
@given(status=statuses)
def test_a_status_is_read_as_it_was_written(
    status: Status, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert read_bytes(write_status(status), tmp_path_factory.mktemp("status")) == status


@quick
@given(message=packets | statuses)
def test_a_message_crosses_the_border_as_plain_values(message: Packet | Status) -> None:
    assert from_json(to_json(message)) == message


PACKET = Packet(
    sender=Party("H99.01", "Sở Minh Họa"),
    receivers=(Party("H99.07.04", "Phường Minh Họa"),),
    code_number="12",
    code_notation="SMH-VP",
    issued_date=date(2026, 5, 20),
    subject="Về việc báo cáo",
    document_id="H99.01,2026/05/20,12/SMH-VP",
    business=Business(kind=3, reason="Sai số liệu", replaces=(Replacement("cũ", ("H99.07.04",)),)),
)


@pytest.mark.parametrize("spelling", ["Bussiness", "Business", "bussiness", "BUSINESS"])
def test_both_spellings_of_business_are_one(spelling: str, tmp_path: Path) -> None:
    data = written(PACKET)
    assert b"<BussinessDocType>3" in data, "the wire's name has a double s"
    assert read_bytes(data.replace(b"Bussiness", spelling.encode()), tmp_path) == PACKET


def test_prefixes_and_an_envelope_around_it_do_not_matter(tmp_path: Path) -> None:
    data = written(PACKET).decode().partition("?>")[2]
    bare = data.replace("<edXML:", "<").replace("</edXML:", "</")
    soap = (
        f"<S:Envelope xmlns:S='urn:x'><S:Body>{data.replace('edXML:', 'e:')}</S:Body></S:Envelope>"
    )
    assert read_bytes(bare.encode(), tmp_path) == PACKET
    assert read_bytes(soap.encode(), tmp_path) == PACKET
    utf16 = ("<?xml version='1.0' encoding='UTF-16'?>" + bare).encode("utf-16")
    assert read_bytes(utf16, tmp_path) == PACKET


def test_a_day_first_date_and_a_cid_on_both_sides_are_understood(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"%PDF-1.7 ...")
    packet = replace(
        PACKET, attachments=(Attachment("a.pdf", "", "mot", path=str(tmp_path / "a")),)
    )
    data = written(packet).replace(b"2026/05/20</Prom", b"20/05/2026</Prom")
    data = data.replace(b"<ContentId>mot", b"<ContentId>cid:mot")
    data = data.replace(b"<AttachmentName>a.pdf</AttachmentName><ContentTr", b"<ContentTr")
    found = read_bytes(data, tmp_path)
    assert isinstance(found, Packet)
    assert found.issued_date == date(2026, 5, 20)
    assert found.attachments[0].name == "a.pdf", "the manifest names what the attachment does not"


ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (ENTITY + written(PACKET).partition(b"?>\n")[2], "edxml:doctype"),
        (LAUGHS + b"<x>&b;</x>", "edxml:doctype"),
        (b"%PDF-1.7", "edxml:xml"),
        (written(PACKET)[:-40], "edxml:xml"),
        (b"<edXML/>", "edxml:header"),
        (b"<a>" * 100 + b"</a>" * 100, "edxml:too_many"),
        (b"<a>" + b"<b/>" * 20_001 + b"</a>", "edxml:too_many"),
        (b"<a>" + b"x" * (5 * MIB) + b"</a>", "edxml:too_many"),
        (b"<MessageHeader/><x/>", "edxml:xml"),
        (b"<e><MessageHeader/><Attachment><ContentTransferEncoded>*"
         b"</ContentTransferEncoded></Attachment></e>", "edxml:base64"),
        (b"<e><MessageHeader/><Attachment/></e>", "edxml:attachment"),
        (b"<e><Status><StatusCode>xx</StatusCode></Status></e>", "edxml:status"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_message_is_refused_with_its_reason(
    data: bytes, why: str, tmp_path: Path
) -> None:
    with pytest.raises(FileRefused) as refused:
        read_bytes(data, tmp_path)
    assert refused.value.detail == why


def test_an_attachment_over_the_limit_is_refused_before_it_fills_the_disk(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * (2 * MIB))
    packet = replace(PACKET, attachments=(Attachment("a.pdf", path=str(tmp_path / "a")),))
    with pytest.raises(FileRefused, match="too_big"):
        read_bytes(written(packet), tmp_path)
    assert (tmp_path / "part-001").stat().st_size <= MIB


def test_a_packet_is_read_in_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"noi dung")
    packet = replace(PACKET, attachments=(Attachment("a.txt", path=str(tmp_path / "a")),))
    (tmp_path / "p.edxml").write_bytes(written(packet))
    taken = sandbox.run(
        f"{read_file.__module__}:read_file",
        {"path": str(tmp_path / "p.edxml"), "limit": MIB},
        Limits(wall_s=30),
        collect=lambda folder, found: (found, (folder / "part-001").read_bytes()),
    )
    assert taken[1] == b"noi dung"
    assert taken[0]["code_notation"] == "SMH-VP"


def test_the_first_day_of_the_calendar_is_no_date() -> None:
    assert as_moment("0001/01/01 00:00:00") is None
    assert as_moment("2026/11/20 10:00:00") == datetime(2026, 11, 20, 10, tzinfo=HANOI)
