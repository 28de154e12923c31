"""What a workbook would change: compared with what is there, without writing anything."""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.addresses import is_address
from app.organisation.dates import parse_date
from app.organisation.importing.snapshot import OrganInfo, PersonInfo, PostInfo, Snapshot, UnitInfo
from app.organisation.importing.workbook import ORGANS, PEOPLE, POSTS, SHEETS, UNITS, Line
from app.organisation.models import OrganLevel, UnitKind
from app.organisation.names import fold_name
from app.security import ROLE_LABELS, Role

KIND_WORDS = {
    "lanh dao": UnitKind.LEADERSHIP,
    "van phong": UnitKind.OFFICE,
    "phong": UnitKind.DEPARTMENT,
    "trung tam": UnitKind.CENTRE,
    "to": UnitKind.TEAM,
    "doi": UnitKind.TEAM,
    "ban": UnitKind.COMMITTEE,
    "hoi dong": UnitKind.COMMITTEE,
}
LEVEL_WORDS = {
    "trung uong": OrganLevel.CENTRAL,
    "tinh": OrganLevel.PROVINCE,
    "thanh pho": OrganLevel.PROVINCE,
    "huyen": OrganLevel.DISTRICT,
    "xa": OrganLevel.COMMUNE,
    "phuong": OrganLevel.COMMUNE,
    "dac khu": OrganLevel.COMMUNE,
    "khac": OrganLevel.EXTERNAL,
}
YES, NO = {"co", "x", "yes", "1", "true"}, {"", "khong", "no", "0", "false"}
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,58}[a-z0-9]")
_LIMITS = {"name": 200, "short_name": 80, "title": 120, "full_name": 120, "email": 120, "phone": 40}


class Act(enum.Enum):
    """What confirming would do with a row."""

    ADD = "add"
    CHANGE = "change"
    SAME = "same"
    ERROR = "error"


