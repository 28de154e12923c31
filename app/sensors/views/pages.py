"""/quan-trac: streams and their values, one stream with its chart, alarms, rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import local, now, today
from app.db import reading, transaction
from app.errors import AppError, InvalidInput
from app.sensors import queries, services, storing, thinning
from app.sensors.air import (
    AirIndex,
    IndexTable,
    air_index,
    air_limit,
    index_table,
    last_full_hour,
)
from app.sensors.backtesting import WouldBe, replay
from app.sensors.drawing import Span, stream_option
from app.sensors.forms import BY_FORM, EmptyForm, StreamForm, ThingForm
from app.sensors.levels import NAMES, describe_level, full_levels
from app.sensors.models import (
    MEASURED_LABELS,
    RULE_LABELS,
    SEVERITY_LABELS,
    THING_LABELS,
    Alarm,
    Datastream,
    Severity,
)
from app.sensors.permissions import APPROVE_RULE, CONFIGURE, READ
from app.sensors.rules import SILENT_INTERVALS, Definition, Point
from app.sensors.thinning import Slice
from app.sensors.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor

SPANS = (1, 7, 31)
SIZES = (50, 100, 200)
MOST_READ = 300_000
"""So many readings of a stream a chart looks at; a longer line begins later; the page says so."""
NEWEST_SHOWN = 20  # in the table below the chart
SEVERITY_TONES = {
    Severity.LOW: "mute", Severity.MEDIUM: "info", Severity.HIGH: "warn", Severity.CRITICAL: "late",
}  # fmt: skip
HOURS_OF_LIMIT = 24


@bp.get("")
@needs(READ)
def index() -> ResponseReturnValue:
    """All streams with their newest values."""
    with reading() as session:
        at = now()
        streams = worst_first(queries.streams_now(session, at))
        page = chosen_page(len(streams))
        template = "_streams" if "HX-Request" in request.headers else "index"
        return render_template(
            f"sensors/{template}.html",
            streams=streams[page.first : page.first + page.size],
            page=page,
            sizes=SIZES,
            things=queries.things_without_streams(session),
            describe=describe_level,
            may_configure=current_actor().may(CONFIGURE),
            thing_labels=THING_LABELS,
            at=at,
        )


@bp.get("/canh-bao")
@needs(READ)
def alarms() -> ResponseReturnValue:
    """Open alarms, or all of the last time."""
    only_open = request.args.get("tat-ca") is None
    with reading() as session:
        return render_template(
            "sensors/alarms.html",
            rows=queries.alarms(session, only_open=only_open),
            only_open=only_open,
            tones=SEVERITY_TONES,
            severities=SEVERITY_LABELS,
        )


@bp.get("/luong/<token>")
@needs(READ)
def stream(token: str) -> ResponseReturnValue:
    """One stream: chart with gaps, limits and alarms; what is known of the instrument."""
    days, end = chosen_days(), now()
    asked = end - timedelta(days=days)
    with reading() as session:
        one = queries.stream_by_token(session, token)
        start = thinning.begin_of(session, one.id, asked, end, most=MOST_READ)
        slices = thinning.slices_between(session, one.id, start, end, gap_of(one))
        newest = queries.newest_between(session, one.id, start, end, limit=NEWEST_SHOWN)
        found = queries.alarms_of_stream(session, one.id, start, end)
        return render_template(
            "sensors/stream.html",
            stream=one,
            measured=MEASURED_LABELS[one.measured],
            measured_labels=MEASURED_LABELS,
            points=newest[::-1],
            cut_at=start if start > asked else None,
            option=chart_of_stored(one, slices, (start, end), [alarm for alarm, _rule in found]),
            alarms=found,
            tones=SEVERITY_TONES,
            severities=SEVERITY_LABELS,
            days=days,
            spans=SPANS,
            limits=limits_of(one),
            limit=air_limit(one.measured, HOURS_OF_LIMIT, today()),
            air=air_of(session, one, end),
            described=_described(one, newest),
        )


@bp.route("/tram/moi", methods=["GET", "POST"])
@needs(CONFIGURE)
def new_thing() -> ResponseReturnValue:
    """Put up a station."""
    form, message = ThingForm(), None
    if form.validate_on_submit():
        try:
            with transaction("sensors.add_thing") as session:
                thing = services.add_thing(session, current_actor(), form.fields())
        except InvalidInput as error:
            message = error.user_message
        else:
            flash(_("Đã khai báo trạm. Hãy thêm luồng đo."), "ok")
            return redirect(url_for("sensors.new_stream", token=thing.token))
    status = 422 if request.method == "POST" else 200
    return render_template("sensors/new_thing.html", form=form, message=message), status


@bp.route("/tram/<token>/luong-moi", methods=["GET", "POST"])
@needs(CONFIGURE)
def new_stream(token: str) -> ResponseReturnValue:
    """Let a station measure something."""
    form, message = StreamForm(), None
    with reading() as session:
        thing = queries.thing_by_token(session, token)
    if form.validate_on_submit():
        try:
            with transaction("sensors.add_stream") as session:
                made = services.add_stream(session, current_actor(), thing.id, form.fields())
        except InvalidInput as error:
            message = error.user_message
        else:
            flash(_("Đã khai báo luồng đo."), "ok")
            return redirect(url_for("sensors.stream", token=made.token))
    status = 422 if request.method == "POST" else 200
    page = render_template("sensors/new_stream.html", form=form, message=message, thing=thing)
    return page, status


@bp.get("/quy-tac")
@needs(READ)
def rules() -> ResponseReturnValue:
    """All rules."""
    with reading() as session:
        return render_template(
            "sensors/rules.html",
            rules=queries.rules(session),
            kinds=RULE_LABELS,
            severities=SEVERITY_LABELS,
            tones=SEVERITY_TONES,
            may_configure=current_actor().may(CONFIGURE),
        )


@bp.get("/quy-tac/<token>")
@needs(READ)
def rule(token: str) -> ResponseReturnValue:
    """A rule, its versions, and what it would have raised in the last days."""
    days, end = chosen_days(), now()
    with reading() as session:
        one = queries.rule_by_token(session, token)
        no = request.args.get("no", one.versions[-1].no, type=int)
        definition = queries.definition_of(one, no)
        tried, until = try_out(session, definition, end - timedelta(days=days), end)
        return render_template(
            "sensors/rule.html",
            rule=one,
            no=no,
            definition=definition,
            member_limits=queries.members_of(session, definition),
            kinds=RULE_LABELS,
            severities=SEVERITY_LABELS,
            tones=SEVERITY_TONES,
            tried=tried,
            cut_at=until if until < end else None,
            days=days,
            spans=SPANS,
            form=EmptyForm(),
            may_approve=current_actor().may(APPROVE_RULE),
            may_reword=current_actor().may(CONFIGURE) and one.kind in BY_FORM,
        )


@bp.post("/quy-tac/<token>/duyet/<int:no>")
@needs(APPROVE_RULE)
def approve(token: str, no: int) -> ResponseReturnValue:
    """Put a version in force."""
    with reading() as session:
        rule_id = queries.rule_by_token(session, token).id
    try:
        with transaction("sensors.approve_rule") as session:
            services.approve_rule(session, current_actor(), rule_id, no)
    except AppError as error:
        flash(error.user_message, "error")
    else:
        flash(_("Quy tắc đã có hiệu lực."), "ok")
    return redirect(url_for("sensors.rule", token=token))


@bp.post("/quy-tac/<token>/tat")
@needs(APPROVE_RULE)
def switch_off(token: str) -> ResponseReturnValue:
    """Take a rule out of force."""
    with reading() as session:
        rule_id = queries.rule_by_token(session, token).id
    with transaction("sensors.switch_off") as session:
        services.switch_off(session, current_actor(), rule_id)
    flash(_("Đã tắt quy tắc; cảnh báo đang mở của quy tắc đã đóng."), "ok")
    return redirect(url_for("sensors.rule", token=token))


def worst_first(streams: Sequence[queries.StreamNow]) -> list[queries.StreamNow]:
    """Those with alarms, then the silent ones, then the others, each in the order they came."""
    return sorted(streams, key=lambda one: (not one.open_alarms, not one.silent))


@dataclass(frozen=True, slots=True)
class Page:
    """What the pager shows of a list."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The place of its first row, from 0 on."""
        return (self.number - 1) * self.size


