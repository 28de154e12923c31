"""The invented office: four issuing bodies, its units, and the twelve people who work there.

Nobody here exists. So that no reader can mistake one of them for a real person, every invented
person bears the middle name “Mẫu” (sample), and the ward and its province carry names that no
place in Viet Nam has.
"""

from dataclasses import dataclass

WARD = "phường Minh Họa"
PROVINCE = "tỉnh Sông Mẫu"
OFFICE_NAME = "UBND phường Minh Họa"
PASSWORD = "minh-hoa-2026"  # noqa: S105 (of all demo accounts; printed by `make run`)


@dataclass(frozen=True, slots=True)
class DemoBody:
    """An issuing body of the organ: it has its own head lines, seal and number series."""

    key: str
    name: str
    code: str  # as it stands in a notation: QĐ-UBND
    parent_line: str | None  # cell 2 of the letter head, upper line
    head_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit of the office; `parent` is the key of the unit above."""

    key: str
    name: str
    short: str
    code: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class DemoPost:
    """A post (chức vụ) in a unit, with the roles of the rights matrix that go with it."""

    key: str
    unit: str
    title: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One of the twelve. `account` is the sign-in name; the first post is the main one."""

    account: str
    name: str
    posts: tuple[DemoPost, ...]
    phone: str  # a number nobody has: the block 0900 000 xxx is not in use

    @property
    def email(self) -> str:
        """An address under `.example`, a domain that can never exist."""
        return f"{self.account}@minhhoa.example"


BODIES: tuple[DemoBody, ...] = (
    DemoBody(
        "hdnd",
        "HĐND phường Minh Họa",
        "HĐND",
        None,
        ("HỘI ĐỒNG NHÂN DÂN", "PHƯỜNG MINH HỌA"),
    ),
    DemoBody("ubnd", OFFICE_NAME, "UBND", None, ("ỦY BAN NHÂN DÂN", "PHƯỜNG MINH HỌA")),
    DemoBody(
        "vp",
        "Văn phòng HĐND và UBND phường Minh Họa",
        "VP",
        "UBND PHƯỜNG MINH HỌA",
        ("VĂN PHÒNG HĐND VÀ UBND",),
    ),
    DemoBody(
        "bch",
        "Ban Chỉ huy Phòng thủ dân sự phường Minh Họa",
        "BCH",
        "UBND PHƯỜNG MINH HỌA",
        ("BAN CHỈ HUY", "PHÒNG THỦ DÂN SỰ"),
    ),
)

UNITS: tuple[DemoUnit, ...] = (
    DemoUnit("lanh_dao", "Lãnh đạo UBND phường", "Lãnh đạo", "LĐ"),
    DemoUnit("van_phong", "Văn phòng HĐND và UBND", "Văn phòng", "VP"),
    DemoUnit("kinh_te", "Phòng Kinh tế, Hạ tầng và Đô thị", "Phòng Kinh tế", "KTHTĐT"),
    DemoUnit("van_hoa", "Phòng Văn hóa - Xã hội", "Phòng Văn hóa", "VHXH"),
    DemoUnit("mot_cua", "Trung tâm Phục vụ hành chính công", "Một cửa", "TTPVHCC"),
    DemoUnit("dieu_hanh", "Tổ trực ban điều hành", "Trực ban", "TTB", parent="van_phong"),
    DemoUnit("cong_nghe", "Tổ công nghệ thông tin", "Tổ CNTT", "CNTT", parent="van_phong"),
)


def _one(account: str, name: str, phone: int, *posts: DemoPost) -> DemoPerson:
    return DemoPerson(account, name, posts, f"0900 000 {phone:03d}")


PEOPLE: tuple[DemoPerson, ...] = (
    _one("chutich", "Nguyễn Mẫu Sơn", 101, DemoPost("ct", "lanh_dao", "Chủ tịch", ("leader",))),
    _one(
        "phochutich",
        "Trần Thị Mẫu Lan",
        102,
        DemoPost("pct", "lanh_dao", "Phó Chủ tịch", ("leader",)),
    ),
    _one(
        "chanhvp",
        "Lê Mẫu Quân",
        103,
        DemoPost("cvp", "van_phong", "Chánh Văn phòng", ("chief_of_office",)),
    ),
    _one("vanthu", "Phạm Thị Mẫu Hạnh", 104, DemoPost("vt1", "van_phong", "Văn thư", ("clerk",))),
    _one(
        "vanthu2",
        "Đặng Thị Mẫu Thảo",
        105,
        DemoPost("vt2", "van_phong", "Văn thư", ("clerk",)),
        DemoPost("cv3", "van_phong", "Chuyên viên tổng hợp", ("specialist",)),
    ),
    _one(
        "tpkinhte",
        "Vũ Mẫu Cường",
        106,
        DemoPost("tp1", "kinh_te", "Trưởng phòng", ("department_head",)),
    ),
    _one(
        "ptpkinhte",
        "Hoàng Mẫu Khánh",
        107,
        DemoPost("ptp1", "kinh_te", "Phó Trưởng phòng", ("department_head",)),
    ),
    _one(
        "tpvanhoa",
        "Bùi Thị Mẫu Nga",
        108,
        DemoPost("tp2", "van_hoa", "Trưởng phòng", ("department_head",)),
    ),
    _one(
        "cvkinhte",
        "Đỗ Mẫu Phong",
        109,
        DemoPost("cv1", "kinh_te", "Chuyên viên", ("specialist",)),
    ),
    _one(
        "cvvanhoa",
        "Hồ Thị Mẫu Yến",
        110,
        DemoPost("cv2", "van_hoa", "Chuyên viên", ("specialist",)),
        DemoPost("tb1", "dieu_hanh", "Trực ban", ("duty_officer",)),
    ),
    _one(
        "motcua",
        "Ngô Thị Mẫu Chi",
        111,
        DemoPost("mc1", "mot_cua", "Cán bộ một cửa", ("one_stop_officer",)),
    ),
    _one(
        "quantri",
        "Dương Mẫu Tuấn",
        112,
        DemoPost("qt1", "cong_nghe", "Quản trị hệ thống", ("administrator",)),
    ),
)
