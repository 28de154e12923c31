"""The one door of the library: read, check, show and derive, each inside the sandbox.

No function here loads a PDF or an image itself; all of them raise `FileRefused` for what cannot be
read within the limits of `ReadOptions`.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ocr import sandbox
from ocr.errors import FileRefused
from ocr.inspect import FileType
from ocr.types import (
    Box,
    Field,
    FirstPage,
    Limits,
    PageText,
    Reading,
    ReadOptions,
    SecrecyMark,
    Signature,
)

RUN_PAGES = 4
"""At most so many pages in one child: a bad page then costs few others."""
QUICK_S = 60.0
DEFAULT = ReadOptions()
HASH_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Type, number of pages, and (width, height, dpi) in pixels of the first hundred pages."""

    type: FileType
    pages: int
    sizes: tuple[tuple[int, int, int], ...]


def inspect_file(path: str | Path, options: ReadOptions = DEFAULT) -> FileFacts:
    """What a file is; refuses what could not be read."""
    answer = _run("facts", {"path": _at(path), "options": asdict(options)}, options)
    sizes = tuple((int(w), int(h), int(d)) for w, h, d in answer["sizes"])
    return FileFacts(FileType(answer["type"]), int(answer["pages"]), sizes)


def check_first_page(path: str | Path, options: ReadOptions = DEFAULT) -> FirstPage:
    """Read page 1 only and say whether it is marked secret."""
    args = {"path": _at(path), "numbers": [1], "options": asdict(options)}
    crops: list[bytes] = []

    def take_crop(folder: Path, result: Any) -> Any:
        file = folder / "crop.png"
        if result[0].get("secrecy") and file.is_file() and not file.is_symlink():
            crops.append(file.read_bytes()[: options.max_bytes])
        return result

    answer = _run("read_pages", args, options, pages=1, collect=take_crop)[0]
    verdict = SecrecyMark.from_json(answer["secrecy"]) if answer["secrecy"] else None
    page = PageText.from_json(answer["page"]) if "page" in answer else None
    count = int(answer["page_count"])
    return FirstPage(verdict, count, page, crops[0] if crops else None, answer.get("state", {}))


def read_file(
    path: str | Path,
    options: ReadOptions = DEFAULT,
    on_page: Callable[[int, int], None] | None = None,
    first_page: FirstPage | None = None,
) -> Reading:
    """Text, words, header fields and signatures of a file.

    `on_page` is called with (pages done, pages in all), from worker threads. `first_page`: the
    answer of `check_first_page` for the same bytes. A page that cannot be read costs that page and
    a warning; if page 1 cannot be read, the file is refused. With a certain secrecy mark nothing
    further is read and no text is given back.
    """
    started = time.monotonic()
    path = Path(path)
    first = first_page or check_first_page(path, options)
    digest = _sha256(path)
    if first.page is None or (first.secrecy and first.secrecy.kind == "certain"):
        took = time.monotonic() - started
        return Reading(str(path), digest, took, secrecy=first.secrecy, page_count=first.page_count)
    progress = _Progress(first.page_count, on_page)
    progress.add()
    pages, warnings = _read_rest(path, first.page_count, options, progress)
    ordered = tuple(sorted((first.page, *pages.values()), key=lambda page: page.number))
    warnings += [f"page {p.number}: blank" for p in ordered if not p.words and not p.text]
    fields, trouble = _fields(ordered, first, options)
    return Reading(
        file=str(path),
        sha256=digest,
        elapsed_s=time.monotonic() - started,
        pages=ordered,
        fields=fields,
        secrecy=first.secrecy,
        signatures=list_signatures(path, options),
        warnings=tuple(sorted(warnings, key=_page_of) + trouble),
        page_count=first.page_count,
    )


class _Progress:
    def __init__(self, total: int, tell: Callable[[int, int], None] | None) -> None:
        self._total, self._done, self._tell = total, 0, tell

    def add(self, _page: Any = None) -> None:
        self._done += 1
        if self._tell:
            self._tell(min(self._done, self._total), self._total)


