"""Keep of a text written in the browser only what the editor can make."""

from __future__ import annotations

import html as escapes
import re
import unicodedata

import nh3

TAGS = {
    *("p", "br", "strong", "b", "em", "i", "u", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ALIGNMENTS = ("left", "center", "right", "justify")
MOST_CHARACTERS = 400_000
MARKUP = re.compile(r"\s*<(?:p|ul|ol|table)\b", re.IGNORECASE)  # as the editor itself decides
PLAIN = re.compile(r"(?:<p>[^<>]*</p>\s*)*")


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


def body_from(posted: str) -> str:
    """The body that a form posts: HTML of the editor, or lines typed where no script ran."""
    if MARKUP.match(posted):
        return clean_html(posted)
    lines = (line.strip() for line in posted.splitlines())
    return clean_html("".join(f"<p>{escapes.escape(line)}</p>" for line in lines if line))


def for_typing(html: str) -> str:
    """What stands in the text area: plain lines where nothing is lost by that, else the HTML."""
    cleaned = clean_html(html)
    if not PLAIN.fullmatch(cleaned):
        return cleaned
    return escapes.unescape("\n".join(re.findall(r"<p>(.*?)</p>", cleaned)))


def plain_text(html: str) -> str:
    """The body as text, a line for each paragraph and cell; for differences and searching."""
    broken = re.sub(r"</(?:p|li|td|th)>|<br>", "\n", clean_html(html))
    lines = escapes.unescape(re.sub(r"<[^>]+>", "", broken)).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())
