"""What the product lays out itself passes its own check."""

from __future__ import annotations

from datetime import date

import pytest

from app.outgoing.checking import Expected, check
from app.outgoing.papers import layout
from app.outgoing.papers.facts import DraftFacts

DAY = date(2026, 1, 5)
PLAN = """<p>Đến hết năm 2026, toàn bộ thủ tục hành chính của phường được thực hiện trên môi trường
mạng, người dân không phải cung cấp lại giấy tờ đã có.</p><p>1. Văn phòng chủ trì, phối hợp với các
đơn vị rà soát thủ tục hành chính.</p><p>2. Các đơn vị báo cáo kết quả trước ngày 15 tháng 12 năm
2026./.</p>"""
REPLY = DraftFacts(
    superior_organ=None,
    organ="ỦY BAN NHÂN DÂN\nPHƯỜNG HOA LƯ",
    notation="UBND-VHXH",
    number="15",
    place="Hoa Lư",
    issued_on=DAY,
    type_name=None,
    subject="báo cáo kết quả chuyển đổi số quý IV năm 2025",
    signer_name="Trần Văn Mẫu",
    position="PHÓ CHỦ TỊCH",
    authority_lines=("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"),
    addressees=("Sở Khoa học và Công nghệ",),
    body_html="<p>Trong quý IV năm 2025, phường đã tiếp nhận 1.250 hồ sơ trực tuyến, trả kết quả "
    "đúng hạn 1.243 hồ sơ, không có hồ sơ nào phải trả lại để bổ sung.</p>"
    "<p>Ủy ban nhân dân phường Hoa Lư trân trọng báo cáo./.</p>",
    recipients=("Như trên", "Lưu: VT, VHXH"),
)
YEAR_PLAN = DraftFacts(
    superior_organ=None,
    organ="ỦY BAN NHÂN DÂN\nPHƯỜNG HOA LƯ",
    notation="KH-UBND",
    number="7",
    place="Hoa Lư",
    issued_on=DAY,
    type_name="Kế hoạch",
    subject="Chuyển đổi số năm 2026",
    signer_name="Trần Văn Mẫu",
    position="CHỦ TỊCH",
    authority_lines=("TM. ỦY BAN NHÂN DÂN",),
    body_html=PLAN,
    recipients=("Các đơn vị thuộc phường", "Lưu: VT, VHXH"),
    urgency="KHẨN",
)


@pytest.mark.parametrize("facts", [REPLY, YEAR_PLAN], ids=["công văn", "kế hoạch"])
def test_a_page_of_the_browser_editor_has_no_findings(facts: DraftFacts) -> None:
    expected = Expected(
        organ="Ủy ban nhân dân phường Hoa Lư",
        notation=facts.notation,
        number=f"{int(facts.number or 0):02}",
        place=facts.place,
        issued_on=DAY,
        subject=facts.subject,
        addressees=tuple(facts.addressees),
        authority_lines=tuple(facts.authority_lines),
        position=facts.position,
        signer_name=facts.signer_name,
    )

    findings = check(layout.to_pdf(facts), expected=expected, on=date(2026, 1, 6))

    assert [f.message for f in findings] == []
