"""Text of an office as a voice should say it: abbreviations in words, one sentence at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.incoming.mending import Piece

SAID = {
    "UBND": "Ủy ban nhân dân", "HĐND": "Hội đồng nhân dân", "UBMTTQ": "Ủy ban Mặt trận Tổ quốc",
    "NQ": "nghị quyết", "QĐ": "quyết định", "CT": "chỉ thị", "NĐ": "nghị định", "TT": "thông tư",
    "KH": "kế hoạch", "BC": "báo cáo", "TB": "thông báo", "TTr": "tờ trình", "GM": "giấy mời",
    "CV": "công văn", "CĐ": "công điện", "HD": "hướng dẫn", "KL": "kết luận", "CP": "Chính phủ",
    "TTg": "Thủ tướng", "BNV": "Bộ Nội vụ", "VP": "văn phòng", "SNV": "Sở Nội vụ",
    "TM.": "thay mặt", "KT.": "ký thay", "TL.": "thừa lệnh", "TUQ.": "thừa ủy quyền",
    "Q.": "quyền", "V/v": "về việc", "TP": "thành phố", "TX": "thị xã", "THCS": "trung học cơ sở",
    "THPT": "trung học phổ thông", "PCCC": "phòng cháy chữa cháy", "CCCD": "căn cước công dân",
    "VT": "văn thư", "ĐT": "điện thoại",
}  # fmt: skip
"""Abbreviations of decree 30/2020 (annex III) and of administration, as they are said."""
CODE = re.compile(r"(\d*)/?((?:[A-ZĐ]\w*)(?:-[A-ZĐ]\w*)*)")
DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
EDGES = re.compile(r"^([(“\"]*)(.*?)([)”\",;:.!?]*)$", re.DOTALL)
END = re.compile(r"[.!?;:…]$|\./\.$")
NO_END = re.compile(r"^(\d{1,2}\.|[A-ZĐ]{1,3}\.|[a-zđ][.)])$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words that are read in one breath, and what the voice says for them."""

    pieces: list[Piece]
    said: str


def flow(parts: Sequence[Sequence[Piece]]) -> list[list[Sentence]]:
    """Paragraphs as sentences for eye and ear."""
    return [
        [Sentence(one, spoken([piece.text for piece in one])) for one in sentences(part)]
        for part in parts
    ]


def sentences(part: Sequence[Piece]) -> list[list[Piece]]:
    """A paragraph sentence by sentence; numbers of items and “TM.” end none."""
    found: list[list[Piece]] = [[]]
    for one in part:
        found[-1].append(one)
        if END.search(one.text) and not NO_END.match(one.text):
            found.append([])
    return [sentence for sentence in found if sentence]


def spoken(words: Sequence[str]) -> str:
    """“QĐ-UBND” → “quyết định, Ủy ban nhân dân”; dates and the slash of a number in words."""
    return " ".join(filter(None, (_said(word) for word in words)))


def _said(word: str) -> str:
    if word in SAID:
        return SAID[word]
    if not any(letter.isalnum() for letter in word):
        return ""
    match = EDGES.match(word)
    before, core, after = match.groups() if match else ("", word, "")
    day = DAY.fullmatch(core)
    if day:
        core = f"{int(day[1])} tháng {int(day[2])} năm {day[3]}"
    elif code := CODE.fullmatch(core):
        parts = [SAID.get(part, part) for part in code[2].split("-")]
        if any(part in SAID for part in code[2].split("-")):
            core = " ".join(filter(None, (code[1], ", ".join(parts))))
    return f"{before}{core}{after}"
