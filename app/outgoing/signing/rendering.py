"""Whether two files show the same, page by page, outside the box of a new signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.outgoing.signing.places import Box

DPI = 100
TOLERANCE = 8  # of 255: the same glyph, rounded otherwise
MOST_OF_PAGE = 0.08  # a larger signature could hide what it pretends to sign
DARK, STILL_DARK = 110, 170
KEPT = 0.9  # share of dark points under the signature that must stay dark


@dataclass(frozen=True, slots=True)
class Cover:
    """Where the new signature may look different; `page` counts from 0."""

    page: int
    box: Box


def difference(approved: bytes, returned: bytes, cover: Cover | None) -> str | None:
    """A sentence about the first difference, or None when both show the same."""
    import pypdfium2 as pdfium

    before, after = pdfium.PdfDocument(approved), pdfium.PdfDocument(returned)
    try:
        if len(before) != len(after):
            return f"Bản nộp có {len(after)} trang, bản đã duyệt có {len(before)} trang."
        before.init_forms()
        after.init_forms()
        for index in range(len(before)):
            here = cover.box if cover and cover.page == index else None
            said = _page(before[index], after[index], here)
            if said:
                return f"Trang {index + 1}: {said}"
        return None
    finally:
        before.close()
        after.close()


def _page(before: Any, after: Any, box: Box | None) -> str | None:
    import numpy as np

    if before.get_size() != after.get_size():
        return "khổ trang khác bản đã duyệt."
    one, two = _picture(before), _picture(after)
    outside = np.ones(one.shape[:2], dtype=bool)
    if box is not None:
        top, bottom, left, right = _pixels(before, box, one.shape)
        outside[top:bottom, left:right] = False
        if (~outside).mean() > MOST_OF_PAGE:
            return "khung chữ ký quá lớn, có thể che nội dung."
        dark = one[top:bottom, left:right].max(axis=2) < DARK
        still = two[top:bottom, left:right].min(axis=2) < STILL_DARK
        if dark.any() and still[dark].mean() < KEPT:
            return "chữ ký che mất chữ của văn bản."
    apart = np.abs(one.astype(int) - two.astype(int)).max(axis=2)
    if (apart[outside] > TOLERANCE).any():
        return "nội dung khác bản đã duyệt."
    return None


def _picture(page: Any) -> Any:
    return page.render(scale=DPI / 72, may_draw_forms=True).to_numpy()[:, :, :3]


def _pixels(page: Any, box: Box, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Rows from, to and columns from, to, with a margin of two points."""
    left, _, _, top = page.get_mediabox()
    scale = DPI / 72
    rows = (int((top - box[3] - 2) * scale), int((top - box[1] + 2) * scale) + 1)
    columns = (int((box[0] - left - 2) * scale), int((box[2] - left + 2) * scale) + 1)
    clip = [max(0, v) for v in (*rows, *columns)]
    return min(clip[0], shape[0]), min(clip[1], shape[0]), clip[2], min(clip[3], shape[1])
