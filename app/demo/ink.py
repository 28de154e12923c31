"""Ink on paper: signatures, handwritten figures and the round red seal, as transparent PNGs.

Everything is drawn from strokes and seeded, so it needs no font of handwriting, resembles nobody's
hand, and comes out the same each time.
"""

import io
import math
import random
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

Point = tuple[float, float]
BLUE = (28, 52, 150)
RED = (206, 28, 40)
SCALE = 4  # drawn this much larger and reduced: smooth edges
FONT_FOLDERS = (  # Debian 12, then Ubuntu 24.04: both hold version 2, with Vietnamese letters
    Path("/usr/share/fonts/truetype/liberation2"),
    Path("/usr/share/fonts/truetype/liberation"),
)

# Strokes of the figures in a box 1 wide and 1.6 high, y downwards; every list is one stroke.
FIGURES: dict[str, list[list[Point]]] = {
    "0": [
        [(0.55, 0.05), (0.15, 0.4), (0.1, 1.1), (0.45, 1.55), (0.85, 1.1), (0.85, 0.4), (0.5, 0.05)]
    ],
    "1": [[(0.25, 0.4), (0.55, 0.05), (0.5, 0.8), (0.45, 1.55)]],
    "2": [
        [(0.15, 0.4), (0.4, 0.05), (0.8, 0.25), (0.65, 0.8), (0.12, 1.5), (0.5, 1.45), (0.95, 1.5)]
    ],
    "3": [
        [(0.2, 0.15), (0.6, 0.05), (0.8, 0.4), (0.4, 0.72), (0.85, 1.0), (0.7, 1.45), (0.15, 1.45)]
    ],
    "4": [[(0.55, 0.05), (0.1, 0.95), (0.95, 0.9)], [(0.7, 0.5), (0.66, 1.0), (0.6, 1.6)]],
    "5": [
        [(0.3, 0.1), (0.2, 0.65), (0.55, 0.6), (0.85, 1.0), (0.6, 1.5), (0.1, 1.4)],
        [(0.3, 0.1), (0.6, 0.12), (0.9, 0.05)],
    ],
    "6": [
        [(0.7, 0.05), (0.25, 0.6), (0.12, 1.2), (0.45, 1.55), (0.8, 1.2), (0.55, 0.85), (0.2, 1.1)]
    ],
    "7": [
        [(0.1, 0.15), (0.5, 0.12), (0.9, 0.1), (0.6, 0.8), (0.4, 1.55)],
        [(0.3, 0.85), (0.8, 0.8)],
    ],
    "8": [
        [
            (0.75, 0.25),
            (0.45, 0.05),
            (0.2, 0.35),
            (0.55, 0.75),
            (0.85, 1.15),
            (0.5, 1.55),
            (0.15, 1.2),
            (0.5, 0.75),
            (0.75, 0.25),
        ]
    ],
    "9": [
        [(0.8, 0.45), (0.5, 0.05), (0.15, 0.4), (0.45, 0.75), (0.8, 0.45), (0.75, 1.0), (0.5, 1.55)]
    ],
    "a": [
        [(0.75, 0.85), (0.3, 0.8), (0.15, 1.3), (0.5, 1.5), (0.75, 0.9), (0.75, 1.4), (0.95, 1.5)]
    ],
}


def handwriting(figures: str, seed: int) -> bytes:
    """Figures written with a blue pen. Raises KeyError for what a clerk does not write there."""
    hand = _hand(f"figures/{figures}/{seed}")
    width, height, pitch = 46 * len(figures) + 24, 100, 46
    image = _blank(width, height)
    slant = hand.uniform(-0.05, 0.16)
    for at, figure in enumerate(figures):
        x0, y0 = 14 + at * pitch + hand.uniform(-3, 3), 12 + hand.uniform(-4, 4)
        size = 44 * hand.uniform(0.9, 1.08)
        for stroke in FIGURES[figure]:
            points = [
                (
                    x0 + size * (0.72 * x + slant * (1.6 - y)) + hand.uniform(-1.6, 1.6),
                    y0 + size * y + hand.uniform(-1.8, 1.8),
                )
                for x, y in stroke
            ]
            _stroke(image, _smooth(points), BLUE, 4.6, hand)
    return _png(image, width, height)


