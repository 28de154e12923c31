"""`python -m ocr read FILE...`: the reading library on the command line (see docs/reading.md)."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from ocr.errors import FileRefused
from ocr.reader import derive_searchable, read_file
from ocr.types import Reading, ReadOptions

EPILOG = """\
Output with --json: one object a line and file, in the order given. Boxes are [x0, y0, x1, y1] as
fractions of the page as it is shown, origin top left. Confidence of words and pages is a
percentage, of fields 0 to 1; a field under 0.8 should be looked at. A value that stands there by
hand or by a stamp is null with "handwritten": true and its box: it is never invented. A page marked
MẬT, TỐI MẬT or TUYỆT MẬT gives only "secrecy_mark", no text.

Exit status: 0 if every file was read, 1 if some could not be (their line has "error": a class and a
sentence; the others are still read), 2 for a wrong command line.

Examples:
  python -m ocr read letter.pdf
  python -m ocr read --json --jobs 4 scans/*.pdf > read.jsonl
  python -m ocr read --searchable-pdf out/ scan.tiff
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit status."""
    args = _parser().parse_args(arguments)
    options = ReadOptions(
        processes=args.jobs,
        language=args.language,
        max_pages=args.max_pages,
        max_pixels=args.max_megapixels * 1_000_000,
        seconds_per_page=args.seconds_per_page,
        memory_mb=args.memory_mb,
        secrecy_heads=tuple(args.secrecy_head or ReadOptions().secrecy_heads),
    )
    if args.searchable_pdf:
        args.searchable_pdf.mkdir(parents=True, exist_ok=True)
    failed = False
    # Two files at a time keep the processes busy while one is only being assembled.
    with ThreadPoolExecutor(max(1, args.jobs)) as pool:
        one_each = options if args.jobs == 1 or len(args.files) == 1 else _single(options)
        results = [pool.submit(_read, f, one_each, args.searchable_pdf) for f in args.files]
        for path, result in zip(args.files, results, strict=True):
            try:
                _show(result.result(), args.json)
            except FileRefused as error:
                failed = True
                _show_error(path, error, args.json)
    return 1 if failed else 0


def _single(options: ReadOptions) -> ReadOptions:
    """Several files: a process for each file instead of several for the pages of one."""
    return replace(options, processes=1)


def _read(path: str, options: ReadOptions, searchable_dir: Path | None) -> Reading:
    reading = read_file(path, options)
    if searchable_dir is not None and reading.pages:
        derive_searchable(path, reading, searchable_dir / f"{Path(path).stem}.pdf", options)
    return reading


def _show(reading: Reading, as_json: bool) -> None:
    if as_json:
        print(json.dumps(reading.to_json(), ensure_ascii=False), flush=True)
        return
    print(f"== {reading.file}: {reading.page_count} page(s), {reading.elapsed_s:.1f} s")
    if reading.secrecy:
        print(f"   secrecy: {reading.secrecy.word} ({reading.secrecy.kind})")
    for name, field in reading.fields.items():
        if field is not None:
            note = " (by hand or stamped)" if field.handwritten else ""
            print(f"   {name}: {field.value} [{field.confidence:.2f}]{note}")
    for warning in reading.warnings:
        print(f"   warning: {warning}")
    print(reading.text, flush=True)


def _show_error(path: str, error: FileRefused, as_json: bool) -> None:
    if as_json:
        told = {"file": path, "error": {"class": error.code, "sentence": error.sentence}}
        print(json.dumps(told, ensure_ascii=False), flush=True)
    else:
        print(f"== {path}: {error.code}: {error.sentence}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    defaults = ReadOptions()
    parser = argparse.ArgumentParser(
        prog="python -m ocr", description="Reads Vietnamese office documents."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    read = commands.add_parser(
        "read",
        help="read files: text, words with their places, header fields, signatures",
        description="Reads PDF (born digital, signed, scanned, mixed), TIFF, PNG and JPEG: text,"
        " words with their places, header fields after NĐ 30/2020, digital signatures."
        " Every file is read in a sandboxed process.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    read.add_argument("files", nargs="+", metavar="FILE", help="file to read")
    read.add_argument("--json", action="store_true", help="one JSON object a line and file")
    read.add_argument(
        "--jobs",
        type=_positive,
        default=defaults.processes,
        metavar="N",
        help="pages or files read at the same time (default: %(default)s)",
    )
    read.add_argument(
        "--searchable-pdf",
        type=Path,
        metavar="DIR",
        help="also write DIR/NAME.pdf: the original images with invisible text",
    )
    read.add_argument("--language", default=defaults.language, help="Tesseract's language model")
    read.add_argument(
        "--secrecy-head",
        action="append",
        metavar="TITLE",
        help="a title that makes a paper secret without a mark (repeatable;"
        f" default: {', '.join(defaults.secrecy_heads)})",
    )
    _add_limits(read, defaults)
    return parser


def _add_limits(read: argparse.ArgumentParser, defaults: ReadOptions) -> None:
    limits = read.add_argument_group("limits: what is over them is refused with a sentence")
    limits.add_argument(
        "--max-pages",
        type=_positive,
        default=defaults.max_pages,
        metavar="N",
        help="pages of a file (default: %(default)s)",
    )
    limits.add_argument(
        "--max-megapixels",
        type=_positive,
        default=defaults.max_pixels // 1_000_000,
        metavar="N",
        help="millions of pixels of a page or image (default: %(default)s)",
    )
    limits.add_argument(
        "--seconds-per-page",
        type=float,
        default=defaults.seconds_per_page,
        metavar="S",
        help="time for each page (default: %(default)s)",
    )
    limits.add_argument(
        "--memory-mb",
        type=_positive,
        default=defaults.memory_mb,
        metavar="N",
        help="memory of each process in MiB (default: %(default)s)",
    )


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


if __name__ == "__main__":
    sys.exit(main())
