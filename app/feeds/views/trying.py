"""/luong-du-lieu/thu-mau: what a mapping makes of a sample, before a source sends anything."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.clock import now
from app.db import reading
from app.feeds import queries
from app.feeds.forms import SampleForm, parsed_object
from app.feeds.mapping import Mapped, check
from app.feeds.models import FeedSource
from app.feeds.permissions import CONFIGURE
from app.feeds.preparing import Arrived, SourceInfo, prepare, unpack
from app.feeds.processors import Target, target_named, targets
from app.feeds.views.blueprint import bp
from app.feeds.words import Format, SourceKind
from app.web.gate import needs

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a sample: items, refusals, or the sentence that says why nothing did."""

    items: list[Mapped]
    refused: list[tuple[int, str]]
    total: int
    problem: str = ""


@bp.route("/thu-mau", methods=["GET", "POST"])
@needs(CONFIGURE)
def try_sample() -> ResponseReturnValue:
    """Paste what a source sends and see the fields; nothing is stored."""
    form, tried = SampleForm(*start()), None
    if form.validate_on_submit():
        target = target_named(form.target.data)
        mapping = parsed_object(form.mapping.data)
        wrong = check(mapping, target.fields)
        if wrong:
            form.mapping.errors = [*form.mapping.errors, *wrong]
        else:
            tried = try_out(form, target)
    failed = form.is_submitted() and tried is None
    page = render_template("feeds/try.html", form=form, tried=tried, targets=targets())
    return page, 422 if failed else 200


def start() -> tuple[FeedSource | None, str]:
    """A source's own mapping and the sample of a fault, when the page is opened from there."""
    token, fault = request.args.get("nguon", ""), request.args.get("loi", "")
    with reading() as session:
        if fault:
            found = queries.fault_by_token(session, fault)
            batch = queries.first_batch(session, found)
            content = unpack(batch.content)[:200_000] if batch is not None else b""
            return found.source, content.decode("utf-8", "replace")
        return queries.source_by_token(session, token) if token else None, ""


def try_out(form: SampleForm, target: Target) -> Tried:
    """Read and translate the sample as a batch would be."""
    info = SourceInfo(
        0, "", "", SourceKind.PUSH, Format(form.format.data), target.name,
        mapping=parsed_object(form.mapping.data), settings=parsed_object(form.settings.data),
    )  # fmt: skip
    found = prepare(info, target, Arrived((form.sample.data or "").encode(), now()))
    items = [
        Mapped(item.external_id, item.at, dict(item.fields)) for item in found.items[:MOST_SHOWN]
    ]
    refused = [(one.position + 1, one.reason) for one in found.refusals[:MOST_SHOWN]]
    return Tried(items, refused, len(found.items) + len(found.refusals), found.unreadable)
