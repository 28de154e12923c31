"""Every act that the trail can hold stands in the list of acts in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import kinds
from app.organisation.acts import ACTS, act_label

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
APP = Path(__file__).parents[3] / "app"


def codes() -> Iterator[tuple[str, str]]:
    """The codes that are written as words into `audit.record(…)`, with the file they stand in."""
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or len(node.args) < 3:
                continue
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr == "record":
                for word in ast.walk(node.args[2]):
                    if isinstance(word, ast.Constant) and isinstance(word.value, str):
                        yield word.value, path.name


def test_every_act_has_a_name_in_words(app: Flask) -> None:
    whole = [(code, where) for code, where in codes() if "." in code.strip(".")]
    assert len(whole) > 150  # the search finds them

    assert [one for one in whole if one[0] not in ACTS] == []


def test_what_happens_to_things_of_any_kind_has_a_name_in_words(app: Flask) -> None:
    happened = ("linked", "unlinked", "read", "seen", "nudged", "downloaded")
    found = {f"{kind.name}.{act}" for kind in kinds.all_kinds() for act in happened}
    assert {code for code in found if act_label(code) == code} == set()
