"""/tim-kiem: one box, facets, hits with their place; what may be typed; what is similar."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app import kinds
from app.db import reading
from app.finding import queries, saved
from app.finding.cards import address_of
from app.finding.forms import DUE, SearchForm
from app.finding.views.blueprint import bp
from app.web.gate import SIGNED_IN, needs
from app.web.shell import current_actor
from search import Relaxation, SearchError, Sort
from search.query import compose, parse

SORTS = {
    Sort.RELEVANCE: "Phù hợp nhất",
    Sort.NEWEST: "Mới nhất",
    Sort.OLDEST: "Cũ nhất",
    Sort.NUMBER: "Theo số",
}
RELAXED = {
    "typing_errors": "Không có kết quả đúng từng chữ; đây là kết quả gần giống.",
    "most_words": "Không có nội dung nào chứa đủ các từ; đây là nội dung chứa phần lớn các từ.",
    "without_filters": "Không có kết quả trong bộ lọc; đây là kết quả khi bỏ bộ lọc.",
}
OFFERS = {
    "typing_errors": "Chấp nhận sai một chữ",
    "most_words": "Chỉ cần phần lớn các từ",
    "without_filters": "Bỏ bộ lọc",
}
TYPED = {"organ": "coquan", "signer": "nguoiky", "type": "loai"}
REBUILDING = "Chỉ mục tìm kiếm đang được dựng lại. Hãy thử lại sau ít phút."


@bp.get("")
@needs(SIGNED_IN)
def index() -> ResponseReturnValue:
    """The search page; for htmx only the results."""
    words = request.args.get("q", "").strip()[:400]
    chosen = ticked(request.args)
    page = min(max(request.args.get("page", 1, type=int), 1), 1000)
    sort = Sort(request.args["sort"]) if request.args.get("sort") in set(Sort) else Sort.RELEVANCE
    relax = request.args.get("noi", "")
    actor, answer, trouble = current_actor(), None, None
    with reading() as session:
        if words or any(chosen.values()):
            try:
                answer = queries.search(
                    session, actor, words, chosen=chosen, page=page, sort=sort,
                    relax=Relaxation(relax) if relax in set(Relaxation) else None,
                )  # fmt: skip
            except SearchError:
                trouble = _(REBUILDING)
        template = "_results.html" if "HX-Request" in request.headers else "search.html"
        return render_template(
            f"finding/{template}",
            answer=answer,
            trouble=trouble,
            words=words,
            chosen=chosen,
            facets=queries.FACETS,
            kind_labels={kind.name: kind.label for kind in kinds.all_kinds()},
            sort=sort,
            sorts=SORTS,
            relaxed=RELAXED,
            offers=OFFERS,
            kept=[(one, address_of(one)) for one in saved.searches_of(session, actor)],
        )


def ticked(values: MultiDict[str, str]) -> dict[str, tuple[str, ...]]:
    """The values of facets that an address or a form names."""
    return {name: tuple(values.getlist(name)[:20]) for name in queries.FACETS}


@bp.get("/goi-y")
@needs(SIGNED_IN)
def suggest() -> ResponseReturnValue:
    """How what is being typed may go on: the options of the box, or nothing."""
    typed = request.args.get("q", "").strip()[:100]
    with reading() as session:
        try:
            offers = queries.suggestions(session, current_actor(), typed)
        except SearchError:
            offers = []  # the search itself says what is the matter
        return render_template("finding/_suggestions.html", offers=[_option(one) for one in offers])


def _option(offer: queries.Offer) -> dict[str, Any]:
    """An option as the list shows it."""
    card, one = offer.card, offer.suggestion
    if card is not None:
        sub = f"{kinds.get(card.kind).label} · {card.subtitle}"
        return {"url": card.url, "text": card.title, "sub": sub, "count": None}
    words = f'{TYPED[one.field]}:"{one.text}"'
    url = url_for("finding.index", q=words)
    return {"url": url, "text": one.text, "sub": _(queries.FACETS[one.field]), "count": one.count}


@bp.get("/nang-cao")
@needs(SIGNED_IN)
def compose_line() -> ResponseReturnValue:
    """The form; when it is sent, the search of the line that it makes."""
    form = SearchForm(request.args if "tim" in request.args else None)
    form.due.choices = list(DUE)
    if "tim" not in request.args:
        form.fill(parse(request.args.get("q", "")[:400]))
    elif form.validate():
        return redirect(url_for("finding.index", q=compose(form.query())))
    return render_template("finding/form.html", form=form), 422 if form.errors else 200


@bp.get("/tuong-tu")
@needs(SIGNED_IN)
def similar() -> ResponseReturnValue:
    """What is about the same as a hit: for htmx the part that it puts under the hit."""
    with reading() as session:
        try:
            found = queries.similar(session, current_actor(), request.args.get("cua", "")[:80])
        except SearchError:
            found = []
        part = "_similar.html" if "HX-Request" in request.headers else "similar.html"
        return render_template(f"finding/{part}", found=found)
