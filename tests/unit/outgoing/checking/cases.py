"""One faulty paper for each rule: which paper, what is changed, what the system expects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.outgoing.checking import Expected
from tests.unit.outgoing.checking.making import DECISION, LETTER, LONG, Sheet

TODAY = date(2026, 1, 6)
BASES = DECISION.bases
BODY = DECISION.body
TEXT = LETTER.body


@dataclass(frozen=True)
class Case:
    """`rule` must be the only finding on `sheet`; `found` must stand in it."""

    rule: str
    sheet: Sheet
    found: str = ""
    expected: Expected | None = None

    def __str__(self) -> str:
        return self.rule


def decision(rule: str, found: str = "", **changes: Any) -> Case:
    return Case(rule, DECISION.but(**changes), found)


def letter(rule: str, found: str = "", **changes: Any) -> Case:
    return Case(rule, LETTER.but(**changes), found)


def long(rule: str, found: str = "", **changes: Any) -> Case:
    return Case(rule, LONG.but(**changes), found)


def look(rule: str, part: str, size: float, style: str, sheet: Sheet = DECISION) -> Case:
    return Case(rule, sheet.but(looks={part: (size, style)}), f"cỡ {size}".replace(".", ","))


def saying(rule: str, found: str, words: str) -> Case:
    """A letter with one more sentence in its text."""
    return letter(rule, found, body=(TEXT[0], TEXT[1], words, TEXT[2]))


def expecting(rule: str, sheet: Sheet = DECISION, **facts: Any) -> Case:
    return Case(rule, sheet, "", Expected(**facts))


def received(rule: str, found: str, *items: str, sheet: Sheet = DECISION) -> Case:
    return Case(rule, sheet.but(received=items), found)


TO_WHOM, THIRD, KEPT = "Nơi nhận:", "- Như Điều 3;", "- Lưu: VT, VP."
PERSON = DECISION.but(name="TS. Trần Văn Mẫu")
SUPERIOR = DECISION.but(superior=("UBND TỈNH NINH BÌNH",), organ=("SỞ KHOA HỌC VÀ CÔNG NGHỆ",))
REPORT = DECISION.but(
    number="Số: 21/BC-UBND", title="BÁO CÁO", decides="", bases=(), enacting="", to=(),
    subject=("Kết quả chuyển đổi số quý IV năm 2025",), body=TEXT,
    received=(TO_WHOM, "- Sở Khoa học và Công nghệ;", "- Lưu: VT, VHXH."),
)  # fmt: skip
CLAUSES = (
    BODY[0],
    "Điều 2. Tổ công tác có nhiệm vụ sau đây:",
    "1. Tham mưu kế hoạch chuyển đổi số của phường;",
    "2. Đôn đốc các đơn vị thực hiện các chỉ tiêu được giao, cụ thể:",
    "a) Về hạ tầng số và nền tảng số dùng chung;",
    "b) Về dịch vụ công trực tuyến toàn trình;",
    "c) Về kỹ năng số của người dân;",
    "d) Về an toàn thông tin trên môi trường mạng;",
    "đ) Về dữ liệu mở của phường.",
    BODY[4],
)

HEAD = [
    decision("head.nation_missing", nation=""),
    decision("head.nation_wording", "XÃ HÔI", nation="CỘNG HÒA XÃ HÔI CHỦ NGHĨA VIỆT NAM"),
    decision("head.nation_place", nation_at=114.0, organ=("SỞ Y TẾ",)),
    look("head.nation_style", "nation", 11, "b"),
    decision("head.motto_missing", motto=""),
    decision("head.motto_order", motto_first=True),
    decision("head.motto_wording", "Tự Do", motto="Độc Lập - Tự Do - Hạnh Phúc"),
    decision("head.motto_dashes", "–", motto="Độc lập – Tự do – Hạnh phúc"),
    look("head.motto_style", "motto", 12, ""),
    decision("head.motto_rule_missing", rules={"motto": 0.0}),
    decision("head.motto_rule_length", "%", rules={"motto": 0.5}),
    decision("head.organ_missing", organ=()),
    decision("head.organ_capitals", "Hoa Lư", organ=("ỦY BAN NHÂN DÂN", "Phường Hoa Lư")),
    look("head.organ_style", "organ", 12, ""),
    Case("head.superior_style", SUPERIOR.but(looks={"superior": (12, "b")}), "đậm"),
    decision("head.organ_rule_missing", rules={"organ": 0.0}),
    decision("head.organ_rule_length", "%", rules={"organ": 0.9}),
    decision("head.abbreviated_organ", "UBND", organ=("UBND PHƯỜNG HOA LƯ",)),
]
NUMBER_DATE = [
    decision("number.missing", number=""),
    decision("number.colon", "Số", number="Số 07/QĐ-UBND"),
    decision("number.capitals", "SỐ", number="SỐ: 07/QĐ-UBND"),
    decision("number.leading_zero", "7", number="Số: 7/QĐ-UBND"),
    decision("number.slash", "07-QĐ", number="Số: 07-QĐ/UBND"),
    decision("number.spaces", "QĐ – UBND", number="Số: 07/QĐ – UBND"),
    decision("number.type_code", "KH", number="Số: 07/KH-UBND"),
    letter("number.letter_code", "CV-UBND", number="Số: 15/CV-UBND"),
    Case(
        "number.unknown_code",
        REPORT.but(number="Số: 21/TTR-UBND", title="", subject=(), to=LETTER.to),
        "TTR",
    ),
    decision("number.organ_code", "UBNN", number="Số: 07/QĐ-UBNN"),
    Case("number.year", REPORT.but(number="Số: 21/2026/BC-UBND"), "2026"),
    look("number.style", "number", 14, ""),
    decision("date.missing", date=""),
    decision("date.form", "05/01/2026", date="Hoa Lư, ngày 05/01/2026"),
    decision("date.place_missing", date="ngày 05 tháng 01 năm 2026"),
    decision("date.comma", "Hoa Lư ngày", date="Hoa Lư ngày 05 tháng 01 năm 2026"),
    decision("date.day_zero", "5", date="Hoa Lư, ngày 5 tháng 01 năm 2026"),
    decision("date.month_zero", "1", date="Hoa Lư, ngày 05 tháng 1 năm 2026"),
    decision("date.month_extra_zero", "09", date="Hoa Lư, ngày 05 tháng 09 năm 2025"),
    decision("date.impossible", "31/02/2025", date="Hoa Lư, ngày 31 tháng 02 năm 2025"),
    decision("date.place_capitals", "Hoa lư", date="Hoa lư, ngày 05 tháng 01 năm 2026"),
    decision("date.place_abbreviated", "TP.", date="TP. Hoa Lư, ngày 05 tháng 01 năm 2026"),
    look("date.style", "date", 13, ""),
    decision("date.future", "08/01/2026", date="Hoa Lư, ngày 08 tháng 01 năm 2026"),
    decision("date.weekend", "04/01/2026", date="Hoa Lư, ngày 04 tháng 01 năm 2026"),
]
KIND_SUBJECT = [
    Case("type.missing", REPORT.but(title="", subject=()), ""),
    Case("type.capitals", REPORT.but(title="Báo cáo"), "Báo cáo"),
    letter("type.letter_title", title="CÔNG VĂN"),
    look("type.style", "title", 12, "b"),
    decision("type.off_centre", title_at=85.0, decides=""),
    decision("subject.missing", subject=()),
    letter("subject.vv_missing", about=()),
    letter("subject.vv_form", "V/V", about=("V/V báo cáo kết quả chuyển đổi số",)),
    decision("subject.vv_in_titled", "V/v", subject=("V/v kiện toàn Tổ công tác",)),
    look("subject.style", "subject", 14, "i"),
    look("subject.vv_style", "about", 14, "b", LETTER),
    decision("subject.capitals", subject=("VỀ VIỆC KIỆN TOÀN TỔ CÔNG TÁC SỐ",)),
    decision("subject.full_stop", ".", subject=("Về việc kiện toàn Tổ công tác số.",)),
    decision(
        "subject.length",
        bases=BASES[2:],
        subject=("Về việc kiện toàn và đổi mới Tổ công tác số phường",) * 8,
    ),
    decision("subject.rule_missing", rules={"subject": 0.0}),
]
BODY_CASES = [
    decision("body.bases_missing", bases=()),
    decision("body.base_end", "văn thư.", bases=(BASES[0], BASES[1][:-1] + ".", BASES[2])),
    decision("body.last_base_end", "2026;", bases=(*BASES[:2], BASES[2][:-1] + ";")),
    look("body.base_italic", "base", 14, ""),
    decision(
        "body.base_reference", "30/2020",
        bases=(BASES[0], "Căn cứ Nghị định số 30/2020/NĐ-CP của Chính phủ về công tác văn thư;",
               BASES[2]),
    ),
    decision(
        "body.base_without_number", "Quyết định ngày",
        bases=(BASES[0], "Căn cứ Quyết định ngày 05 tháng 3 năm 2025 của Ủy ban nhân dân tỉnh;",
               BASES[2]),
    ),
    decision("body.enacting_missing", enacting=""),
    decision("body.enacting_colon", "QUYẾT ĐỊNH", enacting="QUYẾT ĐỊNH"),
    decision("body.article_form", "Điều 1:", body=(BODY[0].replace("1.", "1:", 1), *BODY[1:])),
    decision(
        "body.article_order", "Điều 4", received=(TO_WHOM, "- Như Điều 4;", KEPT),
        body=(*BODY[:-1], BODY[-1].replace("Điều 3.", "Điều 4.")),
    ),
    decision("body.article_style", "Điều 1", looks={"article": (14, "")}),
    decision("body.clause_order", "3.", body=(*BODY[:3], BODY[3].replace("2.", "3.", 1), BODY[4])),
    decision("body.clause_form", "1/", body=(*BODY[:2], BODY[2].replace("1.", "1/", 1), *BODY[3:])),
    decision("body.point_form", "a.", body=(*CLAUSES[:4], "a. Về hạ tầng số;", *CLAUSES[5:])),
    decision("body.point_order", "e)", body=(*CLAUSES[:8], "e) Về dữ liệu mở.", CLAUSES[9])),
    Case("body.size", REPORT.but(looks={"body": (12, "")}), "cỡ 12"),
    letter("body.justified", justified=False),
    letter("body.indent", "3,0 cm", indent=30),
    letter("body.line_spacing", "2", pitch=2.2, body=TEXT),
    saying("body.placeholder", "{{nội dung}}", "Phường báo cáo thêm như sau: {{nội dung}}."),
    letter("body.empty", body=("Kính báo.",)),
]  # fmt: skip
SIGNATURE = [
    decision("signature.missing", posts=(), name=""),
    letter(
        "signature.authority_form", "KT", posts=(LETTER.posts[0], "KT CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    ),
    decision("signature.deputy_alone", "PHÓ CHỦ TỊCH", posts=("PHÓ CHỦ TỊCH",)),
    decision("signature.kt_without_deputy", "CHÁNH", posts=("KT. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")),
    decision("signature.kt_other_post", "PHÓ GIÁM ĐỐC", posts=("KT. CHỦ TỊCH", "PHÓ GIÁM ĐỐC")),
    letter("signature.tm_single", "TM. CHỦ TỊCH", posts=("TM. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")),
    letter(
        "signature.single_of_collective", "ỦY BAN", posts=("KT. ỦY BAN NHÂN DÂN", "PHÓ CHỦ TỊCH")
    ),
    letter("signature.tl_same_level", "PHÓ CHỦ TỊCH", posts=("TL. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
    decision("signature.enacting_differs", "TM.", posts=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),
    decision("signature.post_capitals", "Chủ tịch", posts=("Chủ tịch",)),
    look("signature.post_style", "post", 12, "b"),
    decision("signature.name_missing", name=""),
    Case("signature.name_titles", PERSON, "TS."),
    decision("signature.name_capitals", "TRẦN VĂN MẪU", name="TRẦN VĂN MẪU"),
    look("signature.name_style", "name", 13, ""),
    decision("signature.alone", break_before="end"),
]
RECIPIENTS = [
    letter("recipients.to_missing", to=(), received=(TO_WHOM, "- Sở Nội vụ;", KEPT)),
    decision("recipients.to_unwanted", to=("Kính gửi: Sở Nội vụ.",)),
    letter("recipients.to_colon", "Kính gửi", to=("Kính gửi Sở Khoa học và Công nghệ.",)),
    look("recipients.to_style", "to", 12, "", LETTER),
    letter("recipients.to_dashes", to=("Kính gửi: Sở Nội vụ; Sở Tài chính.",)),
    letter("recipients.to_signs", "Nội vụ,", to=("Kính gửi:", "- Sở Nội vụ,", "- Sở Tài chính.")),
    decision("recipients.missing", received=()),
    received("recipients.heading", "Nơi nhận", "Nơi nhận", *DECISION.received[1:]),
    look("recipients.heading_style", "heading", 14, "b"),
    look("recipients.item_style", "item", 12, ""),
    received("recipients.item_dash", "+", TO_WHOM, THIRD, "+ Sở Y tế;", KEPT),
    received("recipients.item_end", "Y tế,", TO_WHOM, THIRD, "- Sở Y tế,", KEPT),
    received("recipients.keep_missing", "Y tế", TO_WHOM, THIRD, "- Sở Y tế."),
    received("recipients.keep_form", "Lưu VT", TO_WHOM, THIRD, "- Lưu VT, VHXH."),
    received("recipients.keep_unit", "VT", TO_WHOM, THIRD, "- Lưu: VT."),
    received("recipients.keep_last", "Lưu", TO_WHOM, THIRD, "- Lưu: VT, VP;", "- Sở Y tế."),
    received("recipients.final_stop", "VHXH", TO_WHOM, THIRD, "- Lưu: VT, VHXH;"),
    received("recipients.as_above", "Như trên", TO_WHOM, "- Như trên;", "- Lưu: VT, VHXH."),
    received("recipients.article", "Điều 9", TO_WHOM, "- Như Điều 9;", "- Lưu: VT, VHXH."),
    received("recipients.twice", "Sở Y tế", TO_WHOM, "- Sở Y tế;", "- Sở Y tế;", KEPT),
    received(
        "recipients.abolished", "UBND các huyện",
        TO_WHOM, THIRD, "- UBND các huyện;", KEPT,
    ),
]  # fmt: skip
MARKS_PAGE = [
    decision("marks.urgency_wording", "KHẨN CẤP", urgency="KHẨN CẤP"),
    decision("marks.urgency_small", "Hỏa tốc", urgency="Hỏa tốc"),
    Case("marks.urgency_style", DECISION.but(urgency="KHẨN", looks={"urgency": (11, "")}), "cỡ 11"),
    decision("marks.secrecy", "MẬT", urgency="MẬT"),
    decision("page.size", "216", size=(215.9, 297)),
    letter("page.landscape", size=(297, 210)),
    letter("page.margins", "trái 20", margins=(20, 18, 20)),
    letter("page.font", "liberationsans", font="liberation2/LiberationSans"),
    letter("page.colour", colour=(0.8, 0, 0)),
    decision("page.number_first", "1", page_number=str),
    long("page.number_missing", page_number=lambda page: ""),
    long("page.number_place", "2", page_number_at=(0.5, 285)),
    long("page.number_wrong", "5", page_number=lambda page: "5" if page > 1 else ""),
    long("page.number_form", "- 2 -", page_number=lambda page: f"- {page} -" if page > 1 else ""),
    look("page.number_style", "page_number", 10, "", LONG),
    decision("page.blank", blank_pages=1),
]
LANGUAGE = [
    saying("language.spelling", "bổ xung", "Phường đề nghị bổ xung kinh phí cho năm sau."),
    saying("language.orthography", "nghành", "Phường phối hợp với các nghành có liên quan."),
    saying("language.capitals", "Ủy Ban Nhân Dân", "Ủy Ban Nhân Dân phường xin cảm ơn."),
    saying("language.article_capital", "điều 5", "Theo điều 5 Nghị định này, phường đã lập sổ."),
    saying("language.tones", "hoà", "Phường đã hòa giải, hòa mạng và hoà vốn đầu tư."),
    saying("language.double_space", "quan", "Phường xin cảm ơn sự  quan tâm của quý Sở."),
    saying("language.space_before_sign", "phường ,", "Các phường , đặc khu đã lập sổ theo dõi."),
    saying("language.space_after_sign", "xã,phường", "Các xã,phường đã lập sổ theo dõi."),
    saying("language.repeated", "của của", "Đây là báo cáo của của phường về công tác năm."),
    saying("language.decomposed", "phường", "Đây là báo cáo của phươ\u0300ng về công tác năm."),
    saying("language.money", "500.000đ", "Kinh phí hỗ trợ là 500.000đ cho mỗi hộ."),
    saying("language.thousands", "1,250", "Phường có 1,250 hộ đã đăng ký tài khoản."),
    saying("language.date_zero", "ngày 5/1", "Cuộc họp tổ chức ngày 5/1/2026 tại phường."),
    saying("language.impossible_date", "31/4", "Thời hạn báo cáo là ngày 31/4/2026 tại phường."),
    saying("language.brackets", "(phụ", "Phường gửi kèm biểu (phụ biểu số 1 để theo dõi."),
    saying("references.type_code", "Quyết định", "Theo Quyết định số 12/KH-UBND ngày 05/3/2025."),
    saying("references.code_marks", "QD", "Theo Quyết định số 12/QD-UBND ngày 05/3/2025."),
    saying("references.spaces", "34 /TTr", "Theo Tờ trình số 34 /TTr- SCT ngày 05/3/2025."),
    saying("references.no_date", "Tờ trình", "Phường đã có Tờ trình số 34/TTr-UBND về việc này."),
]
EXPECTED = [
    expecting("head.organ_unexpected", organ="Ủy ban nhân dân phường Tây Hoa Lư"),
    expecting("number.unexpected", notation="QĐ-CTUBND"),
    expecting("number.differs", number="08"),
    expecting("date.differs", issued_on=date(2026, 1, 6)),
    expecting("date.place_differs", place="Ninh Bình"),
    expecting("type.differs", type_name="Thông báo"),
    expecting("subject.differs", subject="Kiện toàn Ban Chỉ huy phòng thủ dân sự"),
    expecting("recipients.differ", LETTER, addressees=("Sở Nội vụ",)),
    expecting("signature.authority_differs", authority_lines=("TM. ỦY BAN NHÂN DÂN",)),
    expecting("signature.post_differs", position="Phó Chủ tịch"),
    expecting("signature.name_differs", signer_name="Lê Thị Mẫu"),
    expecting("marks.urgency_missing", urgency="urgent"),
    expecting("marks.urgency_differs", DECISION.but(urgency="KHẨN"), urgency="flash"),
]
CASES = [
    *HEAD,
    *NUMBER_DATE,
    *KIND_SUBJECT,
    *BODY_CASES,
    *SIGNATURE,
    *RECIPIENTS,
    *MARKS_PAGE,
    *LANGUAGE,
    *EXPECTED,
]
