"""The font of the fields: a small piece of Liberation Serif that lies in the document itself.

Whoever fills a field later takes glyphs and widths from that piece, so the filling looks the same
whatever fonts the machine has.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDERS = (  # Debian 12, then Ubuntu 24.04: both hold version 2, with Vietnamese letters
    Path("/usr/share/fonts/truetype/liberation2"),
    Path("/usr/share/fonts/truetype/liberation"),
)
LETTERS = (
    " !\"'()+,-./0123456789:;ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    "ĂÂĐÊÔƠƯăâđêôơưÀẢÃÁẠẰẲẴẮẶẦẨẪẤẬÈẺẼÉẸỀỂỄẾỆÌỈĨÍỊÒỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙỦŨÚỤỪỬỮỨỰỲỶỸÝỴ"
    "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
)
CMAP_HEAD = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
"""
CMAP_TAIL = "endcmap CMapName currentdict /CMap defineresource pop end end\n"


@dataclass(frozen=True, slots=True)
class Face:
    """Glyph numbers and widths (thousandths of the size) of the letters of one font file."""

    data: bytes
    glyphs: dict[str, int]
    widths: dict[str, int]
    ascent: int
    descent: int
    angle: float

    def width(self, text: str) -> float:
        """Width at size 1. Raises KeyError for a letter the font has not."""
        return sum(self.widths[letter] for letter in text) / 1000

    def codes(self, text: str) -> str:
        """The hexadecimal glyph numbers, as a text operator takes them."""
        return "".join(f"{self.glyphs[letter]:04X}" for letter in text)

    def to_unicode(self) -> bytes:
        """The map that lets readers copy and find the text."""
        pairs = [f"<{glyph:04X}> <{ord(letter):04X}>" for letter, glyph in self.glyphs.items()]
        blocks = [pairs[i : i + 100] for i in range(0, len(pairs), 100)]
        body = "".join(
            f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks
        )
        return (CMAP_HEAD + body + CMAP_TAIL).encode("ascii")


@cache
def piece(italic: bool) -> Face:
    """The letters of Vietnamese office texts. Raises FileNotFoundError naming the package."""
    name = f"LiberationSerif-{'Italic' if italic else 'Regular'}.ttf"
    for folder in FOLDERS:
        if (folder / name).is_file():
            break
    else:
        raise FileNotFoundError(f"{name}: install the package fonts-liberation2")
    from fontTools import subset  # type: ignore[import-untyped]  # slow: for who signs only
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True)
    options.drop_tables += ["FFTM"]
    font = TTFont(folder / name, lazy=True)
    cutter = subset.Subsetter(options)
    cutter.populate(text=LETTERS)
    cutter.subset(font)
    out = io.BytesIO()
    font.save(out)
    return face(out.getvalue())


@cache
def face(data: bytes) -> Face:
    """Read a font file, for instance the piece that lies in a document."""
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(data), lazy=True)
    scale = 1000 / font["head"].unitsPerEm
    glyphs, widths = {}, {}
    for code, name in (font.getBestCmap() or {}).items():
        glyphs[chr(code)] = font.getGlyphID(name)
        widths[chr(code)] = round(font["hmtx"][name][0] * scale)
    return Face(
        data,
        glyphs,
        widths,
        round(font["hhea"].ascent * scale),
        round(font["hhea"].descent * scale),
        float(font["post"].italicAngle),
    )
