"""What may become of a document, acted out once each: signed with keys of the server, sent as a
packet and answered, replaced, recalled, cancelled, copied, its number crossed out.

After `writing.load`: it goes on with some of those documents.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import VIETNAM, frozen, now, today
from app.db import reading, transaction
from app.demo import exchanging, ink
from app.demo.letters import working_day
from app.demo.office import DemoOffice, actor_of
from app.demo.people import OFFICE_NAME, PEOPLE
from app.demo.signing import demo_key
from app.demo.writing import DOCUMENTS, Work, Written, act_out, do, finish, typed
from app.exchange import entry, handlers
from app.exchange.edxml import Party, Status
from app.exchange.edxml.types import ACCEPTED, ResponseFor
from app.exchange.edxml.write import write_status
from app.exchange.models import ExchangePacket
from app.files.store import current_store
from app.organisation.models import IDENTIFIER, Organ, OrganCode
from app.outgoing import services
from app.outgoing.models import CertifiedCopy, CopyKind, Correction, OutgoingDocument, Recipient
from app.outgoing.papers.copies import made_safely
from app.outgoing.queries import KIND
from app.outgoing.services import CopyOrder
from app.outgoing.services import copies as copying
from app.security import SYSTEM

PLAN, POOR, DECISION = (DOCUMENTS[at].summary for at in (0, 1, 3))
SUBMISSION, RETURNED = (DOCUMENTS[at].summary for at in (-3, -2))
PEER_CODE = "H99.50"
STEP = timedelta(minutes=6)
LIMIT = 1024 * 1024
TERMS = ("Đề nghị các đơn vị thực hiện nghiêm túc nội dung trên.",)

SENT = Written(
    "kinh_te", "official_letter", "Về việc phối hợp nạo vét kênh tiêu liên phường",
    ("Ủy ban nhân dân phường đề nghị quý cơ quan phối hợp nạo vét trước ngày 15 tháng tới.",),
    "issued", 0, signed_here=True,
)  # fmt: skip
SIGNED = Written(
    "van_hoa", "notice", "Về việc tiếp nhận hồ sơ xét tặng danh hiệu gia đình văn hóa", TERMS,
    "approved", 0, signed_here=True,
)  # fmt: skip
UNSIGNED = Written(
    "van_hoa", "official_letter", "Về việc mở lớp bồi dưỡng cán bộ văn hóa cơ sở", TERMS,
    "approved", 0, signer="pct", signed_here=True,
)  # fmt: skip
SEALED = Written(
    "kinh_te", "plan", "Kiểm tra an toàn phòng cháy, chữa cháy tại chợ", TERMS, "sealed", 0
)
DROPPED = Written(
    "kinh_te", "official_letter", "Về việc tổ chức hội nghị chuyên đề giao thông", TERMS, "draft", 0
)


def keep_keys(folder: Path) -> None:
    """Keys of the demo authority for the chairman and the seal of the committee, as the server
    keeps keys: file, random passphrase, picture. The vice chairman has none: his token is his."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    chairman = next(one for one in PEOPLE if one.account == "chutich").name
    for stem, name, picture in (
        ("chutich", chairman, ink.signature(chairman, 0)),
        ("seal-UBND", OFFICE_NAME, ink.seal(OFFICE_NAME.upper(), 0)),
    ):
        secret = secrets.token_urlsafe(24)
        for ending, content in (
            ("p12", demo_key(name, secret)), ("pass", secret.encode()), ("png", picture),
        ):  # fmt: skip
            path = folder / f"{stem}.{ending}"
            path.touch(mode=0o600)
            path.write_bytes(content)


def load(office: DemoOffice, work: Work) -> None:
    """Act it out, one act after another, in the last hours of the last working day."""
    acts: Sequence[Callable[[], None]] = (
        lambda: _asked(office), lambda: _second_version(office, work), lambda: _cancelled(office),
        lambda: _recalled(office), lambda: _number_crossed_out(office),
        lambda: _replaced(office, work), lambda: _sent(office, work),
        lambda: _waiting(office, work),
    )  # fmt: skip
    day = datetime.combine(working_day(today(), -1), time(14), VIETNAM)
    first = min(day, now() - (len(acts) + 4) * STEP)
    for number, act in enumerate(acts):
        with frozen(first + number * STEP):
            act()