@lru_cache(maxsize=64)
def signature(name: str, seed: int) -> bytes:
    """A pen signature that belongs to an invented name: the same name signs alike each time."""
    hand = _hand(f"signature/{name}")
    tremor = _hand(f"tremor/{name}/{seed}")
    width, height = 420, 220
    image = _blank(width, height)
    points = [(x + tremor.uniform(-2, 2), y + tremor.uniform(-2, 2)) for x, y in _scrawl(hand)]
    _stroke(image, _smooth(points), BLUE, hand.uniform(4.0, 5.2), hand)
    if hand.random() < 0.75:
        y = hand.uniform(150, 186)
        underline = [(70, y + 10), (190, y - 12), (345, y - 24), (240, y + 14), (385, y - 4)]
        _stroke(image, _smooth(underline[: hand.choice((3, 3, 5))]), BLUE, 3.4, hand)
    return _png(image, width, height)


def _scrawl(hand: random.Random) -> list[Point]:
    """The way of the pen: a tall first letter, a few loops of this hand's own shape, a tail."""
    tall, slant = hand.uniform(70, 100), hand.uniform(0.1, 0.5)
    x, base = hand.uniform(50, 80), hand.uniform(125, 145)
    points = [(x, base - 20), (x + 30, base - tall), (x + 8, base + hand.uniform(18, 40))]
    if hand.random() < 0.6:
        points += [(x - 24, base - 10), (x + 44, base - tall * 0.55)]
    x += 50
    for _ in range(hand.randint(2, 4)):
        step, loop = hand.uniform(34, 60), hand.uniform(18, 58)
        lean = slant * loop
        points += [
            (x + step * 0.3 + lean, base - loop),
            (x + lean - step * hand.uniform(0.0, 0.35), base - loop * 0.7),
            (x + step * 0.25, base + hand.uniform(-4, 10)),
            (x + step, base - loop * hand.uniform(0.1, 0.5)),
        ]
        x += step
        base -= hand.uniform(0, 9)
    rise = hand.choice((-66, -40, 22))
    return [*points, (min(x + 40, 350), base + rise * 0.3), (404, base + rise)]


@lru_cache(maxsize=64)
def seal(words: str, seed: int) -> bytes:
    """The round red seal of an invented organ; its field says “BẢN MẪU”, not an emblem."""
    from PIL import Image

    hand = _hand(f"seal/{words}/{seed}")
    turned = _new_seal(words).rotate(hand.uniform(-14, 14), resample=Image.Resampling.BICUBIC)
    return _bytes(_worn(turned, hand))


@lru_cache(maxsize=64)
def _new_seal(words: str) -> "PilImage":
    """The seal as it left its maker: upright and evenly inked."""
    from PIL import Image

    size = 430
    image = _blank(size, size)
    centre = size * SCALE / 2
    _rings(image, centre, size)
    _ring_text(image, words.upper(), centre, size * 0.392 * SCALE, upper=True)
    _ring_text(image, "* TÀI LIỆU MINH HỌA *", centre, size * 0.392 * SCALE, upper=False)
    _star(image, centre, size)
    return image.resize((size, size), Image.Resampling.LANCZOS)


@cache
def font_file(name: str) -> str:
    """The path of a Liberation font, for instance `LiberationSerif-Bold`.

    Raises FileNotFoundError, naming the package, where it is not installed.
    """
    for folder in FONT_FOLDERS:
        if (folder / f"{name}.ttf").is_file():
            return str(folder / f"{name}.ttf")
    raise FileNotFoundError(f"{name}.ttf: install the package fonts-liberation2")


def _hand(of: str) -> random.Random:
    """The unsteadiness of one hand, the same each time."""
    return random.Random(of)  # noqa: S311 - it draws pictures, no secrets


def _blank(width: int, height: int) -> "PilImage":
    from PIL import Image

    return Image.new("RGBA", (width * SCALE, height * SCALE), (255, 255, 255, 0))


def _png(image: "PilImage", width: int, height: int) -> bytes:
    from PIL import Image

    return _bytes(image.resize((width, height), Image.Resampling.LANCZOS))


def _bytes(image: "PilImage") -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _smooth(points: Sequence[Point], steps: int = 14) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    padded = [points[0], *points, points[-1]]
    curve: list[Point] = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            curve.append(
                tuple(  # type: ignore[arg-type]
                    0.5
                    * (
                        2 * b
                        + (c - a) * t
                        + (2 * a - 5 * b + 4 * c - d) * t**2
                        + (3 * b - a - 3 * c + d) * t**3
                    )
                    for a, b, c, d in zip(before, start, end, after, strict=True)
                )
            )
    return [*curve, points[-1]]


