"""The closed lists of this room, with the national codes and the words on the screen."""

from __future__ import annotations

import enum


class VersionState(enum.Enum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # a draft that was given up


class Channel(enum.Enum):
    """How a dossier comes in."""

    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"


class OnlineLevel(enum.Enum):
    """How much of it can be done online (Decree 42/2022)."""

    FULL = "full"
    PARTIAL = "partial"
    INFORMATION = "information"


class FeeKind(enum.Enum):
    FEE = "fee"
    CHARGE = "charge"
    TAX = "tax"


class FeePer(enum.Enum):
    """What the amount is multiplied with."""

    DOSSIER = "dossier"
    COPY = "copy"
    PAGE = "page"
    SIGNATURE = "signature"


class FeeTiming(enum.Enum):
    BEFORE = "before"
    AFTER = "after"


class StepKind(enum.Enum):
    """What happens in a step."""

    RECEPTION = "reception"
    ASSIGNMENT = "assignment"
    HANDLING = "handling"
    REVIEW = "review"
    SIGNATURE = "signature"
    ISSUING = "issuing"
    DELIVERY = "delivery"


class DossierStatus(enum.Enum):
    """The national states of a dossier; `NATIONAL_CODE` gives their numbers."""

    NEW = "new"
    RECEIVED = "received"
    NOT_RECEIVED = "not_received"
    PROCESSING = "processing"
    SUPPLEMENT = "supplement"
    FINANCE = "finance"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    DONE = "done"
    DELIVERED = "delivered"


S = DossierStatus
NATIONAL_CODE: dict[DossierStatus, int] = {status: n for n, status in enumerate(S, start=1)}
BY_NATIONAL_CODE: dict[int, DossierStatus] = {n: status for status, n in NATIONAL_CODE.items()}
CHANNEL_CODE: dict[Channel, int] = {Channel.COUNTER: 1, Channel.ONLINE: 2, Channel.POST: 3}
NEXT: dict[DossierStatus, frozenset[DossierStatus]] = {
    S.NEW: frozenset({S.RECEIVED, S.NOT_RECEIVED}),
    S.RECEIVED: frozenset({S.PROCESSING}),
    S.NOT_RECEIVED: frozenset(),
    S.PROCESSING: frozenset({S.SUPPLEMENT, S.FINANCE, S.WITHDRAWN, S.STOPPED, S.DONE}),
    S.SUPPLEMENT: frozenset({S.PROCESSING, S.STOPPED}),
    S.FINANCE: frozenset({S.PROCESSING}),
    S.WITHDRAWN: frozenset(),
    S.STOPPED: frozenset(),
    S.DONE: frozenset({S.DELIVERED}),
    S.DELIVERED: frozenset(),
}
RUNNING = frozenset({S.RECEIVED, S.PROCESSING})
PAUSED = frozenset({S.SUPPLEMENT, S.FINANCE})
SUSPENDED_IN_REPORTS = PAUSED | {S.STOPPED}
SETTLED_IN_REPORTS = frozenset({S.DONE, S.DELIVERED, S.WITHDRAWN})
OPEN = frozenset({S.NEW}) | RUNNING | PAUSED

STATUS_LABELS: dict[DossierStatus, str] = {
    S.NEW: "Mới đăng ký",
    S.RECEIVED: "Được tiếp nhận",
    S.NOT_RECEIVED: "Không được tiếp nhận",
    S.PROCESSING: "Đang xử lý",
    S.SUPPLEMENT: "Yêu cầu bổ sung giấy tờ",
    S.FINANCE: "Yêu cầu thực hiện nghĩa vụ tài chính",
    S.WITHDRAWN: "Công dân yêu cầu rút",
    S.STOPPED: "Dừng xử lý",
    S.DONE: "Đã xử lý xong",
    S.DELIVERED: "Đã trả kết quả",
}
CHANNEL_LABELS: dict[Channel, str] = {
    Channel.COUNTER: "Trực tiếp",
    Channel.ONLINE: "Trực tuyến",
    Channel.POST: "Bưu chính công ích",
}
TIMING_LABELS: dict[FeeTiming, str] = {
    FeeTiming.BEFORE: "Khi nộp hồ sơ",
    FeeTiming.AFTER: "Sau khi có thông báo",
}
ONLINE_LABELS: dict[OnlineLevel, str] = {
    OnlineLevel.FULL: "Toàn trình",
    OnlineLevel.PARTIAL: "Một phần",
    OnlineLevel.INFORMATION: "Cung cấp thông tin",
}
FEE_LABELS: dict[FeeKind, str] = {
    FeeKind.FEE: "Phí",
    FeeKind.CHARGE: "Lệ phí",
    FeeKind.TAX: "Nghĩa vụ tài chính",
}
PER_LABELS: dict[FeePer, str] = {
    FeePer.DOSSIER: "hồ sơ",
    FeePer.COPY: "bản",
    FeePer.PAGE: "trang",
    FeePer.SIGNATURE: "chữ ký",
}
STEP_LABELS: dict[StepKind, str] = {
    StepKind.RECEPTION: "Tiếp nhận",
    StepKind.ASSIGNMENT: "Phân công",
    StepKind.HANDLING: "Thẩm định, xử lý",
    StepKind.REVIEW: "Soát xét",
    StepKind.SIGNATURE: "Ký kết quả",
    StepKind.ISSUING: "Vào sổ, đóng dấu",
    StepKind.DELIVERY: "Trả kết quả",
}
VERSION_LABELS: dict[VersionState, str] = {
    VersionState.DRAFT: "Bản thảo",
    VersionState.PUBLISHED: "Đã công bố",
    VersionState.WITHDRAWN: "Đã bỏ",
}


class FinanceState(enum.Enum):
    """The money side of a dossier, beside its business state."""

    NONE = "none"
    DUE = "due"
    PAID = "paid"
    EXEMPT = "exempt"


class DeliveryWay(enum.Enum):
    """How the result goes back."""

    COUNTER = "counter"
    POST = "post"
    ONLINE = "online"


class PaperState(enum.Enum):
    """What became of a paper that was asked for."""

    RECEIVED = "received"
    MISSING = "missing"
    NOT_NEEDED = "not_needed"


class ReadState(enum.Enum):
    """How far the reading of a scan of a paper is."""

    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"


class NoticeKind(enum.Enum):
    """The papers that go to the citizen on the way, with the number of their form."""

    SUPPLEMENT = "supplement"
    REFUSAL = "refusal"
    APOLOGY = "apology"
    STOP = "stop"


class SupplementStage(enum.Enum):
    INTAKE = "intake"
    APPRAISAL = "appraisal"


class PaymentWay(enum.Enum):
    CASH = "cash"
    TRANSFER = "transfer"
    ONLINE = "online"


class RatedVia(enum.Enum):
    QR = "qr"
    KIOSK = "kiosk"


class DifferenceKind(enum.Enum):
    """What a daily list of the provincial system says otherwise than we."""

    NEW_HERE = "new_here"  # it was not known and was taken in
    CHANGED = "changed"  # a field differs
    MISSING_THERE = "missing_there"  # open here, not in their list
    UNREADABLE = "unreadable"  # a row that cannot be understood


FORM_NUMBER: dict[NoticeKind, str] = {
    NoticeKind.SUPPLEMENT: "02",
    NoticeKind.REFUSAL: "03",
    NoticeKind.APOLOGY: "04",
    NoticeKind.STOP: "05",
}
NOTICE_LABELS: dict[NoticeKind, str] = {
    NoticeKind.SUPPLEMENT: "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    NoticeKind.REFUSAL: "Phiếu từ chối tiếp nhận, giải quyết hồ sơ",
    NoticeKind.APOLOGY: "Văn bản xin lỗi và đề nghị gia hạn",
    NoticeKind.STOP: "Thông báo dừng giải quyết hồ sơ",
}
FINANCE_LABELS: dict[FinanceState, str] = {
    FinanceState.NONE: "Không phải nộp",
    FinanceState.DUE: "Chưa nộp",
    FinanceState.PAID: "Đã nộp",
    FinanceState.EXEMPT: "Được miễn",
}
DELIVERY_LABELS: dict[DeliveryWay, str] = {
    DeliveryWay.COUNTER: "Nhận tại quầy",
    DeliveryWay.POST: "Qua bưu chính công ích",
    DeliveryWay.ONLINE: "Bản điện tử",
}
PAPER_LABELS: dict[PaperState, str] = {
    PaperState.RECEIVED: "Đã nộp",
    PaperState.MISSING: "Còn thiếu",
    PaperState.NOT_NEEDED: "Không cần",
}
PAYMENT_LABELS: dict[PaymentWay, str] = {
    PaymentWay.CASH: "Tiền mặt",
    PaymentWay.TRANSFER: "Chuyển khoản",
    PaymentWay.ONLINE: "Trực tuyến",
}
STAGE_LABELS: dict[SupplementStage, str] = {
    SupplementStage.INTAKE: "Khi tiếp nhận",
    SupplementStage.APPRAISAL: "Khi thẩm định",
}
DIFFERENCE_LABELS: dict[DifferenceKind, str] = {
    DifferenceKind.NEW_HERE: "Mới, đã thêm vào đây",
    DifferenceKind.CHANGED: "Khác nhau",
    DifferenceKind.MISSING_THERE: "Không có trong danh sách của tỉnh",
    DifferenceKind.UNREADABLE: "Dòng không đọc được",
}
SATISFACTION_LABELS: dict[int, str] = {
    5: "Rất hài lòng",
    4: "Hài lòng",
    3: "Bình thường",
    2: "Không hài lòng",
    1: "Rất không hài lòng",
}
