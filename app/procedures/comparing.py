"""In what two versions of a procedure differ, as lines that an official reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.procedures.models import (
    CHANNEL_LABELS,
    FEE_LABELS,
    ONLINE_LABELS,
    PER_LABELS,
    STEP_LABELS,
    TIMING_LABELS,
    Channel,
    FeeKind,
    FeePer,
    FeeTiming,
    OnlineLevel,
    StepKind,
)
from app.procedures.paper_kinds import known_kinds
from app.procedures.records import FeeRecord, PaperRecord, Record, StepRecord, WayRecord
from app.security import ROLE_LABELS, Role
from app.worktime.calendar import Unit
from app.worktime.rules import UNIT_WORDS

FROM_RECEPTION = "Tính từ lúc nhận"
NEXT_DAY = "Tính từ ngày làm việc sau ngày nhận"
TEXTS: dict[str, str] = {
    "name": "Tên thủ tục",
    "field": "Lĩnh vực",
    "decision": "Quyết định công bố",
    "sort": "Loại thủ tục",
    "subjects": "Đối tượng",
    "implementing_organ": "Cơ quan thực hiện",
    "competent_organ": "Cơ quan có thẩm quyền",
    "coordinating_organ": "Cơ quan phối hợp",
    "receiving_place": "Nơi tiếp nhận",
    "result": "Kết quả",
    "sequence": "Trình tự thực hiện",
    "conditions": "Yêu cầu, điều kiện",
    "legal_grounds": "Căn cứ pháp lý",
    "restart_ground": "Căn cứ tính lại thời hạn",
    "result_document_type": "Loại văn bản kết quả",
    "book": "Sổ riêng",
    "unit": "Đơn vị xử lý",
    "keywords": "Từ khóa tìm",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One line: what it is about, as it was and as it will be; lists line by line."""

    label: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


def differences(before: Record | None, after: Record) -> list[Difference]:
    """What `after` changes; against nothing, everything that it says."""
    old, found = _lines(before) if before else {}, []
    for label, lines in _lines(after).items():
        was = old.get(label, ())
        if was == lines:
            continue
        gone = tuple(line for line in was if line not in lines)
        new = tuple(line for line in lines if line not in was)
        if not gone and not new:  # the same lines in another order
            gone, new = was, lines
        found.append(Difference(label, gone, new))
    return found


def _lines(record: Record) -> dict[str, tuple[str, ...]]:
    lines = {label: _some(getattr(record, name)) for name, label in TEXTS.items()}
    lines["Thời hạn giải quyết"] = _some(_limit(record))
    lines["Tạm dừng, gia hạn"] = _pauses(record)
    lines["Dịch vụ trực tuyến"] = _some(ONLINE_LABELS[OnlineLevel(record.online_level)])
    lines["Bổ sung qua mạng"] = _some("Có" if record.online_supplements else "Không")
    lines["Thành phần hồ sơ"] = tuple(_paper(one) for one in record.papers)
    lines["Phí, lệ phí"] = tuple(_fee(one) for one in record.fees)
    lines["Các bước"] = tuple(_step(n, one) for n, one in enumerate(record.steps, start=1))
    lines["Cách thức nộp"] = tuple(_way(one) for one in record.ways)
    return lines


def _some(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line.strip())


def _limit(record: Record) -> str:
    start = FROM_RECEPTION if record.start_rule == "from_reception" else NEXT_DAY
    words = f"{record.limit_amount} {UNIT_WORDS[Unit(record.limit_unit)]}. {start}."
    if record.is_same_day:
        words = f"Trả ngay. {words}"
    if record.cutoff_minute is not None:
        words += f" Nhận sau {record.cutoff_minute // 60:02d}:{record.cutoff_minute % 60:02d} "
        words += "trả ngày làm việc sau."
    return words


def _pauses(record: Record) -> tuple[str, ...]:
    said = [
        ("Tạm dừng khi chờ nộp tiền", record.pauses_for_fees),
        ("Tạm dừng khi hỏi ý kiến", record.pauses_for_opinions),
        ("Tính lại từ khi đủ hồ sơ", record.may_restart),
    ]
    lines = [text for text, holds in said if holds]
    if record.most_supplements is not None:
        lines.append(f"Bổ sung nhiều nhất {record.most_supplements} lần")
    lines.append(f"Gia hạn nhiều nhất {record.most_extensions} lần")
    if record.most_extension_amount is not None:
        words = UNIT_WORDS[Unit(record.limit_unit)]
        lines.append(f"Mỗi lần gia hạn nhiều nhất {record.most_extension_amount} {words}")
    return tuple(lines)


def _joined(parts: Sequence[str]) -> str:
    return ", ".join(part for part in parts if part)


def kind_label(key: str) -> str:
    """What people call a kind of paper."""
    return next((one.label for one in known_kinds() if one.key == key), key)


def _paper(one: PaperRecord) -> str:
    return _joined([
        one.name,
        f"{one.originals} bản chính" if one.originals else "",
        f"{one.copies} bản sao" if one.copies else "",
        "" if one.is_required else "không bắt buộc",
        f"chỉ khi {one.case}" if one.case else "",
        f"mẫu {one.form_name}" if one.form_name else "",
        f"máy đọc phải thấy {kind_label(one.shape)}" if one.shape else "",
    ])  # fmt: skip


def money(amount: int) -> str:
    return f"{amount:,} đồng".replace(",", ".")


def _fee(one: FeeRecord) -> str:
    amount = "theo thông báo"
    if one.amount is not None:
        amount = f"{money(one.amount)}/{PER_LABELS[FeePer(one.per)]}"
    return _joined([
        f"{FEE_LABELS[FeeKind(one.kind)]}: {one.name}",
        amount,
        _further(one),
        f"nhiều nhất {money(one.most)}" if one.most else "",
        TIMING_LABELS[FeeTiming(one.timing)].lower(),
        f"chỉ khi {one.case}" if one.case else "",
        one.ground,
    ])  # fmt: skip


def _further(one: FeeRecord) -> str:
    if one.further_from is None or one.further_amount is None:
        return ""
    return f"từ trang thứ {one.further_from} mỗi trang {money(one.further_amount)}"


def _step(number: int, one: StepRecord) -> str:
    share = f"{one.hundredths / 100:g}".replace(".", ",") if one.hundredths else ""
    return _joined([
        f"{number}. {one.name}",
        STEP_LABELS[StepKind(one.kind)],
        ROLE_LABELS[Role(one.role)],
        f"{share} phần thời hạn" if share else "",
        one.unit,
    ])  # fmt: skip


def _way(one: WayRecord) -> str:
    label = CHANNEL_LABELS[Channel(one.channel)]
    return _joined([label, one.limit_words, one.fee_words, one.description])
