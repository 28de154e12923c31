"""Events told by foreign systems, the hotline and the public become incidents."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.feeds.processors import Fate, FieldInfo, Item, Outcome, SourceRef, Target
from app.operations.catalogue import Catalogue, IncidentType, catalogue
from app.operations.models import Origin
from app.operations.queries import KIND
from app.operations.services.raising import Report, raise_all
from app.organisation.names import fold_name
from app.security import SYSTEM
from app.sensors.models import SEVERITY_LABELS, Severity

TARGET = "events"
SEVERITIES: Mapping[str, Severity] = {
    **{severity.value: severity for severity in Severity},
    **{str(number): severity for number, severity in enumerate(Severity, start=1)},
    **{fold_name(label): severity for severity, label in SEVERITY_LABELS.items()},
    # Common Alerting Protocol 1.2, element severity
    "minor": Severity.LOW, "moderate": Severity.MEDIUM, "severe": Severity.HIGH,
    "extreme": Severity.CRITICAL,
}  # fmt: skip
"""What sources call a severity, folded."""


class NotAnEvent(ValueError):
    """The item tells of nothing that we understand; the message is the sentence for the inbox."""


class Events:
    """Takes events: each item is a report of an incident."""

    def process(
        self, session: Session, source: SourceRef, items: Sequence[Item]
    ) -> Sequence[Outcome]:
        known = catalogue()
        outcomes: dict[int, Outcome] = {}
        reports: dict[int, Report] = {}
        for at, item in enumerate(items):
            try:
                reports[at] = report_of(source, item, known)
            except NotAnEvent as error:
                outcomes[at] = Outcome(Fate.REFUSED, str(error))
        ids = raise_all(session, SYSTEM, list(reports.values()))
        for at, id_ in zip(reports, ids, strict=True):
            outcomes[at] = Outcome(Fate.ACCEPTED, kind=KIND, thing_id=id_)
        return [outcomes[at] for at in range(len(items))]


def report_of(source: SourceRef, item: Item, known: Catalogue) -> Report:
    """What an item tells. Raises NotAnEvent with a Vietnamese sentence."""
    given = item.fields
    kind = _type(given, known)
    latitude, longitude = _position(given)
    return Report(
        type=kind,
        title=_text(given, "title") or kind.label,
        origin=_origin(given),
        occurred_at=_moment(item),
        dedup_key=_key(source, given),
        severity=_severity(given),
        source=source.name,
        description=_lines(given, "description"),
        place=_text(given, "place"),
        area=_text(given, "area"),
        latitude=latitude,
        longitude=longitude,
        caller_name=_text(given, "caller_name"),
        caller_phone=_text(given, "caller_phone"),
        signal_id=item.signal_id,
        is_exercise=given.get("exercise") in (True, "true", "1", 1),
    )


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return " ".join(str(value).split()) if value not in (None, "") else ""


def _lines(given: Mapping[str, Any], name: str) -> str:
    """Words with their paragraphs."""
    return "\n".join(" ".join(line.split()) for line in str(given.get(name) or "").splitlines())


def _type(given: Mapping[str, Any], known: Catalogue) -> IncidentType:
    written = _text(given, "type")
    if written in known.types:
        return known.types[written]
    folded = fold_name(written)
    for one in known.types.values():
        if folded and fold_name(one.label) == folded:
            return one
    raise NotAnEvent(f"Không có loại sự cố “{written[:60]}”.")


def _severity(given: Mapping[str, Any]) -> Severity | None:
    written = _text(given, "severity")
    if not written:
        return None
    found = SEVERITIES.get(fold_name(written))
    if found is None:
        raise NotAnEvent(f"Không hiểu mức độ “{written[:60]}”.")
    return found


def _position(given: Mapping[str, Any]) -> tuple[float | None, float | None]:
    written = given.get("latitude"), given.get("longitude")
    if all(value in (None, "") for value in written):
        return None, None
    try:
        latitude, longitude = (float(str(value).replace(",", ".")) for value in written)
    except ValueError:
        raise NotAnEvent("Tọa độ không phải là số.") from None
    fits = abs(latitude) <= 90 and abs(longitude) <= 180
    if not (fits and math.isfinite(latitude) and math.isfinite(longitude)):
        raise NotAnEvent("Tọa độ nằm ngoài trái đất.")
    return latitude, longitude


def _origin(given: Mapping[str, Any]) -> Origin:
    written = _text(given, "origin")
    try:
        return Origin(written) if written else Origin.FEED
    except ValueError:
        raise NotAnEvent(f"Không hiểu nguồn tin “{written[:60]}”.") from None


def _moment(item: Item) -> datetime:
    """When it happened; nothing happens later than it is told."""
    return min(item.at, item.received_at) if item.at else item.received_at


def _key(source: SourceRef, given: Mapping[str, Any]) -> str | None:
    written = _text(given, "key")
    return f"feed:{source.id}:{written}"[:200] if written else None


EVENTS = Target(
    TARGET,
    _("Sự cố, vụ việc"),
    Events(),
    fields=(
        FieldInfo("type", _("Loại sự cố"), is_required=True, hint=_("Mã hoặc tên loại")),
        FieldInfo("title", _("Tóm tắt")),
        FieldInfo("severity", _("Mức độ"), hint=_("Thấp, Trung bình, Cao, Nghiêm trọng; 1–4")),
        FieldInfo("key", _("Mã vụ việc"), hint=_("Các tin cùng mã là một sự cố")),
        FieldInfo("place", _("Địa điểm")),
        FieldInfo("area", _("Khu vực")),
        FieldInfo("latitude", _("Vĩ độ")),
        FieldInfo("longitude", _("Kinh độ")),
        FieldInfo("description", _("Nội dung")),
        FieldInfo("caller_name", _("Người báo")),
        FieldInfo("caller_phone", _("Số điện thoại")),
        FieldInfo("origin", _("Nguồn tin")),
        FieldInfo("exercise", _("Diễn tập")),
    ),
    keeps_each=True,
)