def chosen_page(total: int) -> Page:
    """The page that was asked for; one behind the last is the last."""
    size = request.args.get("size", SIZES[0], type=int)
    whole = Page(1, size if size in SIZES else SIZES[0], total)
    number = request.args.get("page", 1, type=int)
    return replace(whole, number=min(max(number, 1), whole.pages))


def chosen_days() -> int:
    """The span that was asked for, one of `SPANS`."""
    days = request.args.get("ngay", SPANS[0], type=int)
    return days if days in SPANS else SPANS[0]


def levels_of(one: Datastream) -> list[float]:
    """Báo động I, II, III of a stream, or nothing."""
    return full_levels(one.alarm_level_1, one.alarm_level_2, one.alarm_level_3)


def limits_of(one: Datastream) -> list[tuple[str, float]]:
    """What the chart draws beside the values: flood levels, or the limit of the day's mean."""
    limits = [(f"BĐ {NAMES[no]}", level) for no, level in enumerate(levels_of(one), 1)]
    limit = air_limit(one.measured, HOURS_OF_LIMIT, today())
    if limit is not None:
        limits.append((_("Giới hạn trung bình 24 giờ"), limit.limit))
    return limits


@dataclass(frozen=True, slots=True)
class Air:
    """The index of a station for its last full hour, None where values are missing."""

    table: IndexTable
    index: AirIndex | None
    end: datetime


