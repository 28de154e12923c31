"""Words that the grammar of the head knows: types, codes, organs, places, posts, family names.

General knowledge of Vietnamese offices (NĐ 30/2020, annexes I and III; names of ministries,
departments and provinces before and after 1 July 2025). An office adds its own organs by
`ReadOptions.organs`.
"""

from __future__ import annotations

from ocr.lines import fold

TYPE_OF_CODE = {
    "NQ": "Nghị quyết",
    "QĐ": "Quyết định",
    "CT": "Chỉ thị",
    "QC": "Quy chế",
    "QyĐ": "Quy định",
    "TC": "Thông cáo",
    "TB": "Thông báo",
    "HD": "Hướng dẫn",
    "CTr": "Chương trình",
    "KH": "Kế hoạch",
    "PA": "Phương án",
    "ĐA": "Đề án",
    "DA": "Dự án",
    "BC": "Báo cáo",
    "BB": "Biên bản",
    "TTr": "Tờ trình",
    "HĐ": "Hợp đồng",
    "CĐ": "Công điện",
    "BGN": "Bản ghi nhớ",
    "BTT": "Bản thỏa thuận",
    "GUQ": "Giấy ủy quyền",
    "GM": "Giấy mời",
    "GGT": "Giấy giới thiệu",
    "GNP": "Giấy nghỉ phép",
    "PG": "Phiếu gửi",
    "PC": "Phiếu chuyển",
    "PB": "Phiếu báo",
}
"""The 27 abbreviations of NĐ 30/2020, annex III. Công văn and Thư công have none."""

OTHER_CODES = {
    "NĐ": "Nghị định",
    "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch",
    "L": "Lệnh",
    "SL": "Sao lục",
    "SY": "Sao y",
    "TrS": "Trích sao",
    "CV": "Công văn",
    "KL": "Kết luận",
    "QH": "Luật",
    "VBHN": "Văn bản hợp nhất",
}
"""Codes of legal norms, copies and Party documents, which arrive daily as well."""

ALL_CODES = TYPE_OF_CODE | OTHER_CODES
CODE_OF_TYPE = {name: code for code, name in ALL_CODES.items()}
OFFICIAL_LETTER = "Công văn"

TITLES = {
    fold(name): name
    for name in [
        *ALL_CODES.values(),
        "Thư công",
        "Luật",
        "Giấy chứng nhận",
        "Giấy xác nhận",
        "Tờ khai",
        "Phiếu trình",
        "Phiếu xin lỗi",
        "Sắc lệnh",
        "Hiến pháp",
        "Pháp lệnh",
    ]
    if name not in ("Công văn", "Sao lục", "Sao y", "Trích sao", "Lệnh")
}
"""What may stand as a title in capitals, folded."""

ORGAN_CODES = frozenset(
    """UBND HĐND UBMTTQ MTTQ VP VPUB VPCP VPUBND HĐBC CP TTg QH CTN UBTVQH BCĐ BQL HĐTĐ HĐKT TU TW
    BNV BTC BGDĐT BYT BXD BTP BKHCN BCT BCA BQP BNG BVHTTDL BTNMT BNNPTNT BNNMT BLĐTBXH BGTVT BTTTT
    BKHĐT BDTTG UBDT NHNN TTCP KTNN VKSTC VKSNDTC TANDTC TLĐ BHXH
    SNV STC SGDĐT SYT SXD STP SKHCN SNNMT SNNPTNT SCT SVHTTDL SVHTT SDL STNMT SLĐTBXH SGTVT STTTT
    SKHĐT SNgV SDTTG TTPVHCC TTT TTr TCCB KHTC QLCL CCHC NVK PC NC KT TH VX CN TD QLĐT KTN KTNV
    CTHĐND ĐĐBQH BTCTU BTGTU BNCTU BDVTU UBKTTU VPTU HU ĐU CAT CAP CAX CCT CTT KBNN BCH BCHQS
    ĐHQG ĐH CĐ THPT THCS TH MN BV TTYT KCB TĐKT TCT CNTT TSCĐ QTTV HCTH TNMT VHXH VHTT KTHT KTHTĐT
    LĐTBXH GDĐT YT NN NNMT TP TTCN PVHCC""".split()
)
"""Abbreviations of organs and of the units that draft, as they stand in symbols."""

