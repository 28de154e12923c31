"""/tim-kiem: one box, facets, hits with their place."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import kinds
from app.db import reading
from app.finding import queries
from app.web.gate import SIGNED_IN, needs
from app.web.shell import current_actor
from search import SearchError, Sort

bp = Blueprint("finding", __name__, url_prefix="/tim-kiem", template_folder="templates")

SORTS = {
    Sort.RELEVANCE: "Phù hợp nhất",
    Sort.NEWEST: "Mới nhất",
    Sort.OLDEST: "Cũ nhất",
}
RELAXED = {
    "typing_errors": "Không có kết quả đúng từng chữ; đây là kết quả gần giống.",
    "most_words": "Không có nội dung nào chứa đủ các từ; đây là nội dung chứa phần lớn các từ.",
    "without_filters": "Không có kết quả trong bộ lọc; đây là kết quả khi bỏ bộ lọc.",
}


@bp.get("")
@needs(SIGNED_IN)
def index() -> ResponseReturnValue:
    """The search page; for htmx only the results."""
    words = request.args.get("q", "").strip()[:400]
    chosen = {name: tuple(request.args.getlist(name)) for name in queries.FACETS}
    page = min(max(request.args.get("page", 1, type=int), 1), 1000)
    sort = Sort(request.args["sort"]) if request.args.get("sort") in set(Sort) else Sort.RELEVANCE
    answer, trouble = None, None
    with reading() as session:
        if words or any(chosen.values()):
            try:
                answer = queries.search(
                    session, current_actor(), words, chosen=chosen, page=page, sort=sort
                )
            except SearchError:
                trouble = _("Chỉ mục tìm kiếm đang được dựng lại. Hãy thử lại sau ít phút.")
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
        )
