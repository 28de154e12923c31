"""Procedures as they come in a table."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import InvalidInput
from app.procedures import records


def test_a_table_of_procedures_is_read_and_a_broken_line_is_named() -> None:
    head = ["Mã TTHC", "Tên thủ tục", "Lĩnh vực", "Thời hạn", "Đơn vị tính", "Thành phần hồ sơ"]
    line = ["1.000234.000.00.00.H42", "Đăng ký X", "Hộ tịch", "5", "ngày", "Tờ khai; Căn cước"]

    [record] = records.from_table([head, line, [""]], valid_from=date(2026, 1, 1))

    assert (record.limit_amount, record.limit_unit) == (5, "calendar_day")
    assert [paper.name for paper in record.papers] == ["Tờ khai", "Căn cước"]
    with pytest.raises(InvalidInput, match="Dòng 3"):
        records.from_table([head, line, [*line[:3], "năm"]], valid_from=date(2026, 1, 1))
    with pytest.raises(InvalidInput, match="Mã thủ tục"):
        records.from_table([head, ["x", *line[1:]]], valid_from=date(2026, 1, 1))
