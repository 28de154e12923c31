from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocr.__main__ import main
from tests.unit.ocr.papers import Paper, scanned, write_pdf


def test_each_file_has_its_line_in_the_order_given_and_one_failure_hides_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write_pdf(tmp_path / "good.pdf", Paper())
    (tmp_path / "bad.pdf").write_bytes(b"nothing")

    status = main(["read", "--json", str(tmp_path / "bad.pdf"), str(good)])

    bad_line, good_line = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert status == 1
    assert bad_line["error"]["class"] == "not_a_document"
    assert bad_line["error"]["sentence"].startswith("Tệp không phải")
    assert good_line["fields"]["code_number"]["value"] == "123"
    assert good_line["secrecy_mark"] is None
    page = good_line["pages"][0]
    assert set(page) == {
        "number", "width_px", "height_px", "dpi", "angle", "source", "confidence", "text", "words",
    }  # fmt: skip
    assert all(0 <= v <= 1 for word in page["words"] for v in word["box"])


def test_all_files_read_is_status_0_and_text_for_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["read", str(write_pdf(tmp_path / "a.pdf", Paper()))])

    out = capsys.readouterr().out
    assert status == 0
    assert "issuing_organ: SỞ NỘI VỤ" in out
    assert "Độc lập - Tự do - Hạnh phúc" in out


def test_a_searchable_pdf_is_written_beside(tmp_path: Path) -> None:
    path = scanned(tmp_path, Paper(), dpi=100)

    status = main(["read", "--searchable-pdf", str(tmp_path / "out"), str(path)])

    assert status == 0
    assert (tmp_path / "out" / "scan.pdf").read_bytes().startswith(b"%PDF-")


def test_a_secret_head_of_the_office_hides_the_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_pdf(tmp_path / "a.pdf", Paper(title="PHIẾU KÍN", about=()))

    main(["read", "--json", "--secrecy-head", "PHIẾU KÍN", str(path)])

    line = json.loads(capsys.readouterr().out)
    assert line["secrecy_mark"] == "PHIẾU KÍN"
    assert "pages" not in line


def test_limits_are_named_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_pdf(tmp_path / "a.pdf", Paper(pages=3))

    assert main(["read", "--json", "--max-pages", "2", str(path)]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["class"] == "too_many_pages"


def test_help_names_the_fields_of_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["read", "--help"])

    assert caught.value.code == 0
    assert "handwritten" in capsys.readouterr().out
