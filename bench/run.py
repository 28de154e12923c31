"""`python -m bench.run [GROUP…]`: measure groups of figures, print them, write var/bench/*.json.

A module of this package registers its functions with `@group("name")`; all modules are loaded.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import pkgutil
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import bench
from bench import sizes
from bench.figures import GROUPS, Figure, Measure, markdown, read, table, write

FRAME = {"run"}


def main(arguments: Sequence[str]) -> int:
    """Exit status 0 if all was measured (goals reached or not), 1 if a measurement failed."""
    for module in pkgutil.iter_modules(bench.__path__):
        if module.name not in FRAME:
            importlib.import_module(f"bench.{module.name}")
    options = parser().parse_args(arguments)
    names: list[str] = options.groups
    folder = Path(os.environ.get("VAR_DIR", "var")) / "bench"
    unknown = [name for name in names if name not in GROUPS]
    if unknown or not GROUPS:
        there = ", ".join(sorted(GROUPS)) or "none yet"
        print(f"No group {', '.join(unknown) or 'to measure'}. Groups: {there}", file=sys.stderr)
        return 2
    if options.table:
        return print_tables(names or sorted(GROUPS), folder)
    sizes.choose(options)
    logging.getLogger("app.db").setLevel(logging.ERROR)  # slow writes are measured, not told
    signal.signal(signal.SIGTERM, stop)
    measured = [run_group(name, options.only, folder) for name in names or sorted(GROUPS)]
    return int(not all(measured))


def parser() -> argparse.ArgumentParser:
    """What may be typed behind `python -m bench.run`."""
    made = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    made.add_argument("groups", nargs="*", metavar="GROUP", help="default: all groups")
    made.add_argument(
        "--only", action="append", metavar="PART",
        help="only this function of the group (may be repeated); written to GROUP-PART.json",
    )  # fmt: skip
    made.add_argument(
        "--table", action="store_true", help="measure nothing, print what was written as Markdown"
    )
    sizes.add_options(made)
    return made


def run_group(name: str, only: Sequence[str] | None, folder: Path) -> bool:
    """Measure a group, or some functions of it; whether all could be measured."""
    figures: list[Figure] = []
    complete = True
    for measure in GROUPS[name]:
        if only is None or measure.__name__ in only:
            complete &= run_one(measure, figures)
    path = write("-".join([name, *(only or ())]), figures, folder)
    print(f"\n{name} ({path})\n{table(figures)}", flush=True)
    if not complete:
        print("\nSome figures could not be measured; see above.", file=sys.stderr)
    return complete


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


def print_tables(names: Sequence[str], folder: Path) -> int:
    """What the last run of each group wrote, for the documentation."""
    for name in names:
        path = folder / f"{name}.json"
        if not path.exists():
            print(f"{path} is not there: measure first.", file=sys.stderr)
            return 1
        machine, figures = read(path)
        print(f"{machine}\n\n{markdown(figures)}")
    return 0


def stop(*_: object) -> None:
    """End as by Ctrl-C, so that every process that was started is stopped."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
