"""“Ai được làm gì”: the whole policy on one page, for everybody who works here."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.db import reading
from app.organisation import queries
from app.organisation.views.blueprint import bp
from app.security import PERMISSIONS, ROLE_LABELS, Permission, Role
from app.web.gate import SIGNED_IN, needs

GROUPS = (  # room of a permission, and the heading above its rows
    ("incoming", "Văn bản đến"),
    ("tasks", "Công việc"),
    ("registers", "Sổ đăng ký và dãy số"),
    ("worktime", "Lịch làm việc"),
    ("files", "Tệp"),
    ("notifications", "Thông báo"),
    ("finding", "Tìm kiếm"),
    ("api", "Kết nối phần mềm"),
    ("organisation", "Tổ chức và tài khoản"),
    ("audit", "Nhật ký"),
)


@bp.get("/quan-tri/quyen")
@needs(SIGNED_IN)
def rights() -> ResponseReturnValue:
    """Roles across, acts down, the reach in each cell; then who carries each role."""
    with reading() as db:
        posts = queries.posts_by_role(db)
        every_post = [post.id for group in posts.values() for post in group]
        return render_template(
            "organisation/rights.html",
            groups=grouped_permissions(),
            roles=list(Role),
            role_labels=ROLE_LABELS,
            posts=posts,
            labels=queries.post_label(db, every_post),
        )


def grouped_permissions() -> list[tuple[str, list[Permission]]]:
    """All permissions that exist, under the headings of their rooms; unknown rooms come last."""
    titles = dict(GROUPS)
    order = list(titles)
    found: dict[str, list[Permission]] = {}
    for permission in PERMISSIONS.values():
        found.setdefault(permission.name.partition(":")[0], []).append(permission)
    rooms = sorted(found, key=lambda r: (order.index(r) if r in titles else len(order), r))
    return [(titles.get(room, room), found[room]) for room in rooms]
