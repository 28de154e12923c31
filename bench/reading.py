"""Reading of scans: letters and tone marks misread, CPU a page, beside plain Tesseract.

Both read the same pages in one run: the pipeline in this process, and Tesseract as anybody would
start it: the page at its resolution, Vietnamese, one thread.
"""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from bench.figures import Figure, group
from bench.reading_papers import DPI, QUALITIES, SIZE, Scan, make_scan, unturned
from bench.sizes import SIZES
from ocr.documents import Document, open_document
from ocr.engine import TesseractEngine
from ocr.page_reading import read_page
from ocr.types import ReadOptions

CER_GOALS = {"clean": "<= 0.7", "typical": "<= 1.5", "bad": "<= 2.8"}
TONE_GOALS = {"clean": "<= 0.65", "typical": "<= 0.7", "bad": "<= 2"}

Placed = tuple[str, float, float, float]
"""A word with its left edge, its middle across and its middle down, in pixels of the scan."""
Reader = Callable[[Document], list[Placed]]


@group("reading")
def scans() -> Iterator[Figure]:
    """Every quality read by the pipeline and by plain Tesseract."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    TesseractEngine().read(np.full((100, 100), 255, np.uint8), dpi=DPI)  # imports cost no page
    with tempfile.TemporaryDirectory(prefix="congvu-bench-scans.") as folder:
        for quality in QUALITIES:
            papers = [
                make_scan(Path(folder), quality, SIZES.seed * 1000 + no)
                for no in range(SIZES.scans)
            ]
            ours, our_cpu = read_all(papers, by_pipeline)
            plain, plain_cpu = read_all(papers, by_tesseract)
            for name, goals in (("cer", CER_GOALS), ("tone", TONE_GOALS)):
                yield Figure(
                    f"{name}_{quality}", share(ours, name), "%", goals[quality],
                    beside={"tesseract": share(plain, name)},
                )  # fmt: skip
            goal = "<= 1.15" if quality == "typical" else None
            yield Figure(f"cpu_vs_tesseract_{quality}", our_cpu / plain_cpu, "x", goal)
            yield Figure(
                f"cpu_s_per_page_{quality}", our_cpu / len(papers), "s",
                beside={"tesseract": plain_cpu / len(papers)},
            )  # fmt: skip


def read_all(papers: Sequence[Scan], reader: Reader) -> tuple[Counter[str], float]:
    """Counts of all papers, and the CPU seconds of this process and of those it started."""
    counts: Counter[str] = Counter()
    spent = 0.0
    for paper in papers:
        started = cpu_seconds()
        with open_document(paper.path, ReadOptions()) as document:
            words = reader(document)
        spent += cpu_seconds() - started
        counts.update(compare(paper, words))
    return counts, spent


def by_pipeline(document: Document) -> list[Placed]:
    """Page 1 as the product reads it."""
    width, height = SIZE
    page = read_page(document, 1, TesseractEngine())
    boxes = [(w.text, *w.box) for w in page.words]
    return [
        (text, x0 * width, (x0 + x1) / 2 * width, (y0 + y1) / 2 * height)
        for text, x0, y0, x1, y1 in boxes
    ]


def by_tesseract(document: Document) -> list[Placed]:
    """Page 1 as Tesseract alone reads it."""
    image = document.image(1)
    gray = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    words = TesseractEngine().read(gray.astype("uint8"), dpi=DPI)
    return [(w.text, w.x0, (w.x0 + w.x1) / 2, (w.y0 + w.y1) / 2) for w in words]


def cpu_seconds() -> float:
    """CPU seconds of this process and of its children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def compare(paper: Scan, words: Sequence[Placed]) -> Counter[str]:
    """Letters, those wrong, those with marks, those wrong in marks: letters, cer, marked, tone.

    A word counts for the line it stands on; what stands on none is no letter misread.
    """
    on_line: list[list[tuple[float, str]]] = [[] for _ in paper.lines]
    for text, left, middle, down in words:
        x, y = unturned(middle, down, paper.angle)
        for line, found in zip(paper.lines, on_line, strict=True):
            x0, y0, x1, y1 = line.box
            if x0 - 20 <= x <= x1 + 20 and y0 - 8 <= y <= y1 + 8:
                found.append((left, text))
                break
    counts: Counter[str] = Counter()
    for line, found in zip(paper.lines, on_line, strict=True):
        read = unicodedata.normalize("NFC", " ".join(text for _, text in sorted(found)))
        wrong = distance(line.text, read)
        counts["letters"] += len(line.text)
        counts["cer"] += wrong
        counts["marked"] += sum(bare(c) != c for c in line.text)
        counts["tone"] += wrong - distance(bare(line.text), bare(read))
    return counts


def share(counts: Counter[str], name: str) -> float:
    """Percent of the letters that are wrong, or of the marked ones wrong in their marks only."""
    return 100 * counts[name] / counts["letters" if name == "cer" else "marked"]


def bare(text: str) -> str:
    """Text without its marks."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in parts if not unicodedata.combining(c))


def distance(one: str, other: str) -> int:
    """Letters to insert, delete or replace to make one text of the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]
