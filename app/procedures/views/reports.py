"""/mot-cua/bao-cao: the figures of a period by field, unit, officer or procedure; each number
leads to its dossiers, and the table is there as XLSX."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import today
from app.db import reading
from app.errors import InvalidInput, NotFound
from app.organisation import queries as organisation
from app.organisation.dates import parse_date
from app.procedures import permissions
from app.procedures.queries import RESULT_LABELS, result_class
from app.procedures.queries.report import (
    COLUMNS,
    SUM_LABELS,
    ReportRow,
    procedure_names,
    report,
    report_dossiers,
    scope_of,
    total,
)
from app.procedures.views.blueprint import RESULT_TONES, TONES, bp, download
from app.registers.printing import XLSX, Cell, Column, Heading, book_xlsx
from app.security import Scope
from app.web.gate import needs
from app.web.shell import current_actor, settings

BY = {
    "field": "Lĩnh vực",
    "unit": "Đơn vị",
    "officer": "Cán bộ",
    "procedure": "Thủ tục",
}
GROUPS = (
    ("Tiếp nhận", ("carried", "new_counter", "new_online", "new_post")),
    ("Đã giải quyết", ("early", "on_time", "late")),
    ("Đang giải quyết", ("within", "overdue")),
    ("Khác", ("suspended", "given_back")),
)
SHORT = {
    "carried": "Kỳ trước",
    "new_counter": "Trực tiếp",
    "new_online": "Trực tuyến",
    "new_post": "Bưu chính",
    "early": "Trước hạn",
    "on_time": "Đúng hạn",
    "late": "Quá hạn",
    "within": "Trong hạn",
    "overdue": "Quá hạn",
    "suspended": "Tạm dừng",
    "given_back": "Trả lại, rút",
}
REACH = {
    Scope.ALL: "Cả cơ quan",
    Scope.UNIT: "Hồ sơ của đơn vị ông/bà",
    Scope.OWN: "Hồ sơ ông/bà tiếp nhận hoặc xử lý",
}
BARS = ("early", "on_time", "late", "within", "overdue", "suspended")
BAR_COLOURS = {  # red only for what is late
    "early": "#2b8a4b",
    "on_time": "#7bb68d",
    "late": "#c03535",
    "within": "#1b5299",
    "overdue": "#e08a2e",
    "suspended": "#9aa6b6",
}
MOST_BARS = 12
MOST_DOSSIERS = 500


@dataclass(frozen=True, slots=True)
class Period:
    """The days that are counted, both included."""

    first: date
    last: date

    @property
    def words(self) -> str:
        return f"Từ ngày {self.first:%d/%m/%Y} đến ngày {self.last:%d/%m/%Y}"

    @property
    def query(self) -> dict[str, str]:
        """As an address has it."""
        return {"tu": f"{self.first:%d/%m/%Y}", "den": f"{self.last:%d/%m/%Y}"}


def wanted_period() -> Period:
    """`?tu=&den=`; without them from New Year to today. Raises InvalidInput."""
    day = today()
    first = typed_day("tu") or day.replace(month=1, day=1)
    last = typed_day("den") or day
    if first > last:
        raise InvalidInput(_("Ngày đầu phải trước ngày cuối."), "tu")
    return Period(first, last)


def typed_day(name: str) -> date | None:
    """A day of the address; None when it is empty. Raises InvalidInput."""
    text = request.args.get(name, "").strip()
    try:
        return parse_date(text) if text else None
    except ValueError as error:
        raise InvalidInput(_("Ngày phải có dạng dd/mm/yyyy."), name) from error


def wanted_by() -> str:
    """What a line stands for: a key of `BY`. Raises NotFound."""
    by = request.args.get("theo", "field")
    if by not in BY:
        raise NotFound(f"report by {by}")
    return by


def names_of(session: Session, by: str, rows: list[ReportRow]) -> dict[Any, str]:
    """What the keys of the lines are called."""
    keys = [row.key for row in rows if row.key is not None]
    ids = [key for key in keys if isinstance(key, int)]
    if by == "unit":
        return dict(organisation.unit_label(session, ids))
    if by == "officer":
        return dict(organisation.post_label(session, ids))
    if by == "procedure":
        return dict(procedure_names(session, ids))
    return {key: str(key) for key in keys}


def lines(session: Session, by: str, period: Period) -> list[tuple[str, ReportRow]]:
    """The lines with their names, by name; what has none stands last."""
    rows = report(session, current_actor(), period.first, period.last, by=by)
    names = names_of(session, by, rows)
    named = [(names.get(row.key, _("Chưa rõ")), row) for row in rows]
    return sorted(named, key=lambda one: (one[1].key is None, one[0]))


@bp.get("/bao-cao")
@needs(permissions.REPORT)
def reports() -> ResponseReturnValue:
    """The table, a picture of it, and the share that was on time."""
    by, message = wanted_by(), None
    try:
        period = wanted_period()
    except InvalidInput as error:
        period, message = Period(today().replace(month=1, day=1), today()), error.user_message
    with reading() as session:
        rows = lines(session, by, period)
    page = render_template(
        "procedures/report.html",
        reach=REACH[scope_of(current_actor())],
        by=by,
        bys=BY,
        period=period,
        rows=rows,
        whole=total([row for _name, row in rows]),
        groups=GROUPS,
        short=SHORT,
        columns=COLUMNS,
        message=message,
        option=chart_of(rows[:MOST_BARS]),
        chart_head=[BY[by], *(COLUMNS[name] for name in BARS)],
        chart_rows=[[name, *(getattr(row, one) for one in BARS)] for name, row in rows],
    )
    return (page, 422) if message else page


def chart_of(rows: list[tuple[str, ReportRow]]) -> dict[str, Any]:
    """Bars of where the dossiers of each line are, one colour a class."""
    return {
        "legend": {"type": "scroll", "top": 0, "right": 8},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": [name for name, _row in rows]},
        "series": [
            {
                "type": "bar",
                "stack": "all",
                "name": COLUMNS[one],
                "color": BAR_COLOURS[one],
                "data": [getattr(row, one) for _name, row in rows],
            }
            for one in BARS
        ],
    }


@bp.get("/bao-cao/ho-so")
@needs(permissions.REPORT)
def report_list() -> ResponseReturnValue:
    """The dossiers behind one number of the table, by the same condition."""
    by, period, actor = wanted_by(), wanted_period(), current_actor()
    column, given = request.args.get("cot", ""), request.args.get("dong", "")
    if column and column not in COLUMNS | SUM_LABELS:
        raise NotFound(f"column {column}")
    if by != "field" and given and not (given.isdigit() and len(given) < 18):
        raise NotFound(f"line {given}")
    key: str | int | None = (given if by == "field" else int(given)) if given else None
    with reading() as session:
        found = report_dossiers(
            session, actor, period.first, period.last, by=by, key=key, column=column,
            limit=MOST_DOSSIERS + 1,
        )  # fmt: skip
        one = ReportRow(key, **dict.fromkeys(COLUMNS, 0))
        name = names_of(session, by, [one]).get(key, "") if key is not None else ""
        return render_template(
            "procedures/report_list.html",
            by=by,
            bys=BY,
            period=period,
            name=name,
            column=(COLUMNS | SUM_LABELS).get(column, _("Tất cả hồ sơ trong kỳ")),
            rows=found[:MOST_DOSSIERS],
            more=len(found) > MOST_DOSSIERS,
            standing=result_class,
            result_labels=RESULT_LABELS,
            result_tones=RESULT_TONES,
            tones=TONES,
        )


@bp.get("/bao-cao.xlsx")
@needs(permissions.REPORT)
def report_xlsx() -> Response:
    """The table to calculate with; the last line has the sums."""
    by, period = wanted_by(), wanted_period()
    with reading() as session:
        rows = lines(session, by, period)
    columns = [
        Column(BY[by], 22),
        *(Column(label, 7, number=True) for label in COLUMNS.values()),
        Column("Tỷ lệ đúng hạn", 7),
    ]
    cells = [cells_of(name, row) for name, row in rows]
    cells.append(cells_of(_("Tổng số"), total([row for _name, row in rows])))
    heading = Heading(
        organ=settings().organ_name,
        title="BÁO CÁO TÌNH HÌNH GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
        period=period.words,
        notes=(_("Đúng hạn tính theo lúc có kết quả, không theo lúc đến nhận."),),
    )
    name = f"bao-cao-mot-cua-{period.first:%Y%m%d}-{period.last:%Y%m%d}.xlsx"
    return download(book_xlsx(heading, columns, cells), XLSX, name)


def cells_of(name: str, row: ReportRow) -> tuple[Cell, ...]:
    share = row.share_on_time
    shown = "" if share is None else f"{share:.1f}%".replace(".", ",")
    return (name, *(int(getattr(row, one)) for one in COLUMNS), shown)
