"""Papers of an invented office."""

from __future__ import annotations

from datetime import date

from app.outgoing.papers.facts import DraftFacts

ORGAN = "Ủy ban nhân dân phường Hoa Lư"
BODY = (
    "<p>Phúc đáp Công văn số 123/SNV-VP ngày 02 tháng 11 năm 2026 của Sở Nội vụ về việc rà soát hồ "
    "sơ cán bộ, công chức cấp xã, Ủy ban nhân dân phường Hoa Lư có ý kiến như sau:</p>"
    "<p>Thống nhất với dự thảo <strong>Kế hoạch</strong>; <em>đề nghị</em> bổ sung thời hạn.</p>"
    "<ol><li><p>Rà soát hồ sơ;</p></li><li><p>Cập nhật dữ liệu, gồm:</p>"
    "<ul><li><p>Họ và tên;</p></li><li><p>Trình độ.</p></li></ul></li></ol>"
    "<table><tbody><tr><th><p>TT</p></th><th><p>Nội dung</p></th></tr>"
    '<tr><td><p class="align-center">1</p></td><td><p>Rà soát hồ sơ</p></td></tr></tbody></table>'
    "<p>Trân trọng cảm ơn sự phối hợp của quý Sở./.</p>"
)

LETTER = DraftFacts(
    superior_organ=None,
    organ=ORGAN,
    notation="UBND-VHXH",
    number=None,
    place="Hoa Lư",
    issued_on=None,
    year=2026,
    type_name=None,
    subject="rà soát hồ sơ cán bộ, công chức cấp xã",
    addressees=["Sở Nội vụ tỉnh Ninh Bình"],
    body_html=BODY,
    recipients=["Như trên", "Chủ tịch, các Phó Chủ tịch UBND phường", "Lưu: VT, VHXH"],
    authority_lines=["TM. Ủy ban nhân dân", "KT. Chủ tịch"],
    position="Phó Chủ tịch",
    signer_name="Trần Thị Minh",
)

DECISION = DraftFacts(
    superior_organ=None,
    organ=ORGAN,
    notation="QĐ-UBND",
    number="7",
    place="Hoa Lư",
    issued_on=date(2026, 1, 5),
    type_name="Quyết định",
    subject="Về việc kiện toàn Ban Chỉ huy phòng thủ dân sự phường Hoa Lư",
    references=[
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
        "Căn cứ Luật Phòng thủ dân sự ngày 20 tháng 6 năm 2023",
        "Theo đề nghị của Trưởng phòng Kinh tế, Hạ tầng và Đô thị",
    ],
    body_html="".join(
        f"<p><strong>Điều {n}.</strong> Kiện toàn Ban Chỉ huy phòng thủ dân sự phường Hoa Lư gồm "
        "các ông, bà có tên trong danh sách kèm theo Quyết định này, có nhiệm vụ giúp Chủ tịch Ủy "
        "ban nhân dân phường chỉ huy, điều hành công tác phòng thủ dân sự trên địa bàn.</p>"
        for n in range(1, 12)
    ),
    recipients=["Như Điều 11", "UBND tỉnh (để báo cáo)", "Lưu: VT, KT"],
    position="Chủ tịch",
    signer_name="Nguyễn Văn Bình",
)

REPORT = DraftFacts(
    superior_organ="UBND tỉnh Ninh Bình",
    organ=ORGAN,
    notation="BC-UBND",
    number="125",
    place="Hoa Lư",
    issued_on=date(2026, 11, 18),
    type_name="Báo cáo",
    subject="Kết quả cải cách hành chính quý III năm 2026",
    addressees=["Ủy ban nhân dân tỉnh Ninh Bình", "Sở Nội vụ tỉnh Ninh Bình"],
    body_html="<p>Ủy ban nhân dân phường Hoa Lư báo cáo kết quả như sau./.</p>",
    recipients=["Như trên", "Lưu: VT, VP"],
    authority_lines=["TM. Ủy ban nhân dân"],
    position="Chủ tịch",
    signer_name="Nguyễn Văn Bình",
    urgency="HỎA TỐC",
)
