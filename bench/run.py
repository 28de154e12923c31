"""`python -m bench.run [GROUP…]`: measure groups of figures, print them, write var/bench/*.json.

A module of this package registers its functions with `@group("name")`; all modules are loaded.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import bench
from bench.figures import GROUPS, Figure, Measure, table, write

FRAME = {"figures", "run", "services"}


def main(names: Sequence[str]) -> int:
    """Exit status 0 if all was measured (goals reached or not), 1 if a measurement failed."""
    for module in pkgutil.iter_modules(bench.__path__):
        if module.name not in FRAME:
            importlib.import_module(f"bench.{module.name}")
    unknown = [name for name in names if name not in GROUPS]
    if unknown or not GROUPS:
        there = ", ".join(sorted(GROUPS)) or "none yet"
        print(f"No group {', '.join(unknown) or 'to measure'}. Groups: {there}", file=sys.stderr)
        return 2
    folder = Path(os.environ.get("VAR_DIR", "var")) / "bench"
    failed = False
    for name in names or sorted(GROUPS):
        figures: list[Figure] = []
        for measure in GROUPS[name]:
            failed |= not run_one(measure, figures)
        path = write(name, figures, folder)
        print(f"\n{name} ({path})\n{table(figures)}", flush=True)
    if failed:
        print("\nSome figures could not be measured; see above.", file=sys.stderr)
    return int(failed)


def run_one(measure: Measure, figures: list[Figure]) -> bool:
    """Add what `measure` yields to `figures`; what was measured before a failure is kept."""
    print(f"--- {measure.__module__}.{measure.__name__}", flush=True)
    try:
        for figure in measure():
            figures.append(figure)
            print(f"{figure.id} = {figure.value:g} {figure.unit}", flush=True)
    except Exception:  # one broken measurement must not lose the hours of the others
        traceback.print_exc()
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
