"""The dated list of document types that comes with the program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

import config

DOCUMENT_TYPES = Path(config.__file__).parent / "data" / "document_types.yaml"


def read_document_types(path: Path = DOCUMENT_TYPES) -> list[dict[str, Any]]:
    """Rows for `services.load_document_types`; group values are inherited by their types."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = []
    for group in data["groups"]:
        shared = {key: value for key, value in group.items() if key != "types"}
        rows.extend({**shared, **entry} for entry in group["types"])
    return rows