def _id_of(summary: str) -> int:
    with reading() as session:
        rows = sa.select(OutgoingDocument.id).filter_by(subject_summary=summary)
        return session.scalars(rows.order_by(OutgoingDocument.id)).one()


def _asked(office: DemoOffice) -> None:
    """Two units are asked beside the review; one has answered."""
    document_id = _id_of(SUBMISSION)
    units = [office.units["kinh_te"], office.units["mot_cua"]]
    do(office, "cvvanhoa", lambda session, actor: services.ask_opinions(
        session, actor, document_id=document_id, unit_ids=units, due_at=now() + timedelta(days=3),
        question="Mức kinh phí dự kiến đã phù hợp chưa?"))  # fmt: skip
    do(office, "tpkinhte", lambda session, actor: services.give_opinion(
        session, actor, document_id=document_id, agrees=False,
        text="Đề nghị tách phần sửa mái thành hạng mục riêng."))  # fmt: skip


def _second_version(office: DemoOffice, work: Work) -> None:
    """What was returned is written anew; one remark is still open."""
    document_id = _id_of(RETURNED)
    new = typed((
        "Đề nghị các đơn vị cử cán bộ tham gia đoàn kiểm tra, thời gian từ 8 giờ 00 thứ Năm.",
        "Phòng Kinh tế, Hạ tầng và Đô thị chủ trì, tổng hợp kết quả.",
    ))  # fmt: skip
    do(office, "cvkinhte", lambda session, actor: services.add_version(
        session, actor, document_id=document_id, new=new))  # fmt: skip
    do(office, "tpkinhte", lambda session, actor: services.comment(
        session, actor, document_id=document_id, page=1,
        text="Bổ sung thành phần của Công an phường."))  # fmt: skip
    finish(work)


def _cancelled(office: DemoOffice) -> None:
    document_id = act_out(office, DROPPED, lambda: False)
    do(office, "cvkinhte", lambda session, actor: services.cancel_draft(
        session, actor, document_id=document_id,
        reason="Ghép nội dung vào hội nghị sơ kết quý."))  # fmt: skip


def _recalled(office: DemoOffice) -> None:
    """One is called back, and one of those who have it agrees."""
    document_id = _id_of(POOR)
    do(office, "chutich", lambda session, actor: services.recall_document(
        session, actor, document_id=document_id,
        reason="Sai mốc thời gian nộp phiếu."))  # fmt: skip
    with reading() as session:
        rows = sa.select(Recipient.id).filter_by(document_id=document_id)
        asked = session.scalars(rows.order_by(Recipient.position.desc())).first()
    do(office, "chutich", lambda session, actor: services.answer_recall(
        session, actor, document_id=document_id, recipient_id=asked or 0, agrees=True,
        answer="Đã trả lại bản giấy."))  # fmt: skip


def _number_crossed_out(office: DemoOffice) -> None:
    """A number is given back with a reason; the document gets the next and waits for its scan."""
    document_id = _id_of(DECISION)
    do(office, "vanthu", lambda session, actor: services.give_number_back(
        session, actor, document_id=document_id,
        reason="In thiếu Điều 2, ký lại bản khác."))  # fmt: skip
    do(office, "vanthu", lambda session, actor: services.number_document(
        session, actor, document_id=document_id))  # fmt: skip


