"""Text in the fonts of before Unicode (TCVN3 ".VnTime", VNI) turned into Unicode."""

from __future__ import annotations

from dataclasses import replace

from viparse import fix

from ocr.decide import legacy_encoding, likelihood, text_is_usable
from ocr.pdf_text import Embedded

ENCODINGS = ("tcvn3", "vni")


def convert(layer: Embedded) -> Embedded | None:
    """The layer in Unicode, or None if no table makes usable Vietnamese of it.

    The names of the fonts decide; without a telling name both tables are tried and the likelier
    text is kept. Capitals of TCVN3 lie in fonts of their own (".VnTimeH"), so a word is upper case
    only if its font says so, which the text alone does not tell: case is left as it is.
    """
    told = legacy_encoding(list(layer.fonts))
    candidates = (told,) if told else ENCODINGS
    converted = {name: fix(layer.text, encoding=name) for name in candidates}
    best = max(converted, key=lambda name: likelihood(converted[name]))
    if not text_is_usable(converted[best]):
        return None
    words = tuple(replace(w, text=fix(w.text, encoding=best)) for w in layer.words)
    return replace(layer, words=words, text=converted[best])
