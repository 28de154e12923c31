"""The acts of schedules in words, for the trail."""

ACTS = {
    "schedule_entry.made": "Đăng ký lịch công tác",
    "schedule_entry.submitted": "Gửi đăng ký lịch công tác",
    "schedule_entry.edited": "Sửa lịch công tác",
    "schedule_entry.cancelled": "Hủy lịch công tác",
    "schedule_entry.purged": "Xóa nội dung lịch lập từ văn bản mật",
    "schedule_entry.returned": "Trả lại lịch đăng ký",
    "schedule_entry.substituted": "Cử người dự thay",
    "schedule_entry.merged": "Tổng hợp lịch đăng ký",
    "schedule_entry.concluded": "Ghi kết luận, giao việc sau họp",
    "schedule_entry.imported": "Nhập lịch từ tệp .ics",
    "schedule_entry.read": "Mở lịch công tác",
    "schedule_series.made": "Đăng ký lịch lặp",
    "schedule_series.ended": "Hủy lịch lặp",
    "schedule_resource.saved": "Lưu phòng họp, xe",
    "week_sheet.cutoff_set": "Đặt hạn đăng ký lịch tuần",
    "week_sheet.approved": "Duyệt lịch tuần",
    "week_sheet.published": "Ban hành lịch tuần",
    "invitation.answered": "Trả lời giấy mời",
    "calendar_feed.made": "Tạo địa chỉ lịch",
    "calendar_feed.revoked": "Thu hồi địa chỉ lịch",
}
