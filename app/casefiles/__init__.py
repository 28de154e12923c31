"""Case files: the yearly catalogue, files and their documents, the archive, handing over work."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

from app.casefiles import permissions, queries
from app.organisation.acts import describe
from app.web.shell import NavItem, navigation

ACTS = {
    "case_file.opened": "Lập hồ sơ",
    "case_file.linked": "Liên kết hồ sơ",
    "case_file.edited": "Sửa thông tin hồ sơ",
    "case_file.read": "Mở hồ sơ",
    "case_file.document_added": "Đưa văn bản vào hồ sơ",
    "case_file.document_removed": "Rút văn bản khỏi hồ sơ",
    "case_file.closed": "Kết thúc hồ sơ",
    "case_file.reopened": "Mở lại hồ sơ",
    "case_file.kept_back": "Cho giữ lại hồ sơ",
    "case_file.shared": "Cho xem hồ sơ",
    "case_file.unshared": "Thôi cho xem hồ sơ",
    "case_file.handed_over": "Bàn giao hồ sơ",
    "case_file.archived": "Nộp lưu hồ sơ",
    "case_file.index_printed": "In mục lục văn bản",
    "file_catalogue.started": "Bắt đầu lập danh mục hồ sơ",
    "file_catalogue.entry_added": "Thêm mục vào danh mục hồ sơ",
    "file_catalogue.entry_edited": "Sửa mục của danh mục hồ sơ",
    "file_catalogue.entry_removed": "Xóa mục của danh mục hồ sơ",
    "file_catalogue.imported": "Nhập danh mục hồ sơ từ Excel",
    "file_catalogue.copied": "Lấy lại danh mục hồ sơ năm trước",
    "file_catalogue.submitted": "Trình danh mục hồ sơ",
    "file_catalogue.approved": "Duyệt danh mục hồ sơ",
    "file_catalogue.returned": "Trả lại danh mục hồ sơ",
    "archive_package.requested": "Đóng gói nộp lưu",
    "archive_package.made": "Đóng gói xong",
    "archive_package.downloaded": "Tải gói nộp lưu",
    "archive_package.accepted": "Xác nhận lưu trữ đã nhận",
    "work_handover.done": "Bàn giao công việc",
    "work_handover.signed": "Nộp biên bản bàn giao đã ký",
    "task.handed_over": "Bàn giao công việc",
}


def register(app: Flask) -> None:
    """Add pages, navigation, kinds, chores and commands."""
    from app import kinds, relay
    from app.casefiles import chores, documents, indexing
    from app.casefiles.commands import casefiles_cli
    from app.casefiles.views import bp
    from app.cli import add_command

    app.register_blueprint(bp)
    for kind in (indexing.kind, indexing.handover_kind, indexing.catalogue_kind):
        kinds.register(kind)
    documents.register("task", indexing.tasks_as_documents)
    describe(ACTS)
    add_command(casefiles_cli)
    relay.every(5.0, "archive-packages", chores.make_packages)
    relay.every(3600.0, "archive-reminders", chores.remind)
    add_entries()


def add_entries() -> None:
    """The entries of the left bar."""
    navigation.add(
        NavItem(
            "casefiles", _("Văn bản"), _("Hồ sơ công việc"), "folder", "casefiles.index",
            permission=permissions.READ, counter=queries.counted_due, order=25,
        )
    )  # fmt: skip