def air_of(session: Session, one: Datastream, moment: datetime) -> Air | None:
    """The index of the stream's station, if the stream is a part of it."""
    table = index_table(local(moment).date())
    if table is None or one.measured not in table.upper:
        return None
    end = last_full_hour(moment)
    return Air(table, air_index(table, queries.air_hours(session, one.thing_id, end, table)), end)


def gap_of(one: Datastream) -> timedelta:
    """After so long a pause the line of a chart breaks."""
    return timedelta(seconds=SILENT_INTERVALS * one.interval_seconds)


def chart_of(
    one: Datastream, points: Sequence[Point], whole: Span, alarms: Sequence[Span]
) -> dict[str, object]:
    """The chart of points of a stream that are in memory."""
    drawn = thinning.thin_out(points, gap_of(one))
    return stream_option(one.name, drawn, whole, limits_of(one), alarms)


def chart_of_stored(
    one: Datastream, slices: Sequence[Slice], whole: Span, alarms: Sequence[Alarm]
) -> dict[str, object]:
    """The chart of what is stored of a stream; the values at which alarms began and ended are on
    it exactly, however thin it is."""
    edges = [(a.raised_at, a.raised_value) for a in alarms]
    edges += [(a.cleared_at, a.cleared_value) for a in alarms if a.cleared_at is not None]
    exact = {at: value for at, value in edges if value is not None and whole[0] <= at < whole[1]}
    drawn = thinning.with_moments(thinning.draw(slices, gap_of(one)), exact)
    spans = [(a.raised_at, a.cleared_at or whole[1]) for a in alarms]
    return stream_option(one.name, drawn, whole, limits_of(one), spans)


@dataclass(frozen=True, slots=True)
class Tried:
    """A back-test of one stream as the page shows it: a chart and a list."""

    stream: Datastream
    option: dict[str, object]
    found: list[WouldBe]


def try_out(
    session: Session, definition: Definition, start: datetime, end: datetime
) -> tuple[list[Tried], datetime]:
    """Run a version over the stored values of a span; and how far it came, with very many."""
    streams = {s.id: s for s in queries.streams_by_id(session, definition.streams)}
    points = queries.readings_between(
        session, definition.streams, start, end, limit=queries.MOST_REPLAYED
    )
    until = points[-1].at if len(points) == queries.MOST_REPLAYED else end
    things = {one.id: one.thing_id for one in streams.values()}
    windows = storing.windows_of(session, things, start, until)
    intervals = {one.id: timedelta(seconds=one.interval_seconds) for one in streams.values()}
    found = replay(definition, points, intervals, windows, until)
    tried = []
    for place in definition.streams:
        own = [one for one in found if one.stream == place]
        spans = [(one.raised.at, one.cleared.at if one.cleared else until) for one in own]
        values = [point for point in points if point.stream == place]
        option = chart_of(streams[place], values, (start, until), spans)
        tried.append(Tried(streams[place], option, own))
    return tried, until


def _described(one: Datastream, points: Sequence[Point]) -> str:
    levels = levels_of(one)
    return describe_level(points[-1].value, levels) if points and levels else ""
