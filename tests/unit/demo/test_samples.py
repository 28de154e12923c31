"""The committed folder of sample scans and its table of truths."""

from pathlib import Path

import pypdfium2 as pdfium
import pytest
import yaml
from PIL import Image

from app.demo.letters import load_letters, sample_letters
from app.demo.make_samples import FOLDER, SAMPLES, SENTINEL, Sample, make_samples, truth
from app.demo.make_samples import sample_bytes as make_bytes

LETTERS = sample_letters()
BY_KEY = {sample.key: sample for sample in SAMPLES}


def test_the_folder_holds_the_twelve_samples_their_truth_and_nothing_else() -> None:
    names = {path.name for path in FOLDER.iterdir()}

    assert names == {sample.file_name for sample in SAMPLES} | {"expected.yaml"}
    assert len(SAMPLES) == 12


def test_the_folder_is_small_enough_to_be_kept_with_the_code() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 3 * 1024 * 1024


def test_the_table_of_truths_is_the_one_that_the_letters_give() -> None:
    kept = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))

    assert kept == {one.file_name: truth(one, LETTERS[one.key]) for one in SAMPLES}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.key)
def test_a_committed_sample_opens_with_the_promised_pages(sample: Sample) -> None:
    path = FOLDER / sample.file_name
    promised = truth(sample, LETTERS[sample.key])["pages"]

    if path.suffix == ".pdf":
        assert len(pdfium.PdfDocument(path)) == promised
    else:
        assert getattr(Image.open(path), "n_frames", 1) == promised


@pytest.mark.parametrize("key", ["06-fax-mo", "09-anh-dien-thoai", "11-thong-bao-dien-tu"])
def test_a_sample_comes_out_the_same_each_time(key: str) -> None:
    sample = BY_KEY[key]

    assert make_bytes(sample, LETTERS[key]) == make_bytes(sample, LETTERS[key])


def test_the_command_writes_every_file(tmp_path: Path) -> None:
    written = list(make_samples(tmp_path / "new"))

    assert {path.name for path in written} == {path.name for path in FOLDER.iterdir()}
    kept = (FOLDER / "expected.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "new" / "expected.yaml").read_text(encoding="utf-8") == kept


def test_only_the_secret_sample_holds_the_sentinel_word() -> None:
    everything = [*LETTERS.values(), *load_letters(LETTERS["01-cong-van"].issued_on)]
    holders = [one for one in everything if SENTINEL in " ".join(p.text for p in one.body)]

    assert [(one.key, one.secrecy) for one in holders] == [("08-mat", "MẬT")]
    assert [one.key for one in everything if one.secrecy] == ["08-mat"]
