from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def test_the_rules_of_the_browser_code_hold() -> None:
    """`frontend/tests/`: dates as they are typed, boxes on turned pages."""
    node = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv" / "bin"))
    if node is None or not (ROOT / "node_modules").is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs node and the packages of package.json")
        pytest.skip("needs node and `npm ci`")
    files = sorted(map(str, (ROOT / "frontend" / "tests").glob("*.test.mjs")))

    done = subprocess.run(
        [node, "--test", *files], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert files
    assert done.returncode == 0, done.stdout[-3000:]
