"""Administrative procedures: the catalogue, the counter, dossiers and their way to the result."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

from app import cli, kinds, relay
from app.organisation.acts import describe
from app.procedures import chores, clocks, handlers, indexing, permissions
from app.procedures.commands import procedures_cli
from app.procedures.queries.counting import counted_mine
from app.web.shell import NavItem, navigation

KEEP_UP_SECONDS = 120.0
ACTS = {
    "procedure.imported": "Nạp danh mục thủ tục",
    "procedure.drafted": "Soạn phiên bản thủ tục",
    "procedure.draft_given_up": "Bỏ bản thảo thủ tục",
    "procedure.published": "Công bố phiên bản thủ tục",
    "dossier.received": "Tiếp nhận hồ sơ",
    "dossier.taken_over": "Mở hồ sơ theo mã của tỉnh",
    "dossier.paper_added": "Thêm tệp giấy tờ hồ sơ",
    "dossier.paper_read": "Đọc giấy tờ hồ sơ",
    "dossier.papers_checked": "Kiểm giấy tờ hồ sơ",
    "dossier.assigned": "Phân công xử lý hồ sơ",
    "dossier.step_done": "Xong một bước xử lý hồ sơ",
    "dossier.step_returned": "Trả lại bước trước",
    "dossier.supplement_asked": "Yêu cầu bổ sung hồ sơ",
    "dossier.link_code": "Cấp mã một lần cho liên kết bổ sung",
    "dossier.link_closed": "Thu hồi liên kết bổ sung",
    "dossier.supplement_sent": "Người dân gửi bổ sung",
    "dossier.supplemented": "Nhận đủ bổ sung hồ sơ",
    "dossier.fee_added": "Ghi khoản thu theo thông báo",
    "dossier.fees_asked": "Yêu cầu thực hiện nghĩa vụ tài chính",
    "dossier.paid": "Thu phí, lệ phí",
    "dossier.exempted": "Miễn phí, lệ phí",
    "dossier.opinion_asked": "Hỏi ý kiến về hồ sơ",
    "dossier.opinion_given": "Nhận ý kiến về hồ sơ",
    "dossier.refused": "Từ chối hồ sơ",
    "dossier.extended": "Xin lỗi và gia hạn hồ sơ",
    "dossier.stopped": "Dừng giải quyết hồ sơ",
    "dossier.withdrawn": "Công dân rút hồ sơ",
    "dossier.result_drafted": "Soạn văn bản kết quả hồ sơ",
    "dossier.result_given": "Có kết quả hồ sơ",
    "dossier.delivered": "Trả kết quả hồ sơ",
    "dossier.evaluated": "Người dân đánh giá",
    "dossier.numbered": "Vào sổ chứng thực",
    "dossier.imported": "Nạp danh sách hồ sơ của tỉnh",
    "dossier.difference_settled": "Xử lý chênh lệch với danh sách của tỉnh",
    "dossier.read": "Mở hồ sơ một cửa",
    "dossier.downloaded": "Tải giấy tờ hồ sơ",
    "dossier.book_printed": "In sổ chứng thực",
    "dossier.register_printed": "In sổ theo dõi hồ sơ",
}


def register(app: Flask) -> None:
    """Make kinds, clocks, chores and commands known."""
    kinds.register(indexing.dossier_kind)
    kinds.register(indexing.procedure_kind)
    clocks.subscribe()
    relay.register(handlers.consumer())
    relay.every(KEEP_UP_SECONDS, "procedures-upkeep", chores.keep_up)
    cli.add_command(procedures_cli)
    describe(ACTS)
    add_pages(app)


def add_pages(app: Flask) -> None:
    """The officers' pages and their entries in the left bar."""
    from app.procedures.views import bp

    app.register_blueprint(bp)
    group = _("Một cửa")
    navigation.add(
        NavItem(
            "counter", group, _("Tiếp nhận"), "building-community", "procedures.counter",
            permission=permissions.RECEIVE, order=15, phone=True,
        )
    )  # fmt: skip
    navigation.add(
        NavItem(
            "fast", group, _("Trả ngay"), "player-play", "procedures.fast_lane",
            permission=permissions.RECEIVE, order=16,
        )
    )  # fmt: skip
    navigation.add(
        NavItem(
            "dossiers", group, _("Hồ sơ một cửa"), "folders", "procedures.index",
            permission=permissions.READ, counter=counted_mine, order=17,
            phone=True,
        )
    )  # fmt: skip
    navigation.add(
        NavItem(
            "procedures", group, _("Thủ tục"), "list-search", "procedures.procedures",
            permission=permissions.READ, order=18,
        )
    )  # fmt: skip
    navigation.add(
        NavItem(
            "dossier_report", group, _("Báo cáo một cửa"), "report", "procedures.reports",
            permission=permissions.REPORT, order=19,
        )
    )  # fmt: skip
