"""QR codes on the pages of a scan, read in the sandbox.

    find_codes("scan.pdf") -> (3, [(1, "https://…/van-ban-di/…/ban-quet")])

Only this function is for the application; the rest runs in the child.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ocr import sandbox
from ocr.types import Limits, ReadOptions

LOOK_DPI = (110, 200)  # small first: most codes are read at once, and most pages have none
MOST_PAGES = 60
LONGEST = 500  # characters of a code that are given back
LIMITS = Limits(wall_s=60.0, cpu_s=50, memory_mb=2048, answer_bytes=1024 * 1024)


def find_codes(
    path: str | Path, *, first_only: bool = False, options: ReadOptions | None = None
) -> tuple[int, list[tuple[int, str]]]:
    """How many pages the file has, and the codes with the page (from 1) each lies on.

    At most the first 60 pages are looked at; `first_only`: only page 1. Raises FileRefused for
    what is no PDF, TIFF, PNG or JPEG, or breaks a limit.
    """
    args = {
        "path": str(path),
        "most": 1 if first_only else MOST_PAGES,
        "options": asdict(options or ReadOptions()),
    }
    pages, found = sandbox.run("ocr.codes:codes_here", args, LIMITS)
    return int(pages), [(int(page), str(text)) for page, text in found]


def codes_here(path: str, most: int, options: dict[str, Any]) -> tuple[int, list[tuple[int, str]]]:
    """In the child: the codes of the first pages."""
    from ocr.documents import open_document

    for name in ("secrecy_heads", "organs"):
        options[name] = tuple(options[name])
    found: list[tuple[int, str]] = []
    with open_document(path, ReadOptions(**options)) as document:
        for number in range(1, min(len(document), most) + 1):
            found += [(number, text) for text in _on_page(document, number)]
        return len(document), found


def _on_page(document: Any, number: int) -> list[str]:
    """Codes of a page. The detector by ArUco squares reads 60 of 60 printed sheets at either size,
    the classic one 57; that one is asked last, for what lies askew."""
    import cv2

    for dpi in LOOK_DPI:
        image = document.image(number, dpi)
        gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
        if read := _codes(cv2.QRCodeDetectorAruco(), gray):
            return read
        if dpi == LOOK_DPI[0] and (read := _codes(cv2.QRCodeDetector(), gray)):
            return read
    return []


def _codes(detector: Any, gray: Any) -> list[str]:
    import cv2

    try:
        _seen, texts, _corners, _straight = detector.detectAndDecodeMulti(gray)
    except cv2.error:  # some shapes that are no code break the decoder
        return []
    return [text[:LONGEST] for text in texts or () if text]
