"""The block at the bottom right: authority, posts, name; found also when it is badly written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.outgoing.checking.passages import Passage, inside
from ocr.fields.lexicon import POSTS
from ocr.fields.signer import signer_fields
from ocr.lines import Line, fold
from ocr.types import PageText

AUTHORITY = re.compile(
    r"^\W*(?P<auth>T\s?[./]?\s?U\s?[./]?\s?Q|T\s?[./]?\s?M|K\s?[./]?\s?T|T\s?[./]?\s?L|Q)"
    r"(?P<sign>\s?[.,:/]\s?|\s)(?P<of>\S.*)$"
)
"""An authority line, however it is dotted; `auth` as written, `of` whose authority it is."""
POST_STARTS = tuple(fold(post) for post in (*POSTS, "Thủ trưởng", "Thư ký", "Kế toán trưởng"))
NAME_WORD = re.compile(r"^[A-ZÀ-ỸĐ][^\W\d_]*$")
LABEL = re.compile(r"^\W*(KY BOI|NGAY KY|NGUOI KY|EMAIL|CO QUAN|THOI GIAN|DA KY|KY TEN)")
DEGREES = re.compile(
    r"^(?:(?:GS|PGS|TSKH|TS|ThS|Th\.S|BS|BSCKI+|BSCK|KS|CN|CVC|LS|NGƯT|NGND|TTƯT|TTND|AHLĐ"
    r"|Tiến sĩ|Thạc sĩ|Kỹ sư|Cử nhân|Bác sĩ|Giáo sư|Luật sư|Dr|Đ/c|Đồng chí"
    r"|(?:Thiếu|Trung|Thượng|Đại) (?:úy|uý|tá|tướng))(?:\.\s*|\s+))+"
)
RIGHT_HALF = 0.47
DEEPEST = 0.30


@dataclass(frozen=True)
class SigningBlock:
    """`lines`: authority and posts, from top to bottom; `name`: the line under the signature."""

    page: int
    lines: tuple[Passage, ...] = ()
    name: Passage | None = None

    @property
    def authority(self) -> list[tuple[re.Match[str], Passage]]:
        """Authority lines ("TM. …", "KT. …"), each joined with what goes on under it."""
        found = ((AUTHORITY.match(line.text), line) for line in self.lines)
        return [(match, line) for match, line in found if match]

    @property
    def post(self) -> str:
        """The signer's own post: what stands under the last authority line."""
        last = max((i for i, x in enumerate(self.lines) if AUTHORITY.match(x.text)), default=-1)
        return " ".join(line.text for line in self.lines[last + 1 :])

    @property
    def post_line(self) -> Passage | None:
        return self.lines[-1] if self.lines else None


def find(
    texts: Sequence[PageText],
    raw_lines: dict[int, list[Line]],
    lines: Mapping[int, list[Passage]],
    received: tuple[int, int] | None,
) -> SigningBlock:
    """The block beside “Nơi nhận:”, else where the reader sees posts over a name."""
    if received is not None:
        page, index = received
        anchor = lines[page][index]
        right = [
            line
            for line in lines[page]
            if line.centre > 0.52
            and line.box[0] > RIGHT_HALF - 0.07
            and line.middle > anchor.box[1] - 3.5 * anchor.height
        ]
        found = _posts(right, anchor)
        if found:
            return SigningBlock(page, tuple(found), _name(right, found))
    fields = signer_fields(texts, raw_lines)
    position, name = fields["signer_position"], fields["signer_name"]
    if position is None or position.page is None:
        return SigningBlock(0)
    page = position.page
    found = inside(lines[page], position.box)
    named = inside(lines[page], name.box)[:1] if name else []
    return SigningBlock(page, tuple(found), named[0] if named else _name(lines[page], found))


def _posts(right: Sequence[Passage], anchor: Passage) -> list[Passage]:
    """Lines of authority and posts; capitals beside “Nơi nhận:” are a post, whatever they say."""
    found: list[Passage] = []
    for line in right:
        if not found:
            beside = line.upper and abs(line.middle - anchor.middle) < 1.6 * anchor.height
            if beside or is_post(line) or _is_authority(line):
                found.append(line)
            continue
        near = line.box[1] - found[-1].box[3] < 1.1 * line.height
        aligned = abs(line.centre - found[-1].centre) < 0.12
        if not near or not aligned or len(found) >= 6:
            break
        if line.upper or is_post(line) or _is_authority(line):
            found.append(line)
        else:
            break
    return found


def is_post(line: Passage) -> bool:
    key = fold(line.text).strip(" .,:;|_-'\"`")
    return any(key.startswith(post) for post in POST_STARTS)


def _is_authority(line: Passage) -> bool:
    match = AUTHORITY.match(line.text)
    return bool(match) and line.upper


def _name(right: Sequence[Passage], posts: Sequence[Passage]) -> Passage | None:
    """The last line under the posts, about their middle, that may be a person's name."""
    if not posts:
        return None
    above = posts[-1]
    best: Passage | None = None
    for line in right:
        depth = line.box[1] - above.box[3]
        if not 0 <= depth < DEEPEST or abs(line.centre - above.centre) > 0.14:
            continue
        if line not in posts and looks_like_name(line.text):
            best = line
    return best


def looks_like_name(text: str) -> bool:
    """Two to six words that begin with capitals, after any titles."""
    if LABEL.match(fold(text)):
        return False
    words = DEGREES.sub("", text.strip()).split()
    return 2 <= len(words) <= 6 and all(NAME_WORD.match(word) for word in words)