@dataclass(slots=True)
class Planned:
    """One row with its outcome; `values` is what a service would get."""

    line: Line
    title: str
    act: Act = Act.SAME
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    id: int | None = None

    def fail(self, sentence: str) -> None:
        self.errors.append(sentence)
        self.act = Act.ERROR

    def compare(self, heading: str, old: str, new: str) -> None:
        if old != new:
            self.changes.append((heading, old, new))


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of a workbook with their outcomes."""

    rows: list[Planned]

    def count(self, act: Act) -> int:
        return sum(row.act is act for row in self.rows)

    @property
    def may_confirm(self) -> bool:
        return not self.count(Act.ERROR) and bool(self.count(Act.ADD) + self.count(Act.CHANGE))

    @property
    def digest(self) -> str:
        """Names the outcome, so that a confirmation means what was shown."""
        parts = [
            repr((row.line.sheet, row.line.number, row.act.value, row.id, row.changes))
            for row in self.rows
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def make_plan(lines: Sequence[Line], there: Snapshot, *, on: date) -> Plan:
    """Decide for each row what it would do. `there` is updated with what the rows would add.

    Rows are taken in their order, so a post may name a unit of the same workbook.
    """
    planners: dict[str, Callable[[Planned, Snapshot, date], None]] = {
        UNITS: _plan_unit,
        POSTS: _plan_post,
        PEOPLE: _plan_person,
        ORGANS: _plan_organ,
    }
    seen: dict[tuple[str, ...], int] = {}
    rows = []
    for line in lines:
        planned = Planned(line, title=_title(line))
        _check_cells(planned)
        if not planned.errors:
            planners[line.sheet](planned, there, on)
        _refuse_repeats(planned, seen)
        rows.append(planned)
    return Plan(rows)


def _title(line: Line) -> str:
    cells = line.cells
    if line.sheet == POSTS:
        return f"{cells.get('title', '')} ({cells.get('unit', '')})"
    return cells.get("full_name") or cells.get("name") or cells.get("login") or ""


def _check_cells(row: Planned) -> None:
    for column in SHEETS[row.line.sheet]:
        text = row.line.cells.get(column.field, "")
        if column.required and not text:
            row.fail(f"Thiếu “{column.heading}”.")
        limit = _LIMITS.get(column.field, 400)
        if column.field != "aliases" and len(text) > limit:
            row.fail(f"“{column.heading}” dài quá {limit} ký tự.")


def _refuse_repeats(row: Planned, seen: dict[tuple[str, ...], int]) -> None:
    cells, sheet = row.line.cells, row.line.sheet
    keys: dict[str, tuple[str, ...]] = {
        UNITS: (cells.get("code", ""),),
        ORGANS: (fold_name(cells.get("name", "")),),
        PEOPLE: (
            cells.get("login", "").lower(),
            cells.get("unit", ""),
            fold_name(cells.get("title", "")),
        ),
    }
    if sheet not in keys or not all(keys[sheet][:1]):
        return
    key = (sheet, *keys[sheet])
    if key in seen:
        row.fail(f"Trùng với dòng {seen[key]}.")
    seen.setdefault(key, row.line.number)


def _day(row: Planned, on: date) -> date:
    text = row.line.cells.get("valid_from", "")
    if not text:
        return on
    try:
        return parse_date(text)
    except ValueError:
        row.fail(f"“{text}” không phải là ngày dd/mm/yyyy.")
        return on


def _number(row: Planned, name: str, fallback: int) -> int:
    text = row.line.cells.get(name, "")
    if not text:
        return fallback
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        row.fail(f"“{text}” không phải là số từ 0 đến 999.")
        return fallback
    return int(text)


def _settle(row: Planned, known_id: int | None) -> None:
    if row.errors:
        return
    row.id = known_id
    row.act = Act.ADD if known_id is None else Act.CHANGE if row.changes else Act.SAME


def _plan_unit(row: Planned, there: Snapshot, on: date) -> None:
    cells = row.line.cells
    code, known = cells["code"], there.units.get(cells["code"])
    kind_text = fold_name(cells.get("kind", ""))
    kind = KIND_WORDS.get(kind_text, known.kind if known else UnitKind.DEPARTMENT)
    if kind_text and kind_text not in KIND_WORDS:
        row.fail(f"Không có loại đơn vị “{cells['kind']}”.")
    parent = cells.get("parent", "") or (known.parent if known else "")
    if parent and parent not in there.units:
        row.fail(f"Không có đơn vị mã “{parent}”; đơn vị cấp trên phải đứng ở dòng trước.")
    if parent and there.is_below(parent, code):
        row.fail("Đơn vị không thể thuộc chính nó hoặc đơn vị cấp dưới.")
    position = _number(row, "position", known.position if known else 0)
    start = _day(row, known.valid_from if known else on)
    new = UnitInfo(
        known.id if known else None,
        cells["name"],
        cells["short_name"],
        kind,
        parent,
        position,
        start,
    )
    twin = there.unit_named(new.name)
    if twin is not None and twin != code:
        row.fail(f"Tên này là của đơn vị mã “{twin}”.")
    if known is not None:
        row.compare("Tên đơn vị", known.name, new.name)
        row.compare("Tên ngắn", known.short_name, new.short_name)
        row.compare("Loại", known.kind.value, new.kind.value)
        row.compare("Thuộc đơn vị", known.parent, new.parent)
        row.compare("Thứ tự", str(known.position), str(new.position))
        row.compare("Từ ngày", f"{known.valid_from:%d/%m/%Y}", f"{new.valid_from:%d/%m/%Y}")
    row.values = {"code": code, "info": new}
    _settle(row, new.id)
    if not row.errors:
        there.units[code] = new


def _plan_post(row: Planned, there: Snapshot, on: date) -> None:
    cells = row.line.cells
    unit, title = cells["unit"], cells["title"]
    if unit not in there.units:
        row.fail(f"Không có đơn vị mã “{unit}”.")
    key = (unit, fold_name(title))
    known = there.next_post(key)
    roles = known.roles if known else frozenset[Role]()
    if cells.get("roles"):
        roles = _roles(row, cells["roles"])
    head = fold_name(cells.get("is_head", ""))
    if head not in YES | NO:
        row.fail(f"“Cấp trưởng, phó”: chỉ ghi “có” hoặc để trống, không ghi “{cells['is_head']}”.")
    rank = _number(row, "rank", known.rank if known else 50)
    start = _day(row, known.valid_from if known else on)
    new = PostInfo(known.id if known else None, title, roles, head in YES, rank, start)
    if known is not None:
        row.compare("Vai trò", _role_names(known.roles), _role_names(roles))
        row.compare("Cấp trưởng, phó", _yes(known.is_head), _yes(new.is_head))
        row.compare("Thứ bậc", str(known.rank), str(rank))
        row.compare("Từ ngày", f"{known.valid_from:%d/%m/%Y}", f"{start:%d/%m/%Y}")
    row.values = {"unit": unit, "info": new}
    _settle(row, new.id)
    if not row.errors:
        there.planned_posts.setdefault(key, []).append(new)


def _roles(row: Planned, text: str) -> frozenset[Role]:
    by_name = {fold_name(label): role for role, label in ROLE_LABELS.items()}
    found = set()
    for part in text.replace(";", ",").split(","):
        role = by_name.get(fold_name(part))
        if role is not None:
            found.add(role)
        elif part.strip():
            row.fail(f"Không có vai trò “{part.strip()}”.")
    if Role.ADMINISTRATOR in found and len(found) > 1:
        row.fail("Vai trò Quản trị phải đứng riêng.")
    return frozenset(found)


def _plan_person(row: Planned, there: Snapshot, on: date) -> None:
    cells = row.line.cells
    login = cells["login"].lower()
    if not _LOGIN.fullmatch(login):
        row.fail("Tên đăng nhập gồm 3 đến 60 chữ thường không dấu, chữ số, dấu chấm hoặc gạch.")
    known = there.people.get(login)
    email = cells.get("email", "") or (known.email if known else "")
    phone = cells.get("phone", "") or (known.phone if known else "")
    if email and not is_address(email):
        row.fail(f"“{email}” không phải là địa chỉ thư.")
    posts = set(known.posts) if known else set()
    key = (cells.get("unit", ""), fold_name(cells.get("title", "")))
    place, start = None, _day(row, on)
    if all(key) and key not in posts:
        place = there.take_free_post(key)
        if place is None:
            row.fail(f"Không có chức vụ trống “{cells['title']}” ở đơn vị mã “{key[0]}”.")
        posts.add(key)
    elif any(key) and not all(key):
        row.fail("Cần cả mã đơn vị và chức vụ, hoặc để trống cả hai.")
    if known is not None:
        row.compare("Họ và tên", known.full_name, cells["full_name"])
        row.compare("Thư điện tử", known.email, email)
        row.compare("Điện thoại", known.phone, phone)
    if place is not None:
        row.changes.append(("Chức vụ", "", cells["title"]))
    new = PersonInfo(
        known.id if known else None, cells["full_name"], email, phone, frozenset(posts)
    )
    row.values = {"login": login, "info": new, "post": place, "key": key, "from": start}
    _settle(row, new.id)
    if known is not None and known.id is None and not row.errors:
        row.act = Act.CHANGE if row.changes else Act.SAME
    if not row.errors:
        there.people[login] = new


def _plan_organ(row: Planned, there: Snapshot, on: date) -> None:
    cells = row.line.cells
    name = cells["name"]
    known = there.organ(name)
    level_text = fold_name(cells.get("level", ""))
    if level_text and level_text not in LEVEL_WORDS:
        row.fail(f"Không có cấp “{cells['level']}”.")
    level = LEVEL_WORDS.get(level_text, known.level if known else OrganLevel.EXTERNAL)
    short = cells.get("short_name", "") or (known.short_name if known else "")
    code = cells.get("code", "") or (known.code if known else "")
    aliases = [part.strip() for part in cells.get("aliases", "").split(";") if part.strip()]
    spellings = {fold_name(text): text for text in [name, short, *aliases] if fold_name(text)}
    for folded, text in spellings.items():
        other = there.organs.get(folded)
        if len(text) > 200:
            row.fail("Một tên gọi dài quá 200 ký tự.")
        elif other is not None and (known is None or other.key != known.key):
            row.fail(f"“{text}” là tên của “{other.name}”; hãy gộp hai cơ quan trước.")
    if not fold_name(name):
        row.fail("Tên cơ quan không có chữ nào.")
    every = {**(known.spellings if known else {}), **spellings}
    key = known.key if known else f"line {row.line.number}"
    new = OrganInfo(known.id if known else None, key, name, short, level, code, every)
    if known is not None:
        row.compare("Tên cơ quan", known.name, new.name)
        row.compare("Tên ngắn", known.short_name, new.short_name)
        row.compare("Cấp", known.level.value, new.level.value)
        row.compare("Mã định danh", known.code, new.code)
        added = sorted(text for folded, text in spellings.items() if folded not in known.spellings)
        row.compare("Tên gọi khác", "", "; ".join(added))
    row.values = {"info": new}
    _settle(row, new.id)
    if not row.errors:
        there.organs.update(dict.fromkeys(every, new))


def _role_names(roles: frozenset[Role]) -> str:
    return ", ".join(ROLE_LABELS[role] for role in Role if role in roles)


def _yes(value: bool) -> str:
    return "có" if value else "không"
