"""How papers of a type look: from `config/data/paper_shapes.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

import config

DATA = Path(config.__file__).parent / "data" / "paper_shapes.yaml"


class Layout(StrEnum):
    LETTER = "letter"  # công văn: summary under the number
    TITLED = "titled"  # name of the type and summary in the middle
    DECISION = "decision"  # titled; who decides, căn cứ, the word of deciding, articles


@dataclass(frozen=True, slots=True)
class Shape:
    """`addressees`: label of cell 9a, "{organ}" stands for the issuer; `deciding`: the word before
    the articles; `skeleton`: the body that a template starts with, HTML of the editor."""

    code: str
    label: str
    layout: Layout
    skeleton: str
    addressees: str = "Kính gửi:"
    deciding: str | None = None


@cache
def all_shapes(path: Path = DATA) -> dict[str, Shape]:
    """Shapes by the code of their type."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    bodies = data["skeletons"]
    return {
        row["code"]: Shape(
            code=row["code"],
            label=row["label"],
            layout=Layout(row["layout"]),
            skeleton=bodies[row["skeleton"]].strip(),
            addressees=row.get("addressees", "Kính gửi:"),
            deciding=row.get("deciding"),
        )
        for row in data["types"]
    }


def shape_of(code: str) -> Shape:
    """The shape of a type; types that the data does not name are titled papers."""
    return all_shapes().get(code) or all_shapes()["other"]


def shape_named(type_name: str | None) -> Shape:
    """As `shape_of`, by the name of the type; None is a công văn."""
    if type_name is None:
        return shape_of("official_letter")
    wanted = type_name.casefold()
    found = [shape for shape in all_shapes().values() if shape.label.casefold() == wanted]
    return found[0] if found else shape_of("other")
