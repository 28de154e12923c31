"""Keep of a text written in the browser only what the editor can make."""

from __future__ import annotations

import unicodedata

import nh3

TAGS = {
    *("p", "br", "strong", "b", "em", "i", "u", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ALIGNMENTS = ("left", "center", "right", "justify")
MOST_CHARACTERS = 400_000


def clean_html(html: str) -> str:
    """Paragraphs, bold, italic, underline, lists, alignment and tables; all else goes.

    No address, picture, style or script survives. Alignment is a class: `align-center`. The text
    is in NFC. Longer than `MOST_CHARACTERS` is cut (some hundred pages: no letter).
    """
    cleaned = nh3.clean(
        unicodedata.normalize("NFC", html)[:MOST_CHARACTERS],
        tags=TAGS,
        clean_content_tags={"script", "style", "title", "template", "iframe", "svg", "math"},
        attributes={},
        allowed_classes={tag: {f"align-{way}" for way in ALIGNMENTS} for tag in ("p", "td", "th")},
        strip_comments=True,
        url_schemes=set(),
    )
    return cleaned.strip()
