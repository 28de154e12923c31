"""What the codes of the audit trail mean, in words."""

from __future__ import annotations

from collections.abc import Mapping

KINDS = {
    "sign_in": "Đăng nhập",
    "person": "Người dùng",
    "unit": "Đơn vị",
    "post": "Chức vụ",
    "delegation": "Ủy quyền",
    "organ": "Cơ quan",
    "issuing_body": "Chủ thể ban hành",
    "api_token": "Mã truy cập",
    "organisation_import": "Nhập từ Excel",
}
ACTS = {
    "sign_in.failed": "Đăng nhập sai",
    "sign_in.second_factor": "Đúng mật khẩu, chờ mã xác thực",
    "sign_in.new_password": "Vào bằng mật khẩu dùng một lần",
    "sign_in.open": "Đăng nhập",
    "sign_in.code_failed": "Nhập sai mã xác thực",
    "sign_in.recovery_code_used": "Dùng mã dự phòng",
    "sign_in.ended": "Đăng xuất",
    "sign_in.revoked": "Kết thúc một phiên đăng nhập",
    "sign_in.others_revoked": "Kết thúc các phiên đăng nhập khác",
    "sign_in.post_chosen": "Chọn chức vụ đang dùng",
    "person.created": "Tạo tài khoản",
    "person.edited": "Sửa tài khoản",
    "person.profile_edited": "Sửa hồ sơ cá nhân",
    "person.password_changed": "Đổi mật khẩu",
    "person.password_reset": "Cấp mật khẩu dùng một lần",
    "person.unlocked": "Mở khóa đăng nhập",
    "person.opened": "Mở tài khoản",
    "person.closed": "Đóng tài khoản",
    "person.post_given": "Giao chức vụ",
    "person.post_ended": "Thôi giữ chức vụ",
    "person.totp_prepared": "Chuẩn bị xác thực hai lớp",
    "person.totp_on": "Bật xác thực hai lớp",
    "person.totp_off": "Tắt xác thực hai lớp",
    "person.recovery_codes_renewed": "Tạo mã dự phòng mới",
    "unit.created": "Thêm đơn vị",
    "unit.edited": "Sửa đơn vị",
    "unit.ended": "Kết thúc đơn vị",
    "post.created": "Thêm chức vụ",
    "post.edited": "Sửa chức vụ",
    "post.ended": "Kết thúc chức vụ",
    "delegation.proposed": "Đề nghị ủy quyền",
    "delegation.approved": "Duyệt ủy quyền",
    "delegation.rejected": "Từ chối ủy quyền",
    "delegation.revoked": "Chấm dứt ủy quyền",
    "organ.created": "Thêm cơ quan",
    "organ.edited": "Sửa cơ quan",
    "organ.merged": "Gộp cơ quan",
    "issuing_body.saved": "Lưu chủ thể ban hành",
    "issuing_body.ended": "Kết thúc chủ thể ban hành",
    "issuing_body.signer_added": "Thêm người ký",
    "issuing_body.signer_removed": "Bỏ người ký",
    "api_token.created": "Tạo mã truy cập",
    "api_token.revoked": "Thu hồi mã truy cập",
    "organisation_import.confirmed": "Nhập dữ liệu từ Excel",
    "outbox.replayed": "Cho làm lại việc chuyển tiếp bị lỗi",
}


OF_EVERY_KIND = {
    "linked": "Liên kết với nội dung khác",
    "unlinked": "Gỡ liên kết",
    "read": "Mở xem",
    "seen": "Xem lần đầu",
    "nudged": "Nhắc xử lý",
    "downloaded": "Tải tệp",
}
"""What can happen to a thing of any kind, after the point of the code."""


def describe(labels: Mapping[str, str]) -> None:
    """Let an upper room name its own acts: {"incoming.registered": "Vào sổ văn bản đến"}."""
    ACTS.update(labels)


def act_label(action: str) -> str:
    """The act in words; a code nobody named stands as it is."""
    return ACTS.get(action) or OF_EVERY_KIND.get(action.partition(".")[2], action)


def kind_label(kind: str, registered: Mapping[str, str]) -> str:
    return registered.get(kind) or KINDS.get(kind, kind)
