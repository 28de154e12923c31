"""What the sandboxed children do: JSON in, JSON out; files only into the current folder.

Importing this module loads the reading libraries: the fork server does it once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when the next modules are loaded

import cv2

from ocr import clean, derive, signatures
from ocr.documents import Document, open_document
from ocr.engine import Image, OcrEngine, TesseractEngine
from ocr.evidence import Evidence, look
from ocr.fields import extract_fields
from ocr.geometry import Frame, upright_words
from ocr.lines import group_lines
from ocr.marks import Mark, find_marks
from ocr.page_reading import read_page, upright_image
from ocr.sandbox_child import report
from ocr.secrecy import judge
from ocr.types import Box, PageText, ReadOptions, SecrecyMark, Word, as_box

cv2.setNumThreads(1)
CROP_FILE = "crop.png"
PAGE_FILE = "page"


def options_from(data: Mapping[str, Any]) -> ReadOptions:
    values = dict(data)
    for name in ("secrecy_heads", "organs"):
        values[name] = tuple(values.get(name, ()))
    return ReadOptions(**values)


def _engine(options: ReadOptions) -> OcrEngine:
    return TesseractEngine(options.language, options.seconds_per_page)


def facts(path: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Type, number of pages and their sizes in pixels (of the first hundred)."""
    with open_document(path, options_from(options)) as document:
        count = len(document)
        sizes = [document.size(n) for n in range(1, min(count, 100) + 1)]
        return {"type": document.kind.value, "pages": count, "sizes": sizes}


def read_pages(path: str, numbers: Sequence[int], options: Mapping[str, Any]) -> list[Any]:
    """Read some pages; page 1 comes with its verdict on secrecy and what its pixels tell."""
    settings = options_from(options)
    engine = _engine(settings)
    answers = []
    with open_document(path, settings) as document:
        for number in numbers:
            page = read_page(document, number, engine)
            answer: dict[str, Any] = {"page": page.to_json()}
            if number == 1:
                answer |= _first(document, page, engine, settings)
                if answer["secrecy"] and answer["secrecy"]["kind"] == "certain":
                    del answer["page"], answer["state"]  # nothing of its text leaves the child
                    return [answer]
            answers.append(answer)
            report(number)
    return answers


def _first(
    document: Document, page: PageText, engine: OcrEngine, options: ReadOptions
) -> dict[str, Any]:
    image = document.image(1)
    frame = Frame.of(page)
    upright = upright_image(image, frame)
    words = upright_words(page)
    lines = group_lines(words, frame.upright_size[0] / frame.upright_size[1])
    marks = find_marks(upright, page.dpi, engine, lines)
    verdict = None if options.cleared else judge(lines, marks, options.secrecy_heads)
    if verdict and verdict.box:
        _write_crop(upright, verdict.box)
        verdict = SecrecyMark(
            verdict.kind, verdict.word, 1, frame.to_shown(verdict.box), verdict.reason
        )
    state = {
        "marks": [[m.word, list(m.box), m.boxed, m.red, m.confidence] for m in marks],
        "evidence": _evidence(upright, page, words).to_json(),
    }
    return {
        "page_count": len(document),
        "secrecy": verdict.to_json() if verdict else None,
        "state": state,
    }


def _evidence(upright: Image, page: PageText, words: Sequence[Word]) -> Evidence:
    """What the pixels tell; of a text layer the words are sure without them."""
    if page.source != "ocr":
        return Evidence()
    return look(upright, clean.divide_background(clean.to_gray(upright)), words)


def _write_crop(upright: Image, box: Box) -> None:
    """The mark with a little of its surroundings, so that a person can judge it."""
    height, width = upright.shape[:2]
    pad_x, pad_y = 0.06, 0.03
    x0, x1 = max(0, int((box[0] - pad_x) * width)), int((box[2] + pad_x) * width)
    y0, y1 = max(0, int((box[1] - pad_y) * height)), int((box[3] + pad_y) * height)
    crop = upright[y0:y1, x0:x1]
    cv2.imwrite(CROP_FILE, crop if crop.ndim == 2 else cv2.cvtColor(crop, cv2.COLOR_RGB2BGR))


def fields(
    pages: Sequence[Mapping[str, Any]], state: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Header fields of all pages that were read."""
    marks = [Mark(w, as_box(b), boxed, red, c) for w, b, boxed, red, c in state.get("marks", ())]
    evidence = Evidence.from_json(state.get("evidence", {}))
    settings = options_from(options)
    found = extract_fields([PageText.from_json(p) for p in pages], marks, evidence, settings.organs)
    return {name: field.to_json() if field else None for name, field in found.items()}


def list_signatures(path: str) -> list[dict[str, Any]]:
    return [signature.to_json() for signature in signatures.list_signatures(Path(path))]


def preview(
    path: str,
    page: int,
    width_px: int,
    form: str,
    box: Sequence[float] | None,
    options: Mapping[str, Any],
) -> str:
    """Write a picture of a page, or of a box of it, and give the file's name."""
    settings = options_from(options)
    with open_document(path, settings) as document:
        picture = derive.page_picture(document, page, width_px, as_box(box) if box else None)
    name = f"{PAGE_FILE}.{'png' if form == 'png' else 'jpg'}"
    picture.save(name, quality=85) if form != "png" else picture.save(name)
    return name


def searchable(path: str, pages: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> str:
    texts = [PageText.from_json(page) for page in pages]
    return derive.searchable_pdf(path, texts, options_from(options), "searchable.pdf")


def split(path: str, groups: Sequence[Sequence[int]], options: Mapping[str, Any]) -> list[str]:
    return derive.split_pdf(path, groups, options_from(options))


def stamp(path: str, stamp_pdf: str, page: int) -> str:
    return derive.overlay_pdf(path, stamp_pdf, page, "stamped.pdf")


def to_pdf(path: str, options: Mapping[str, Any]) -> str:
    return derive.image_to_pdf(path, options_from(options), "images.pdf")