PROVINCES = tuple(
    name.strip()
    for name in """An Giang, Bà Rịa - Vũng Tàu, Bạc Liêu, Bắc Giang, Bắc Kạn, Bắc Ninh, Bến Tre,
    Bình Dương, Bình Định, Bình Phước, Bình Thuận, Cà Mau, Cao Bằng, Cần Thơ, Đà Nẵng, Đắk Lắk,
    Đắk Nông, Điện Biên, Đồng Nai, Đồng Tháp, Gia Lai, Hà Giang, Hà Nam, Hà Nội, Hà Tĩnh, Hải Dương,
    Hải Phòng, Hậu Giang, Hòa Bình, Hồ Chí Minh, Huế, Hưng Yên, Khánh Hòa, Kiên Giang, Kon Tum,
    Lai Châu, Lạng Sơn, Lào Cai, Lâm Đồng, Long An, Nam Định, Nghệ An, Ninh Bình, Ninh Thuận,
    Phú Thọ, Phú Yên, Quảng Bình, Quảng Nam, Quảng Ngãi, Quảng Ninh, Quảng Trị, Sóc Trăng, Sơn La,
    Tây Ninh, Thái Bình, Thái Nguyên, Thanh Hóa, Thừa Thiên Huế, Tiền Giang, Trà Vinh, Tuyên Quang,
    Vĩnh Long, Vĩnh Phúc, Yên Bái""".replace("\n", " ").split(",")
)

_FIELDS_OF_WORK = tuple(
    name.strip()
    for name in """Nội vụ, Tài chính, Giáo dục và Đào tạo, Y tế, Xây dựng, Tư pháp,
    Khoa học và Công nghệ, Nông nghiệp và Môi trường, Nông nghiệp và Phát triển nông thôn,
    Công Thương, Văn hóa, Thể thao và Du lịch, Văn hóa và Thể thao, Du lịch, Ngoại vụ,
    Tài nguyên và Môi trường, Lao động - Thương binh và Xã hội, Giao thông vận tải,
    Thông tin và Truyền thông, Kế hoạch và Đầu tư, Dân tộc và Tôn giáo, Quy hoạch - Kiến trúc,
    Công an, Quốc phòng, Ngoại giao""".replace("\n", " ")
    .replace("Văn hóa, Thể", "Văn hóa; Thể")
    .split(",")
)
_FIELDS = tuple(" ".join(f.replace(";", ",").split()) for f in _FIELDS_OF_WORK)

ORGAN_PHRASES = (
        "Ủy ban nhân dân", "Hội đồng nhân dân", "Ủy ban Mặt trận Tổ quốc Việt Nam",
        "Thường trực Hội đồng nhân dân", "Đoàn đại biểu Quốc hội", "Thủ tướng Chính phủ",
        "Chính phủ", "Văn phòng Chính phủ", "Văn phòng", "Thanh tra", "Thanh tra Chính phủ",
        "Kiểm toán Nhà nước", "Ngân hàng Nhà nước Việt Nam", "Bảo hiểm xã hội", "Kho bạc Nhà nước",
        "Tòa án nhân dân", "Viện kiểm sát nhân dân", "tối cao", "Cục Thuế", "Chi cục Thuế",
        "Thuế", "Cục Hải quan", "Công an", "Bộ Chỉ huy Quân sự", "Ban Chỉ huy Quân sự",
        "Ban Chỉ đạo", "Ban Chỉ huy Phòng thủ dân sự", "Ban Quản lý dự án",
        "Ban Quản lý các khu công nghiệp", "Ban Tổ chức",
        "Ban Tuyên giáo", "Trung tâm Phục vụ hành chính công", "Trung tâm", "Tỉnh ủy", "Thành ủy",
        "Đảng ủy", "Huyện ủy", "Liên đoàn Lao động", "Hội Nông dân", "Hội Cựu chiến binh",
        "Hội Liên hiệp Phụ nữ", "Đoàn Thanh niên Cộng sản Hồ Chí Minh", "Bệnh viện Đa khoa",
        "Trung tâm Y tế", "Trường Đại học", "Trường Tiểu học", "Trường Trung học cơ sở",
        "Trường Trung học phổ thông", "Trường Mầm non", "Kinh tế, Hạ tầng và Đô thị",
        "Cục Công nghệ thông tin", "Phòng Kinh tế", "Phòng Văn hóa - Xã hội", "tỉnh", "thành phố",
        "huyện", "xã", "phường", "quận", "thị xã", "thị trấn", "đặc khu", "UBND", "HĐND",
        *(f"Sở {f}" for f in _FIELDS), *(f"Bộ {f}" for f in _FIELDS), *_FIELDS, *PROVINCES,
)  # fmt: skip

