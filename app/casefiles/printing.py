"""What the room prints: index of documents, catalogue, protocol of a hand-over.

Columns: decree 30/2020/NĐ-CP, annex VI. All of it takes time: call it outside any block.
"""

from __future__ import annotations

from flask import render_template

from app.casefiles.models import CaseFile, WorkHandover
from app.registers.printing import Column, Heading, archival_pdf

INDEX = (
    Column("STT", 5, number=True),
    Column("Số, ký hiệu văn bản", 13),
    Column("Ngày, tháng, năm", 10),
    Column("Tên loại và trích yếu nội dung", 38),
    Column("Tác giả", 17),
    Column("Tờ số / trang số", 7, number=True),
    Column("Ghi chú", 10),
)
CATALOGUE = (
    Column("Số, ký hiệu", 10),
    Column("Đề mục", 18),
    Column("Tiêu đề hồ sơ", 34),
    Column("Thời hạn bảo quản", 11),
    Column("Đơn vị, người lập", 17),
    Column("Ghi chú", 10),
)
PARTIAL = "Mục lục chỉ gồm những văn bản mà người in được xem."


def index_heading(organ: str, case_file: CaseFile, *, whole: bool) -> Heading:
    """What stands above the index of a file. `whole`: the reader sees all documents."""
    period = f"Hồ sơ số {case_file.notation} năm {case_file.year}: {case_file.title}"
    notes = (f"Thời hạn bảo quản: {case_file.maintenance}.",)
    return Heading(
        organ, "MỤC LỤC VĂN BẢN TRONG HỒ SƠ", period, notes if whole else (*notes, PARTIAL)
    )


def protocol_pdf(organ: str, handover: WorkHandover, groups: dict[str, str]) -> bytes:
    """The protocol of a hand-over, A4, PDF/A-2b, with places for three signatures."""
    html = render_template(
        "casefiles/print_protocol.html", organ=organ, handover=handover, groups=groups
    )
    return archival_pdf(html)
