"""Words that a line's end cuts at their hyphen keep it, each half in its own line."""

from __future__ import annotations

from pathlib import Path

import weasyprint

from ocr import read_file
from ocr.types import ReadOptions

PAGE = """<body style="font: 13pt 'Liberation Serif'; width: 40mm">
<p>Số: 145/UBND-<wbr>KTHTĐT</p><p style="width: 30mm">Trình HĐND-<br>UBND phường</p></body>"""


def test_a_hyphen_at_the_end_of_a_line_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(weasyprint.HTML(string=PAGE).write_pdf())

    [page] = read_file(path, ReadOptions(cleared=True)).pages

    assert page.source == "embedded"
    lines = page.text.split("\n")
    assert "Trình HĐND-" in lines
    assert "UBND phường" in lines
