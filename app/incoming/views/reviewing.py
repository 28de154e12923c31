"""/van-ban-den/can-xem-lai: what was read with doubts; /van-ban-den/chu/<file>: a file as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import audit
from app.clock import VIETNAM
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound
from app.files.models import StoredFile
from app.incoming import permissions, queries, services
from app.incoming.models import IncomingDocument, IntakeSource
from app.incoming.queries import FileView
from app.incoming.queries.quality import Figure, SourceFigure, load_quality
from app.incoming.queries.review import (
    EVERYTHING,
    ReadPage,
    ReviewFilter,
    page_of_reviews,
    read_page,
)
from app.incoming.services.jobs import LANGUAGES
from app.incoming.speaking import flow
from app.incoming.views.blueprint import SOURCE_LABELS, bp
from app.incoming.views.letter import in_viewer, viewable
from app.security import Actor
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/can-xem-lai")
@needs(permissions.READ)
def reviews() -> ResponseReturnValue:
    """Files with pages or fields that the reader was not sure of, the newest first."""
    wanted = filter_of(request.args)
    actor = current_actor()
    with reading() as session:
        before = request.args.get("truoc", type=int)
        found = page_of_reviews(session, actor, wanted, before=before)
        template = "_reviews.html" if "HX-Request" in request.headers else "reviews.html"
        return render_template(
            f"incoming/{template}",
            found=found,
            wanted=wanted,
            sources=SOURCE_LABELS,
            narrowed=wanted != EVERYTHING,
            may_measure=actor.may(permissions.RECONCILE),
        )


def filter_of(args: MultiDict[str, str]) -> ReviewFilter:
    """The filter of an address; what is odd narrows nothing."""
    sources = {one.value: one for one in IntakeSource}
    return ReviewFilter(
        source=sources.get(args.get("nguon", "")),
        source_name=args.get("ten"),
        since=midnight(args.get("tu-ngay", "")),
        until=midnight(args.get("truoc-ngay", "")),
        settled="tat-ca" in args,
    )


def midnight(text: str) -> datetime | None:
    """When a day of the address (2026-11-23) begins in Vietnam."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), VIETNAM)
    except ValueError:
        return None


@bp.get("/chat-luong-doc")
@needs(permissions.RECONCILE)
def quality() -> ResponseReturnValue:
    """How sure the reader was by week and by source, and which words people put right."""
    with reading() as session:
        found = load_quality(session, current_actor())
    weeks = [f"{one.start:%d/%m}" for one in found.weeks]
    names = [source_name(one) for one in found.sources]
    return render_template(
        "incoming/quality.html",
        found=found,
        sources=list(zip(names, found.sources, strict=True)),
        by_week=quality_option(weeks, found.weeks, "line"),
        by_source=quality_option(names, found.sources, "bar"),
    )


def source_name(one: SourceFigure) -> str:
    """“Thư mục quét: may-quet-1”."""
    label = SOURCE_LABELS[one.source.value]
    return f"{label}: {one.name}" if one.name else label


