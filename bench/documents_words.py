"""Words for invented letters: subjects and pages in the manner of Vietnamese offices."""

from __future__ import annotations

from random import Random

ORGAN_KINDS = (
    "Sở Tài chính", "Sở Nội vụ", "Sở Y tế", "Sở Xây dựng", "Sở Giáo dục và Đào tạo",
    "Sở Nông nghiệp và Môi trường", "Sở Văn hóa, Thể thao và Du lịch", "Công an", "Bảo hiểm xã hội",
    "Kho bạc Nhà nước", "Thuế", "Ban Quản lý dự án", "Trường Trung học phổ thông", "Hội Nông dân",
    "Liên đoàn Lao động", "Đoàn Thanh niên",
)  # fmt: skip
PLACES = (
    "Sông Mẫu", "Núi Mẫu", "Đồng Mẫu", "Hồ Mẫu", "Suối Mẫu", "Biển Mẫu", "Đảo Mẫu", "Cửa Mẫu",
    "Bến Mẫu", "Gò Mẫu",
)  # fmt: skip
ACTS = (
    "Về việc báo cáo kết quả", "Về việc triển khai", "Về việc phối hợp thực hiện",
    "Về việc đề nghị góp ý dự thảo", "Về việc tăng cường", "Về việc rà soát, thống kê",
    "Về việc cử cán bộ tham gia", "Về việc giải quyết đơn đề nghị về", "Về việc cung cấp số liệu",
    "Về việc tổ chức hội nghị về", "Về việc kiểm tra, đôn đốc", "Về việc điều chỉnh kế hoạch",
)  # fmt: skip
TOPICS = (
    "công tác phòng cháy, chữa cháy", "thu ngân sách nhà nước", "cải cách hành chính",
    "giải phóng mặt bằng tuyến đường liên phường", "cấp giấy chứng nhận quyền sử dụng đất",
    "tiêm chủng mở rộng", "phòng, chống bão lũ", "chuyển đổi số", "xây dựng nông thôn mới",
    "tuyển sinh lớp một", "an toàn thực phẩm", "quản lý trật tự xây dựng", "chi trả trợ cấp xã hội",
    "vệ sinh môi trường", "phổ cập giáo dục", "bầu trưởng khu phố", "tiếp công dân định kỳ",
    "quản lý chợ và hộ kinh doanh", "bảo vệ trẻ em", "giảm nghèo bền vững", "thi đua, khen thưởng",
    "đăng ký tạm trú, tạm vắng", "nghĩa vụ quân sự", "phòng, chống dịch sốt xuất huyết",
    "sửa chữa trường học", "chiếu sáng công cộng", "thoát nước khu dân cư", "thư viện cộng đồng",
    "hỗ trợ doanh nghiệp nhỏ và vừa", "kiểm kê đất đai", "lưu trữ tài liệu", "văn hóa, thể thao",
)  # fmt: skip
TIMES = (
    "quý I", "quý II", "quý III", "quý IV", "sáu tháng đầu năm", "chín tháng đầu năm", "tháng 3",
    "tháng 7", "tháng 11", "giai đoạn 2026-2030", "trong dịp Tết", "mùa mưa bão",
)  # fmt: skip
SENTENCES = (
    "Thực hiện chỉ đạo của cấp trên về {topic}, {organ} đề nghị các đơn vị khẩn trương rà soát.",
    "Kết quả {topic} {time} đạt {number} phần trăm kế hoạch, tăng so với cùng kỳ năm trước.",
    "Đề nghị Ủy ban nhân dân phường báo cáo bằng văn bản trước ngày {number} để tổng hợp.",
    "Căn cứ Quyết định số {number}/QĐ-UBND về {topic}, giao các phòng chuyên môn chủ trì tham mưu.",
    "Kinh phí thực hiện {topic} được bố trí từ nguồn ngân sách địa phương theo quy định hiện hành.",
    "Trong {time}, {organ} đã kiểm tra {number} cơ sở và nhắc nhở những nơi chưa chấp hành.",
    "Các khu phố tiếp tục tuyên truyền, vận động nhân dân tham gia {topic}.",
    "Trân trọng cảm ơn sự phối hợp của quý cơ quan.",
)
SEARCHES = (
    "phòng cháy chữa cháy", "thu ngan sach", "cải cách hành chính quý III", "giai phong mat bang",
    "tiêm chủng mở rộng", "chuyển đổi số", "sở tài chính", "tuyen sinh lop mot", "bão lũ tháng 11",
    "nghĩa vụ quân sự", "báo cáo kết quả an toàn thực phẩm", "kiem ke dat dai", "1203/STC",
    "phối hợp thực hiện giảm nghèo bền vững", "hộ kinh doanh", "thoát nước khu dân cư",
)  # fmt: skip


def subject(chance: Random) -> str:
    """A trích yếu of about fifteen syllables."""
    return f"{chance.choice(ACTS)} {chance.choice(TOPICS)} {chance.choice(TIMES)}"


def page(chance: Random) -> str:
    """A short page: five sentences, some eighty syllables."""
    return "\n".join(
        chance.choice(SENTENCES).format(
            topic=chance.choice(TOPICS),
            organ=f"{chance.choice(ORGAN_KINDS)} {chance.choice(PLACES)}",
            time=chance.choice(TIMES),
            number=chance.randint(1, 3000),
        )
        for _ in range(5)
    )
