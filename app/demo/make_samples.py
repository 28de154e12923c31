"""Writes the twelve sample scans and what they say: `python -m app.demo.make_samples DIR`.

The folder `app/demo/samples` was made by this command. `expected.yaml` beside the scans holds, for
each file, the truth that a reader should find; a handwritten number is told there too, but a reader
is right to leave it to a person. Run it again after a change to `data/samples.yaml`.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.demo.letters import Letter, sample_letters
from app.demo.paper import Finish, Quality, render_pdf, scan
from app.demo.scanning import Container
from app.demo.signing import render_signed_pdf

FOLDER = Path(__file__).parent / "samples"
SENTINEL = "phượngtímkhôngcóthật"  # stands in the sample marked MẬT and nowhere else
PHRASE_OF_PAGE_TWO = "đèn lồng giấy dó"  # stands on page 2 of the two-page report


@dataclass(frozen=True, slots=True)
class Sample:
    """One file of the folder: which letter, in what state, through which device.

    Without `quality` the file is electronic: signed if `finish` is UNNUMBERED, else plain.
    """

    key: str
    finish: Finish
    quality: Quality | None = None
    container: Container = Container.PDF

    @property
    def file_name(self) -> str:
        """The file's name in the folder."""
        endings = {Container.PDF: "pdf", Container.TIFF: "tif", Container.JPEG: "jpg"}
        return f"{self.key}.{endings[self.container]}"

    @property
    def handwritten(self) -> bool:
        """Whether number, day and month are written by hand."""
        return self.finish is Finish.HAND_NUMBERED


SAMPLES: tuple[Sample, ...] = (
    Sample("01-cong-van", Finish.SIGNED, Quality.CLEAN),
    Sample("02-bao-cao-hai-trang", Finish.SIGNED, Quality.CLEAN),
    Sample("03-quyet-dinh-mau", Finish.HAND_NUMBERED, Quality.COLOUR),
    Sample("04-giay-moi", Finish.SIGNED, Quality.COLOUR),
    Sample("05-cong-dien-hoa-toc", Finish.SIGNED, Quality.COLOUR),
    Sample("06-fax-mo", Finish.SIGNED, Quality.FAX, Container.TIFF),
    Sample("07-ky-so", Finish.UNNUMBERED),
    Sample("08-mat", Finish.SIGNED, Quality.COLOUR),
    Sample("09-anh-dien-thoai", Finish.HAND_NUMBERED, Quality.PHONE, Container.JPEG),
    Sample("10-quyet-dinh-nghieng", Finish.SIGNED, Quality.SKEWED),
    Sample("11-thong-bao-dien-tu", Finish.TYPED),
    Sample("12-cong-van-doanh-nghiep", Finish.SIGNED, Quality.CLEAN),
)


def sample_bytes(sample: Sample, letter: Letter) -> bytes:
    """The file of one sample. All but the signed one come out byte for byte the same each time."""
    if sample.quality is None:
        if sample.finish is Finish.UNNUMBERED:
            return render_signed_pdf(letter)
        return render_pdf(letter, sample.finish)
    seed = int(sample.key[:2])
    paper = render_pdf(letter, sample.finish, seed)
    return scan(paper, sample.quality, seed, sample.container)


def make_samples(folder: Path) -> Iterator[Path]:
    """Write every sample and `expected.yaml` into `folder`, yielding each path when it is there."""
    import yaml

    letters = sample_letters()
    folder.mkdir(parents=True, exist_ok=True)
    truths = {}
    for sample in SAMPLES:
        letter = letters[sample.key]
        path = folder / sample.file_name
        path.write_bytes(sample_bytes(sample, letter))
        truths[sample.file_name] = truth(sample, letter)
        yield path
    head = "# What the sample scans say. Written by `python -m app.demo.make_samples`.\n"
    text = yaml.safe_dump(truths, allow_unicode=True, sort_keys=False, width=100)
    (folder / "expected.yaml").write_text(head + text, encoding="utf-8")
    yield folder / "expected.yaml"


def truth(sample: Sample, letter: Letter) -> dict[str, Any]:
    """What a reader should find in the sample; the field names are those of `python -m ocr`."""
    meeting = letter.meeting
    fields: dict[str, Any] = {
        "document_type": letter.kind,
        "issuing_organ": " ".join(letter.organ_lines),
        "parent_organ": letter.parent_line,
        "code_number": letter.number,
        "code_notation": letter.notation,
        "issue_place": letter.place,
        "issued_date": letter.issued_on.isoformat(),
        "subject_summary": letter.subject,
        "addressees": list(letter.addressees) or None,
        "distribution_list": list(letter.copies),
        "signing_authority": letter.authority,
        "signer_position": list(letter.signing),
        "signer_name": letter.signer,
        "urgency": letter.urgency.value,
        "due_date_hint": letter.due_on.isoformat() if letter.due_on else None,
        "invitation": None,
    }
    if meeting is not None:
        fields["invitation"] = {
            "start": f"{meeting.day.isoformat()}T{meeting.start}",
            "place": meeting.place,
            "participants": meeting.participants,
        }
    return {
        "organ_name": letter.organ,
        "pages": 2 if sample.key.startswith("02-") else 1,
        "quality": sample.quality.value if sample.quality else "electronic",
        "signatures": 4 if sample.finish is Finish.UNNUMBERED else 0,
        "handwritten": sample.handwritten,
        "secrecy_mark": letter.secrecy,
        "words": _telling_words(sample, letter),
        "fields": fields,
    }


def _telling_words(sample: Sample, letter: Letter) -> dict[int, str]:
    """Words that stand on a page and, among the samples, nowhere else."""
    if sample.key.startswith("02-"):
        return {1: "312.000 lượt khách", 2: PHRASE_OF_PAGE_TWO}
    return {1: SENTINEL} if letter.secrecy else {}


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m app.demo.make_samples", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the files go; made if it is not there")
    folder: Path = parser.parse_args(arguments).folder
    total = 0
    for path in make_samples(folder):
        size = path.stat().st_size
        total += size
        print(f"{size / 1024:7.0f} KB  {path}")
    print(f"{total / 1024:7.0f} KB  in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