def runs_of(numbers: Sequence[int], processes: int) -> list[list[int]]:
    """Neighbouring pages in runs of at most `RUN_PAGES`, evenly over the processes."""
    if not numbers:
        return []
    length = max(1, min(RUN_PAGES, -(-len(numbers) // max(1, processes))))
    return [list(numbers[i : i + length]) for i in range(0, len(numbers), length)]


def _read_rest(
    path: Path, count: int, options: ReadOptions, progress: _Progress
) -> tuple[dict[int, PageText], list[str]]:
    pages: dict[int, PageText] = {}
    warnings: list[str] = []
    runs = runs_of(range(2, count + 1), options.processes)
    if not runs:
        return pages, warnings
    with ThreadPoolExecutor(max(1, options.processes)) as pool:
        waiting = {pool.submit(_read_run, path, run, options, progress): run for run in runs}
        for future in as_completed(waiting):
            found, trouble = future.result()
            pages.update(found)
            warnings += trouble
    return pages, warnings


def _read_run(
    path: Path, numbers: list[int], options: ReadOptions, progress: _Progress
) -> tuple[dict[int, PageText], list[str]]:
    """Read a run; if its child fails, its pages one by one, so that one page costs itself only."""
    args = {"path": _at(path), "numbers": numbers, "options": asdict(options)}
    try:
        answers = _run("read_pages", args, options, pages=len(numbers))
    except FileRefused as error:
        if error.code == "no_engine":
            raise
        if len(numbers) == 1:
            progress.add()
            return {}, [f"page {numbers[0]}: {error.code}"]
        pages, warnings = {}, []
        for number in numbers:
            found, trouble = _read_run(path, [number], options, progress)
            pages.update(found)
            warnings += trouble
        return pages, warnings
    for number in numbers:
        progress.add(number)
    read = [PageText.from_json(answer["page"]) for answer in answers]
    return {page.number: page for page in read}, []


def _fields(
    pages: Sequence[PageText], first: FirstPage, options: ReadOptions
) -> tuple[dict[str, Field | None], list[str]]:
    args = {
        "pages": [page.to_json() for page in pages],
        "state": dict(first.state),
        "options": asdict(options),
    }
    try:
        found = _run("fields", args, options)
    except FileRefused as error:
        return {}, [f"fields: {error.code}"]
    return {k: Field.from_json(v) if v else None for k, v in found.items()}, []


def list_signatures(path: str | Path, options: ReadOptions = DEFAULT) -> tuple[Signature, ...]:
    """Digital signatures of a PDF; none for other files or where they cannot be read."""
    with open(path, "rb") as file:
        if b"%PDF-" not in file.read(1029):
            return ()
    try:
        found = _run("list_signatures", {"path": _at(path)}, options)
    except FileRefused:
        return ()
    return tuple(Signature.from_json(one) for one in found)


def preview(
    path: str | Path,
    page: int = 1,
    width_px: int = 1000,
    form: Literal["jpeg", "png"] = "jpeg",
    options: ReadOptions = DEFAULT,
) -> bytes:
    """A page as it is shown, as bytes of a JPEG or PNG."""
    return _picture(path, page, width_px, form, None, options)


def crop(
    path: str | Path, page: int, box: Box, width_px: int = 600, options: ReadOptions = DEFAULT
) -> bytes:
    """A PNG of a box (fractions of the shown page) of a page."""
    return _picture(path, page, width_px, "png", box, options)


def _picture(
    path: str | Path, page: int, width_px: int, form: str, box: Box | None, options: ReadOptions
) -> bytes:
    args = {
        "path": _at(path),
        "page": page,
        "width_px": width_px,
        "form": form,
        "box": list(box) if box else None,
        "options": asdict(options),
    }

    def load(folder: Path, name: Any) -> bytes:
        target = folder / "taken"
        sandbox.take(folder, str(name), target, max_bytes=options.max_bytes)
        return target.read_bytes()

    return bytes(_run("preview", args, options, collect=load))


def derive_searchable(
    path: str | Path, reading: Reading, target: str | Path, options: ReadOptions = DEFAULT
) -> None:
    """Write a PDF with the original images and the read words, invisible, in their places."""
    pages = [page.to_json() for page in reading.pages]
    args = {"path": _at(path), "pages": pages, "options": asdict(options)}
    _write("searchable", args, [Path(target)], options)


def split(
    path: str | Path,
    groups: Sequence[Sequence[int]],
    target_dir: str | Path,
    options: ReadOptions = DEFAULT,
) -> list[Path]:
    """One PDF a group of page numbers (from 1, in the order given): target_dir/part-1.pdf, …"""
    targets = [Path(target_dir) / f"part-{i}.pdf" for i in range(1, len(groups) + 1)]
    numbers = [list(group) for group in groups]
    args = {"path": _at(path), "groups": numbers, "options": asdict(options)}
    _write("split", args, targets, options)
    return targets


def stamp(
    path: str | Path,
    stamp_pdf: str | Path,
    target: str | Path,
    page: int = 1,
    options: ReadOptions = DEFAULT,
) -> None:
    """A copy of a PDF with the first page of `stamp_pdf` (of the same size) laid over `page`."""
    args = {"path": _at(path), "stamp_pdf": _at(stamp_pdf), "page": page}
    _write("stamp", args, [Path(target)], options)


def to_pdf(path: str | Path, target: str | Path, options: ReadOptions = DEFAULT) -> None:
    """A PDF of the pages of a TIFF, PNG or JPEG."""
    _write("to_pdf", {"path": _at(path), "options": asdict(options)}, [Path(target)], options)


def _write(job: str, args: dict[str, Any], targets: Sequence[Path], options: ReadOptions) -> None:
    def move(folder: Path, names: Any) -> None:
        for name, target in zip(_listed(names), targets, strict=True):
            part = target.with_name(target.name + ".part")
            sandbox.take(folder, name, part, max_bytes=options.max_bytes * 2)
            os.replace(part, target)

    _run(job, args, options, pages=RUN_PAGES, collect=move)


def _listed(names: Any) -> Iterable[str]:
    return [str(name) for name in names] if isinstance(names, list) else [str(names)]


def _run(
    job: str,
    args: dict[str, Any],
    options: ReadOptions,
    *,
    pages: int = 0,
    collect: Callable[[Path, Any], Any] | None = None,
) -> Any:
    """Call a job; `pages`: how many pages' time it may take over the time of a quick job."""
    wall = QUICK_S + pages * options.seconds_per_page
    file_mb = max(64, 2 * options.max_bytes // (1024 * 1024))
    limits = Limits(wall_s=wall, cpu_s=int(wall) + 1, memory_mb=options.memory_mb, file_mb=file_mb)
    return sandbox.run(f"ocr.jobs:{job}", args, limits, collect=collect)


def _at(path: str | Path) -> str:
    """An absolute path: children work in a folder of their own."""
    absolute = Path(path).absolute()
    if not absolute.is_file():
        raise FileRefused("missing")
    if absolute.stat().st_size == 0:
        raise FileRefused("empty")
    return str(absolute)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(HASH_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _page_of(warning: str) -> int:
    digits = warning.removeprefix("page ").split(":")[0]
    return int(digits) if digits.isdigit() else 0
