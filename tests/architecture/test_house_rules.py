"""Sizes and shapes that the house keeps; import-linter, ruff and mypy see to the rest."""

from __future__ import annotations

import ast
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("app", "workflows", "ocr", "search", "config", "scripts", "bench")
LONGEST_FILE = 400
LONGEST_FUNCTION = 40


def sources() -> list[Path]:
    return [path for part in OURS for path in sorted((ROOT / part).rglob("*.py"))]


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = {p: n for p in sources() if (n := len(p.read_text().splitlines())) > LONGEST_FILE}
    assert long == {}


def work_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of what a function does: without its signature and its docstring, which explain."""
    documented = ast.get_docstring(node, clean=False) is not None
    body = node.body[1:] if documented else node.body
    return (node.end_lineno or node.lineno) - body[0].lineno + 1 if body else 0


def test_no_function_does_its_work_in_more_than_forty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and work_lines(node) > LONGEST_FUNCTION
    ]
    assert long == []


def test_services_and_queries_never_commit() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in sources()
        if ("services" in path.parts or path.stem in ("services", "queries"))
        and (".commit()" in path.read_text() or "transaction()" in path.read_text())
    ]
    assert guilty == []


@pytest.mark.parametrize("suffix", ["*.py", "*.html", "*.yaml", "*.md", "*.js"])
def test_all_texts_are_in_nfc(suffix: str) -> None:
    parts = [*OURS, "docs", "frontend", "tests"]
    files = [path for part in parts for path in (ROOT / part).rglob(suffix)]
    skewed = [
        str(path.relative_to(ROOT))
        for path in files
        if "dist" not in path.parts and not unicodedata.is_normalized("NFC", path.read_text())
    ]
    assert skewed == []