ORGAN_STARTS = tuple(
    fold(name.strip())
    for name in """Ủy ban, UBND, Hội đồng, HĐND, Sở, Bộ, Ban, Tổng cục, Cục, Chi cục, Vụ, Văn phòng,
    Trung tâm, Trường, Công an, Công ty, Tập đoàn, Tổng công ty, Viện, Tòa án, Bảo hiểm, Kho bạc,
    Ngân hàng, Thanh tra, Phòng, Đảng ủy, Tỉnh ủy, Thành ủy, Huyện ủy, Quận ủy, Chi bộ, Đảng bộ,
    Mặt trận, Liên đoàn, Hội, Đoàn, Bệnh viện, Học viện, Thông tấn xã, Đài, Báo, Chính phủ,
    Thủ tướng, Quốc hội, Chủ tịch nước, Kiểm toán, Thuế, Hải quan, Chi nhánh, Xí nghiệp, Trạm, Hạt,
    Đội, Tổ, Liên hiệp, Quỹ, Tổng liên đoàn, Thường trực, Đại học, Nhà xuất bản, Bảo tàng, Thư viện,
    Ủy ban Kiểm tra, Đại hội, Khu, Điện lực, Bưu điện""".replace("\n", " ").split(",")
)

POSTS = tuple(
    name.strip()
    for name in """Chủ tịch, Phó Chủ tịch, Quyền Chủ tịch, Bộ trưởng, Thứ trưởng, Giám đốc,
    Phó Giám đốc, Chánh Văn phòng, Phó Chánh Văn phòng, Trưởng phòng, Phó Trưởng phòng, Trưởng ban,
    Phó Trưởng ban, Cục trưởng, Phó Cục trưởng, Tổng cục trưởng, Vụ trưởng, Phó Vụ trưởng,
    Chi cục trưởng, Phó Chi cục trưởng, Chánh Thanh tra, Phó Chánh Thanh tra, Hiệu trưởng,
    Phó Hiệu trưởng, Viện trưởng, Phó Viện trưởng, Chánh án, Phó Chánh án, Thủ tướng, Phó Thủ tướng,
    Bí thư, Phó Bí thư, Tổng Giám đốc, Phó Tổng Giám đốc, Thủ trưởng, Bộ trưởng Chủ nhiệm,
    Phó Chủ nhiệm, Chủ nhiệm, Tổng Thanh tra, Thống đốc, Phó Thống đốc, Trưởng Công an,
    Phó Trưởng Công an, Chỉ huy trưởng, Ủy ban nhân dân, Hội đồng nhân dân, Ban Thường vụ,
    Ban Chấp hành, Thường trực, Giám đốc Sở, Trưởng đoàn, Phó Chánh""".replace("\n", " ").split(",")
)

FAMILY_NAMES = frozenset(
    """Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Đoàn Mai
    Tạ Lương Lưu Cao Trương Tô Châu Quách Hà Thái Tống Đào Tăng La Văn Chu Triệu Lâm Vương
    Phùng Từ Kiều Lại Khổng Nghiêm Đàm Thân Diệp Giang Ông Bạch Thạch Kim Danh Sơn Nông
    Hứa Doãn Viên Ma Lò Quàng Cầm Giàng Vàng Lù Sùng Hạng Thào H' Y K' Ksor Siu Rơ A Điểu
    Thị Mạc Mạch Mã Ninh Phó Phí Quản Ứng Âu Ung Tôn Trà Tiêu Sầm Bế Hoàn Cù Cung Đậu Đồng
    Đường Hàn Khúc Khuất Lục Lã Ngọ Nhâm Nhữ Ngụy Ngân Thiều Thi Toàn Trang Triều Vi Uông""".split()
)

NATION = ("CONG HOA XA HOI CHU NGHIA VIET NAM", "DANG CONG SAN VIET NAM")
MOTTO = "DOC LAP - TU DO - HANH PHUC"