def _replaced(office: DemoOffice, work: Work) -> None:
    """A plan has gone out anew in the place of the first, and lies in its file."""
    old = _id_of(PLAN)
    with transaction("demo.replace") as session:
        drafter = actor_of(session, office, "cvkinhte")
        new = services.start_correction(
            session, drafter, document_id=old, how=Correction.REPLACEMENT
        )
        document_id = new.id
        body = typed((*DOCUMENTS[0].paragraphs, "Thời gian ra quân lùi một tuần."))
        services.add_version(session, drafter, document_id=document_id, new=body)
    finish(work)
    do(office, "cvkinhte", lambda session, actor: services.submit_draft(
        session, actor, document_id=document_id, signer_post_id=office.posts["ct"]))  # fmt: skip
    for account in ("tpkinhte", "chanhvp", "chutich"):
        do(office, account, lambda session, actor: services.approve(
            session, actor, document_id=document_id, comment="Nhất trí."))  # fmt: skip
    steps: Sequence[Callable[..., object]] = (
        services.number_document, services.seal_paper, services.issue_document,
        services.file_document,
    )  # fmt: skip
    for step in steps:
        do(office, "vanthu", partial(step, document_id=document_id))


def _sent(office: DemoOffice, work: Work) -> None:
    """Signed and sealed here, sent as a packet, taken in there; a certified copy for a unit."""
    with transaction("demo.peer") as session:
        organ_id, code, name = _peer(session)
    document_id = act_out(office, replace(SENT, organ_id=organ_id), work)
    handlers.on_issued({"document_id": document_id})
    with reading() as session:
        packet = session.scalars(sa.select(ExchangePacket).filter_by(outgoing_id=document_id)).one()
    handlers.on_packet_queued({"packet_id": packet.id})
    about = ResponseFor(exchanging.OWN_CODE, packet.code, packet.issued_date, packet.document_id)
    said = Status(about, Party(code, name), ACCEPTED, "Đã vào sổ văn bản đến.", at=now())
    entry.take_in(SYSTEM, io.BytesIO(write_status(said)), "trang-thai.edxml", limit=LIMIT)
    _copy(office, document_id)


def _peer(session: Session) -> tuple[int, str, str]:
    """An organ of the directory that is reached by the exchange."""
    known = sa.select(Organ, OrganCode.value).join(OrganCode, OrganCode.organ_id == Organ.id)
    found = session.execute(known.where(Organ.is_own.is_(False)).order_by(Organ.id)).first()
    if found is not None:
        return found[0].id, found[1], found[0].name
    rows = sa.select(Organ).where(Organ.is_own.is_(False)).order_by(Organ.id)
    organ = session.scalars(rows).first()
    assert organ is not None  # noqa: S101  (the directory holds the senders of the demo letters)
    organ.codes.append(OrganCode(scheme=IDENTIFIER, value=PEER_CODE))
    return organ.id, PEER_CODE, organ.name


def _copy(office: DemoOffice, document_id: int) -> None:
    signer = office.posts["ct"]
    order = CopyOrder(
        kind=KIND, thing_id=document_id, copy_kind=CopyKind.TRUE_COPY,
        issuing_body_id=office.bodies["ubnd"], copies=3,
        for_whom="Phòng Kinh tế, Hạ tầng và Đô thị", signer_post_id=signer,
    )  # fmt: skip
    with transaction("demo.copy") as session:
        clerk = actor_of(session, office, "vanthu")
        copy_id = services.make_copy(session, clerk, order).id
    with reading() as session:
        copy = session.get_one(CertifiedCopy, copy_id)
        facts = copying.facts_for_copy(session, copy, signer, None)
        source = copying.source_of(session, clerk, KIND, document_id)
    assert source is not None  # noqa: S101  (it was sealed)
    blob = current_store().put(
        io.BytesIO(made_safely(current_store().path(source.sha256), facts, now()))
    )
    with transaction("demo.copy_file") as session:
        copying.keep_copy_file(session, clerk, copy_id=copy_id, blob=blob, source_id=source.id)


def _waiting(office: DemoOffice, work: Work) -> None:
    """Signed and waiting for a number; agreed to by one whose key lies elsewhere; sealed."""
    for written in (SIGNED, UNSIGNED, SEALED):
        act_out(office, written, work)