def quality_option(
    labels: Sequence[str], figures: Sequence[Figure], shape: str
) -> dict[str, object]:
    """Confidence in percent as an option of the chart library; a gap where nothing was read.

    Bars begin at 0; a line begins at the ten below its lowest point.
    """
    values = [None if one.confidence is None else round(one.confidence * 100, 1) for one in figures]
    lowest = min((value for value in values if value is not None), default=0.0)
    return {
        "xAxis": {"type": "category", "data": list(labels)},
        "yAxis": {"type": "value", "min": 0 if shape == "bar" else lowest // 10 * 10, "max": 100},
        "series": [{"type": shape, "name": _("Độ chắc"), "data": values}],
    }


@bp.get("/chu/<token>")
@needs(permissions.READ)
def reader(token: str) -> ResponseReturnValue:
    """A page of a file as text, beside its scan; reading it is written down."""
    actor = current_actor()
    with transaction("incoming.reader") as session:
        letter, _file = queries.file_for(session, actor, token)
        audit.record_read(session, actor, queries.KIND, letter.id, "read")
    return show_reader(token)


def show_reader(token: str, *, message: str | None = None, typed: str | None = None) -> str:
    """The page; `message` says why what was `typed` was refused."""
    actor = current_actor()
    number = request.values.get("trang", 1, type=int)
    with reading() as session:
        letter, file, one = placed_file(session, actor, token)
        page = read_page(session, file.id, number)
        shown = viewable(one)
        may_correct = actor.may(permissions.REGISTER)
        index = chosen(page, request.values.get("tu", type=int)) if may_correct else None
        return render_template(
            "incoming/reader.html",
            letter=letter,
            file=file,
            page=page,
            flow=flow(page.paragraphs) if page else [],
            shown=in_viewer(shown, file.name, download=file) if shown else None,
            index=index,
            word=page.words[index] if page and index is not None else None,
            following=next_doubt(page, index) if page else None,
            every="moi-chu" in request.values,
            may_correct=may_correct,
            languages=LANGUAGES,
            message=message,
            typed=typed,
        )


def placed_file(
    session: Session, actor: Actor, token: str
) -> tuple[IncomingDocument, StoredFile, FileView]:
    """A file of a letter with its place there. Raises NotFound, for a derivative too."""
    letter, file = queries.file_for(session, actor, token)
    for one in queries.files_of(session, letter.id):
        if one.file is not None and one.file.id == file.id:
            return letter, file, one
    raise NotFound(f"file {token} is a derivative")


def chosen(page: ReadPage | None, index: int | None) -> int | None:
    """The word of the address, if the page has it."""
    return index if page and index is not None and 0 <= index < len(page.words) else None


def next_doubt(page: ReadPage, index: int | None) -> int | None:
    """The doubtful word after the chosen one; the first one if none is chosen."""
    words = [one.word for part in page.paragraphs for one in part]
    start = words.index(index) + 1 if index in words and index is not None else 0
    doubtful = {one.word for one in page.doubtful}
    return next((one for one in words[start:] if one in doubtful), None)


@bp.post("/chu/<token>/sua")
@needs(permissions.REGISTER)
def correct_word(token: str) -> ResponseReturnValue:
    """Put a word right, and go on to the next doubtful one of the page."""
    number = request.form.get("trang", 1, type=int)
    index, text = request.form.get("tu", -1, type=int), request.form.get("text", "")
    try:
        with transaction("incoming.correct_word") as session:
            file = services.correct_word(
                session,
                current_actor(),
                token=token,
                page=number,
                index=index,
                was=request.form.get("was", ""),
                text=text,
            )
            page = read_page(session, file.id, number)
            following = next_doubt(page, index) if page else None
    except InvalidInput as error:
        return show_reader(token, message=error.user_message, typed=text), 422
    flash(_("Đã sửa thành “%(text)s”. Tìm kiếm sẽ thấy chữ này.", text=text.strip()), "ok")
    return redirect(url_for("incoming.reader", token=token, trang=number, tu=following))


@bp.post("/chu/<token>/xong")
@needs(permissions.REGISTER)
def settle_review(token: str) -> ResponseReturnValue:
    """The file has been looked through."""
    with transaction("incoming.settle_review") as session:
        services.settle_review(session, current_actor(), token=token)
    flash(_("Đã xem xong tệp. Tệp không còn trong danh sách Cần xem lại."), "ok")
    return redirect(url_for("incoming.reviews"))


@bp.post("/chu/<token>/doc-lai")
@needs(permissions.REGISTER)
def read_file_again(token: str) -> ResponseReturnValue:
    """Let a worker read the file again, as another language if need be."""
    actor = current_actor()
    with transaction("incoming.read_file_again") as session:
        _letter, _file, one = placed_file(session, actor, token)
        language = request.form.get("language")
        services.retry_reading(session, actor, intake_id=one.intake.id, language=language)
    flash(_("Hệ thống sẽ đọc lại tệp. Chữ đã sửa được giữ nguyên."), "ok")
    return redirect(url_for("incoming.reader", token=token))
