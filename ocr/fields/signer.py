"""Who signed: authority (TM., KT., TL., TUQ., Q.), posts and name at the bottom right."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence

from ocr.fields.lexicon import FAMILY_NAMES, POSTS
from ocr.fields.recipients import find_distribution
from ocr.fields.snap import best_match, snap
from ocr.geometry import Frame, union
from ocr.lines import Line, fold, is_upper
from ocr.types import Field, PageText

AUTHORITY = re.compile(r"^\W*(?P<auth>TM|KT|TL|TUQ|Q)\s*[.,:]\s*(?P<body>\S.*)$")
POST_START = tuple(fold(post) for post in POSTS)
RIGHT = 0.40
MAX_POST_LINES = 6
FAMILY_FOLDED = {fold(name) for name in FAMILY_NAMES}
NAME_WORD = re.compile(r"^[A-ZÀ-ỸĐ][a-zà-ỹđ]+$")
TITLES_BEFORE = re.compile(r"^(?:(?:GS|PGS|TS|ThS|BS|CN|KS|LS)\.?\s*)+", re.IGNORECASE)


def signer_fields(
    pages: Sequence[PageText], lines: dict[int, list[Line]]
) -> dict[str, Field | None]:
    """`signing_authority`, `signer_position` and `signer_name`.

    The block stands beside “Nơi nhận:” (or at the end of the last page that has posts in
    capitals at the right).
    """
    empty: dict[str, Field | None] = dict.fromkeys(
        ("signing_authority", "signer_position", "signer_name")
    )
    place = _block(pages, lines)
    if place is None:
        return empty
    page, block = place
    posts, rest = _posts(block)
    if not posts:
        return empty
    frame = Frame.of(page)
    texts = [_tidy_post(line.text) for line in posts]
    box = union([line.box for line in posts])
    confidence = min(0.97, *(line.confidence for line in posts))
    source = "\n".join(line.text for line in posts)
    shown = frame.to_shown(box) if box else None
    authority = [m["auth"] + "." for t in texts if (m := AUTHORITY.match(t))]
    return {
        "signing_authority": Field(" ".join(authority), confidence, page.number, shown, source)
        if authority
        else None,
        "signer_position": Field(texts, confidence, page.number, shown, source),
        "signer_name": _name(page, rest, posts[-1]),
    }


def _block(
    pages: Sequence[PageText], lines: dict[int, list[Line]]
) -> tuple[PageText, list[Line]] | None:
    """The lines at the right from the level of “Nơi nhận:” down."""
    found = find_distribution(pages, lines)
    if found is not None:
        page = next(p for p in pages if p.number == found[0])
        anchor = lines[page.number][found[1]]
        top = anchor.box[1] - 3.5 * anchor.height
        block = [x for x in _right(lines[page.number]) if x.middle > top]
        if _posts(block)[0]:
            return page, block
    for page in reversed(pages):
        right = [x for x in _right(lines[page.number]) if page.number > 1 or x.box[1] > 0.3]
        starts = [i for i, x in enumerate(right) if _is_post(x) and is_upper(x.text)]
        while len(starts) > 1 and starts[-1] - 1 == starts[-2]:
            starts.pop()
        if starts and _is_signed(right[starts[-1] :]):
            return page, right[starts[-1] :]
    return None


def _is_signed(block: Sequence[Line]) -> bool:
    """Whether a name stands under the posts: a heading in capitals has none."""
    return any(_as_name(line.text) for line in block[1:])


def _right(lines: Sequence[Line]) -> list[Line]:
    """Lines of the right half that are text: strokes of a signature are small or unsure."""
    right = [x for x in lines if x.box[0] > RIGHT and (x.box[0] + x.box[2]) / 2 > 0.52]
    usual = statistics.median(x.height for x in lines) if lines else 0.0
    return [
        x
        for x in right
        if sum(c.isalpha() for c in x.text) >= 3 and 0.5 * usual < x.height < 3 * usual
    ]


def _is_post(line: Line) -> bool:
    if AUTHORITY.match(line.text):
        return True
    key = fold(line.text).strip(" .,:;|_-'\"`")
    if any(key.startswith(post) for post in POST_START):
        return True
    return is_upper(line.text) and len(key) >= 7 and best_match(key, POSTS) is not None


def _posts(block: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines of posts in capitals, and what stands under them."""
    posts: list[Line] = []
    for index, line in enumerate(block):
        if not posts:
            if is_upper(line.text) and line.confidence > 0.2 and _is_post(line):
                posts.append(line)
        elif len(posts) < MAX_POST_LINES and _goes_on(posts[-1], line):
            posts.append(line)
        elif line.box[1] - posts[-1].box[3] > 0.8 * line.height or line.confidence > 0.6:
            return posts, list(block[index:])
    return posts, []


def _goes_on(last: Line, line: Line) -> bool:
    """Whether a line is the next line of the posts: capitals, near, about the same middle."""
    if not is_upper(line.text) or len(fold(line.text)) < 4 or line.middle <= last.middle:
        return False
    near = line.box[1] - last.box[3] < 1.3 * line.height
    aligned = abs((line.box[0] + line.box[2]) - (last.box[0] + last.box[2])) < 0.24
    return near and aligned and (_is_post(line) or line.confidence > 0.6)


def _tidy_post(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip(" _-|'\"*~,;:")
    match = AUTHORITY.match(text)
    if match:
        body, _ = snap(match["body"].strip(), POSTS)
        return f"{match['auth']}. {body}"
    match_whole = best_match(text, POSTS) if len(text) >= 7 else None
    return match_whole.upper() if match_whole else snap(text, POSTS)[0]


def _name(page: PageText, rest: Sequence[Line], above: Line) -> Field | None:
    """The name under the seal: words that begin with capitals, the first a family name."""
    middle = (above.box[0] + above.box[2]) / 2
    best: tuple[float, Line, str] | None = None
    for line in rest:
        depth = line.box[1] - above.box[3]
        if depth > 0.28 or abs((line.box[0] + line.box[2]) / 2 - middle) > 0.17:
            continue
        name = _as_name(line.text)
        if name is None:
            continue
        family = name.split()[0] in FAMILY_NAMES
        score = line.confidence + (0.5 if family else 0.0) + (0.2 if depth > 0.03 else 0.0)
        if best is None or score > best[0]:
            best = (score, line, name)
    if best is None:
        return None
    _, line, name = best
    family = name.split()[0] in FAMILY_NAMES
    worst = min(w.confidence for w in line.words) / 100
    confidence = min(0.97, line.confidence) if family and worst > 0.7 else min(0.75, worst)
    return Field(name, confidence, page.number, Frame.of(page).to_shown(line.box), line.text)


def _as_name(text: str) -> str | None:
    """A personal name of two to six words, or None; academic titles are left out."""
    text = TITLES_BEFORE.sub("", text.strip(" .,:;|_-'\"*~`‘’^")).strip()
    words = [w for w in text.split() if any(c.isalpha() for c in w)]
    if len(words) >= 3 and words[0] not in FAMILY_NAMES:
        meant = [name for name in FAMILY_NAMES if fold(name) == fold(words[0])]
        words[0] = meant[0] if len(meant) == 1 else words[0]
    if not 2 <= len(words) <= 6 or any(not NAME_WORD.match(w) for w in words):
        return None
    return " ".join(words)
