"""One page: decide → render → clean → recognise → repair → assemble.

Each step is a function of its own; this module strings them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr import clean, decide, legacy
from ocr.documents import Document
from ocr.engine import Image, OcrEngine, OcrWord, mean_confidence
from ocr.geometry import Frame
from ocr.line_repair import repair_lines, without_ghosts
from ocr.pdf_text import Embedded
from ocr.reading_order import in_reading_order
from ocr.repair import repair_words
from ocr.second_look import look_again
from ocr.two_readings import better_of_both
from ocr.types import PageText, Word

SECOND_PASS_BELOW = 93.5
"""Mean confidence under which the page is read a second time, softened (measured)."""
TURN_BELOW = 65.0
"""Mean confidence under which the page may lie on its side."""
BLANK_INK = 0.0006


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the engine read, in pixels of the straightened image of `size` (width, height)."""

    words: list[OcrWord]
    frame: Frame


def read_page(document: Document, number: int, engine: OcrEngine) -> PageText:
    """Text of one page: what the PDF carries if it is usable, else what the engine reads."""
    width, height, dpi = document.size(number)
    layer = document.embedded(number)
    kept, source = choose_layer(layer) if layer else (None, "ocr")
    if kept is not None:
        text = layer_text(kept.words) or kept.text
        return PageText(
            number,
            width,
            height,
            dpi,
            0.0,
            "legacy" if source == "legacy" else "embedded",
            100.0,
            text,
            kept.words,
        )
    result = recognise(document.image(number), dpi, engine)
    ordered = in_reading_order(without_ghosts(result.words), *result.frame.upright_size)
    words = repair_words(repair_lines(ordered))
    return assemble(number, width, height, dpi, words, result)


def choose_layer(layer: Embedded) -> tuple[Embedded | None, str]:
    """The layer to take and where it is from: "embedded", "legacy", or None and "ocr".

    A layer under an image that covers the page is another program's recognition or a signature's
    note, so it must be good in full; a page without images may hold just a few words.
    """
    if decide.text_is_usable(layer.text):
        return layer, "embedded"
    if layer.image_cover >= decide.IMAGE_COVERS:
        return None, "ocr"
    converted = legacy.convert(layer) if layer.text else None
    if converted is not None:
        return converted, "legacy"
    if layer.image_cover < 0.05 and decide.short_text_is_usable(layer.text):
        return layer, "embedded"
    return None, "ocr"


def recognise(image: Image, dpi: int, engine: OcrEngine) -> Recognised:
    """Read an image, turned upright and straightened; once more, softened, if it reads badly."""
    gray = clean.divide_background(clean.to_gray(image))
    height, width = gray.shape
    frame = Frame(width, height)
    if is_blank(gray):
        return Recognised([], frame)
    flat = gray
    gray, frame = straighten(flat, frame)
    words = engine.read(gray, dpi=dpi)
    if mean_confidence(words) < TURN_BELOW and (turn := engine.turn(gray, dpi=dpi)):
        gray, frame = straighten(clean.turn(flat, turn), Frame(width, height, turn))
        words = engine.read(gray, dpi=dpi)
    if mean_confidence(words) < SECOND_PASS_BELOW:
        words = better_of_both(words, engine.read(clean.soften(gray), dpi=dpi))
    words = look_again(gray, upright_image(image, frame), words, engine, dpi)
    return Recognised(words, frame)


def upright_image(image: Image, frame: Frame) -> Image:
    """A page image as shown, turned and straightened as its frame tells."""
    upright = clean.turn(image, frame.turn)
    return clean.rotate(upright, frame.skew) if frame.skew else upright


def straighten(gray: Image, frame: Frame) -> tuple[Image, Frame]:
    """Rotate a page that is skewed enough to matter."""
    skew = clean.find_skew(gray)
    if abs(skew) < clean.MIN_SKEW:
        return gray, frame
    return clean.rotate(gray, skew), Frame(frame.width, frame.height, frame.turn, skew)


def is_blank(gray: Image) -> bool:
    """Whether hardly a dark pixel stands on the page, its rim left out."""
    height, width = gray.shape
    inner = gray[height // 20 : height - height // 20, width // 20 : width - width // 20]
    return bool((inner < 128).mean() < BLANK_INK)


def assemble(
    number: int, width: int, height: int, dpi: int, words: Sequence[OcrWord], result: Recognised
) -> PageText:
    """Words with boxes on the shown page, and the text line by line in reading order."""
    frame = result.frame
    across, down = frame.upright_size
    shown = tuple(
        Word(
            word.text,
            frame.to_shown((word.x0 / across, word.y0 / down, word.x1 / across, word.y1 / down)),
            word.confidence,
        )
        for word in words
    )
    text = ocr_text(words)
    angle = frame.angle
    return PageText(number, width, height, dpi, angle, "ocr", mean_confidence(words), text, shown)


def ocr_text(words: Sequence[OcrWord]) -> str:
    """One line of text a recognised line, a blank line between blocks."""
    lines: list[str] = []
    last: tuple[int, int, int] | None = None
    for word in words:
        if last == word.line:
            lines[-1] += " " + word.text
        else:
            if last is not None and last[0] != word.line[0]:
                lines.append("")
            lines.append(word.text)
        last = word.line
    return "\n".join(lines)


def layer_text(words: Sequence[Word]) -> str:
    """Text of embedded words, a line break where the words leave the line."""
    lines: list[str] = []
    last: Word | None = None
    for word in words:
        middle = (word.box[1] + word.box[3]) / 2
        if last is not None and last.box[1] <= middle <= last.box[3] and word.box[0] >= last.box[0]:
            lines[-1] += " " + word.text
        else:
            lines.append(word.text)
        last = word
    return "\n".join(lines)
