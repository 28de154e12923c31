"""What the demo office has written: drafts on their way, a letter to sign, documents gone out.

Acted out through the real services, in the last working week before the day of loading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import VIETNAM, frozen, now, today
from app.db import transaction
from app.demo.letters import working_day
from app.demo.office import DemoOffice, actor_of
from app.incoming.models import IncomingDocument, IncomingStatus
from app.incoming.queries import visible_incoming
from app.organisation.models import Organ
from app.outgoing import services
from app.outgoing.models import Channel, Desk, DraftFormat, Medium
from app.outgoing.services import DraftData, NewVersion, RecipientData
from app.security import Actor

DRAFTERS = {"kinh_te": ("cvkinhte", "tpkinhte"), "van_hoa": ("cvvanhoa", "tpvanhoa")}
LEADERS = {"ct": "chutich", "pct": "phochutich"}
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Written:
    """One document: what it says and how far it has come.

    `upto`: draft, returned, unit, office, leader, approved, numbered, sealed or issued. `replies`
    makes it answer the oldest open letter that has a task. `signed_here`: electronic, signed and
    sealed by keys of the server as far as it holds them; `organ_id` gets it as a packet.
    """

    unit: str
    kind: str
    summary: str
    paragraphs: tuple[str, ...]
    upto: str
    days_ago: int
    urgency: int = 0
    replies: bool = False
    signer: str = "ct"
    signed_here: bool = False
    organ_id: int | None = None


DOCUMENTS: Sequence[Written] = (
    Written(
        "kinh_te", "plan", "Ra quân chỉnh trang đô thị, vệ sinh môi trường quý IV",
        ("Huy động các tổ dân phố tổng vệ sinh vào sáng thứ Bảy hằng tuần.",
         "Phòng Kinh tế, Hạ tầng và Đô thị theo dõi, tổng hợp kết quả trước ngày 25 hằng tháng."),
        "issued", 6,
    ),
    Written(
        "van_hoa", "official_letter", "Về việc rà soát hộ nghèo, hộ cận nghèo năm nay",
        ("Đề nghị các tổ dân phố hoàn thành phiếu rà soát và gửi về Phòng Văn hóa - Xã hội.",
         "Quá trình thực hiện, nếu vướng mắc, báo cáo Ủy ban nhân dân phường để được hướng dẫn."),
        "issued", 5,
    ),
    Written(
        "kinh_te", "official_letter", "Về việc cung cấp số liệu theo đề nghị",
        ("Ủy ban nhân dân phường gửi kèm bảng số liệu theo đề nghị của quý cơ quan.",),
        "issued", 4, replies=True,
    ),
    Written(
        "van_hoa", "decision", "Về việc thành lập Ban Tổ chức Ngày hội Đại đoàn kết",
        ("Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
         "Theo đề nghị của Trưởng phòng Văn hóa - Xã hội.",
         "QUYẾT ĐỊNH:",
         "Điều 1. Thành lập Ban Tổ chức Ngày hội Đại đoàn kết toàn dân tộc gồm 9 thành viên.",
         "Điều 2. Ban Tổ chức tự giải thể khi hoàn thành nhiệm vụ.",
         "Điều 3. Trưởng phòng Văn hóa - Xã hội chịu trách nhiệm thi hành Quyết định này."),
        "numbered", 1,
    ),
    Written(
        "kinh_te", "official_letter", "Về việc khắc phục điểm ngập đường số 7",
        ("Đề nghị đơn vị thoát nước khơi thông cửa thu trước mùa mưa.",), "leader", 1, urgency=1,
    ),
    Written(
        "van_hoa", "report", "Kết quả công tác gia đình chín tháng đầu năm",
        ("Toàn phường có 28 tổ dân phố đạt danh hiệu văn hóa.",), "leader", 1,
    ),
    Written(
        "kinh_te", "notice", "Lịch tiếp công dân tháng tới của Chủ tịch Ủy ban nhân dân phường",
        ("Chủ tịch tiếp công dân vào sáng thứ Năm tuần thứ nhất và thứ ba.",), "office", 1,
    ),
    Written(
        "van_hoa", "submission", "Về việc bổ sung kinh phí sửa chữa nhà văn hóa",
        ("Kính trình xem xét bổ sung kinh phí từ nguồn dự phòng.",), "unit", 1,
    ),
    Written(
        "kinh_te", "official_letter", "Về việc phối hợp kiểm tra trật tự xây dựng",
        ("Đề nghị các đơn vị cử cán bộ tham gia đoàn kiểm tra.",), "returned", 2,
    ),
    Written(
        "van_hoa", "plan", "Tổ chức hội thao truyền thống", ("Dự kiến tổ chức trong hai ngày.",),
        "draft", 0,
    ),
)  # fmt: skip


Work = Callable[[], bool]


def load(office: DemoOffice, work: Work, documents: Sequence[Written] = DOCUMENTS) -> int:
    """Act the documents out, the oldest first. Returns how many there are. `work` does the next
    slow piece and tells whether there was one: only a page that was made and checked goes on."""
    for number, written in enumerate(documents):
        day = working_day(today() - timedelta(days=written.days_ago), -1)
        moment = datetime.combine(day, time(8, 5), VIETNAM) + number * timedelta(minutes=11)
        with frozen(min(moment, now() - 6 * HOUR + number * timedelta(minutes=11))):
            act_out(office, written, work)
    return len(documents)


def act_out(office: DemoOffice, written: Written, work: Work) -> int:
    """Write a document and take it as far as it has come. Returns its id."""
    drafter, _head = DRAFTERS[written.unit]
    document_id = _draft(office, written, drafter)
    finish(work)
    if written.upto != "draft" and _review(office, written, document_id):
        finish(work)  # the signature, if the server holds the key
        if written.upto != "approved":
            _go_out(office, written, document_id, work)
    return document_id


def finish(work: Work) -> None:
    """Do all slow work that waits."""
    while work():
        pass


def _review(office: DemoOffice, written: Written, document_id: int) -> bool:
    """From desk to desk; whether the leader has agreed."""
    drafter, head = DRAFTERS[written.unit]
    do(office, drafter, lambda session, actor: services.submit_draft(
        session, actor, document_id=document_id,
        signer_post_id=office.posts[written.signer]))  # fmt: skip
    if written.upto == "returned":
        do(office, head, lambda session, actor: services.send_back(
            session, actor, document_id=document_id, to=Desk.DRAFTER,
            comment="Ghi rõ thời gian, thành phần và đơn vị chủ trì đoàn kiểm tra."))  # fmt: skip
        return False
    approvals = ("unit", head), ("office", "chanhvp"), ("leader", LEADERS[written.signer])
    for step, account in approvals:
        if written.upto == step:
            return False
        do(office, account, lambda session, actor: services.approve(
            session, actor, document_id=document_id, comment="Nhất trí."))  # fmt: skip
    return True


def _go_out(office: DemoOffice, written: Written, document_id: int, work: Work) -> None:
    do(office, "vanthu", lambda session, actor: services.number_document(
        session, actor, document_id=document_id))  # fmt: skip
    finish(work)  # number and date into their fields, then the seal of the organ
    if written.upto == "numbered":
        return
    if not written.signed_here:
        do(office, "vanthu", lambda session, actor: services.seal_paper(
            session, actor, document_id=document_id))  # fmt: skip
    if written.upto == "issued":
        do(office, "vanthu", lambda session, actor: services.issue_document(
            session, actor, document_id=document_id, kept_by="Văn thư"))  # fmt: skip


def do(office: DemoOffice, account: str, act: Callable[[Session, Actor], object]) -> None:
    """One act of one person in one transaction, as a click would be."""
    with transaction("demo.writing") as session:
        act(session, actor_of(session, office, account))


def _draft(office: DemoOffice, written: Written, drafter: str) -> int:
    """The draft with its first version, written in the browser. What goes out is paper unless it
    is signed with keys of the server."""
    paper = written.upto in ("numbered", "sealed", "issued") and not written.signed_here
    with transaction("demo.draft") as session:
        actor = actor_of(session, office, drafter)
        letter = _letter(session, actor) if written.replies else None
        organ_id = written.organ_id or (letter.organ_id if letter else None)
        to = session.get_one(Organ, organ_id).name if organ_id else "Các tổ dân phố"
        channel = Channel.PAPER if written.organ_id is None else Channel.EDXML
        data = DraftData(
            issuing_body_id=office.bodies["ubnd"],
            document_type=written.kind,
            subject_summary=written.summary,
            addressees=(to,) if written.kind in ("official_letter", "submission") else (),
            recipients=(
                RecipientData(name=to, channel=channel, organ_id=written.organ_id),
                RecipientData(
                    name="Văn phòng HĐND và UBND", channel=Channel.INTERNAL,
                    unit_id=office.units["van_phong"],
                ),
            ),
            urgency=written.urgency,
            medium=Medium.PAPER if paper else Medium.ELECTRONIC,
            answers_incoming_id=letter.id if letter else None,
            signer_post_id=office.posts[written.signer],
        )  # fmt: skip
        document = services.start_draft(session, actor, data)
        new = typed(written.paragraphs)
        services.add_version(session, actor, document_id=document.id, new=new)
        return document.id


def typed(paragraphs: Sequence[str]) -> NewVersion:
    """A version as it comes from the editor in the browser."""
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return NewVersion(format=DraftFormat.HTML, body_html=body, text="\n".join(paragraphs))


def _letter(session: Session, actor: Actor) -> IncomingDocument | None:
    """The oldest open letter the drafter may see that is being dealt with."""
    rows = visible_incoming(actor).where(
        IncomingDocument.status == IncomingStatus.IN_PROGRESS,
        sa.not_(IncomingDocument.organ_id.is_(None)),
    )
    return session.scalar(rows.order_by(IncomingDocument.id).limit(1))