def _stroke(
    image: "PilImage",
    curve: Sequence[Point],
    colour: tuple[int, int, int],
    width: float,
    hand: random.Random,
) -> None:
    """A pen line: wide where the pen is slow, thin where it runs."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(image)
    pressure = hand.uniform(0.85, 1.1)
    for (x0, y0), (x1, y1) in pairwise(curve):
        speed = math.hypot(x1 - x0, y1 - y0)
        wide = width * SCALE * pressure * max(0.62, 1.12 - speed / 26)
        draw.line((x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE), (*colour, 235), int(wide))
        r = wide / 2
        draw.ellipse(
            (x1 * SCALE - r, y1 * SCALE - r, x1 * SCALE + r, y1 * SCALE + r), (*colour, 235)
        )


def _rings(image: "PilImage", centre: float, size: int) -> None:
    from PIL import ImageDraw

    draw = ImageDraw.Draw(image)
    for share, width in ((0.488, 7), (0.462, 2), (0.30, 3)):
        r = share * size * SCALE
        draw.ellipse(
            (centre - r, centre - r, centre + r, centre + r), outline=RED, width=width * SCALE
        )


def _ring_text(image: "PilImage", text: str, centre: float, radius: float, *, upper: bool) -> None:
    """Letters set one by one along the ring: the organ above, a note below."""
    from PIL import Image, ImageDraw, ImageFont

    most = math.radians(214 if upper else 112)
    points = 46 * SCALE if upper else 30 * SCALE
    font = ImageFont.truetype(font_file("LiberationSerif-Bold"), points)
    widths = [font.getlength(letter) + (2 if upper else 1) * SCALE for letter in text]
    while sum(widths) / radius > most:
        points -= SCALE
        font = ImageFont.truetype(font_file("LiberationSerif-Bold"), points)
        widths = [font.getlength(letter) + SCALE for letter in text]
    angle = -sum(widths) / radius / 2
    for letter, width in zip(text, widths, strict=True):
        at = angle + width / radius / 2
        angle += width / radius
        box = int(points * 1.9)
        glyph = Image.new("RGBA", (box, box), (255, 255, 255, 0))
        ImageDraw.Draw(glyph).text((box / 2, box / 2), letter, font=font, fill=RED, anchor="mm")
        turn = -math.degrees(at) if upper else math.degrees(at)
        glyph = glyph.rotate(turn, resample=Image.Resampling.BICUBIC)
        x = centre + radius * math.sin(at)
        y = centre - radius * math.cos(at) * (1 if upper else -1)
        image.alpha_composite(glyph, (int(x - box / 2), int(y - box / 2)))


def _star(image: "PilImage", centre: float, size: int) -> None:
    from PIL import ImageDraw, ImageFont

    draw = ImageDraw.Draw(image)
    corners = []
    for corner in range(10):
        angle = -math.pi / 2 + corner * math.pi / 5
        r = (0.17 if corner % 2 == 0 else 0.068) * size * SCALE
        corners.append((centre + r * math.cos(angle), centre * 0.93 + r * math.sin(angle)))
    draw.polygon(corners, fill=RED)
    font = ImageFont.truetype(font_file("LiberationSerif-Bold"), 34 * SCALE)
    draw.text((centre, centre * 1.36), "BẢN MẪU", font=font, fill=RED, anchor="mm")


def _worn(image: "PilImage", hand: random.Random) -> "PilImage":
    """Uneven ink: soft patches where the pad was dry."""
    import cv2
    import numpy as np
    from PIL import Image

    pixels = np.asarray(image).copy()
    noise = np.random.default_rng(hand.randrange(2**31)).random(pixels.shape[:2], dtype=np.float32)
    small = cv2.resize(noise, (64, 64), interpolation=cv2.INTER_AREA)
    patches = cv2.resize(small, pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    patches = (patches - patches.min()) / (patches.max() - patches.min())
    strength = 0.62 + 0.36 * patches
    pixels[..., 3] = (pixels[..., 3] * strength).astype(np.uint8)
    return Image.fromarray(pixels)
