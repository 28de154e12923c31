"""What a benchmark yields, the register of groups, and the table and file made of them."""

from __future__ import annotations

import json
import operator
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    Attributes:
        id: the published name, such as `list_p95_ms_sqlite`.
        value: what was measured, in `unit`.
        goal: a comparison and a number, such as `<= 100`; None for a value that is only told.
        beside: what peers reached in the same run, in the same unit.
    """

    id: str
    value: float
    unit: str
    goal: str | None = None
    beside: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reached()  # a goal that cannot be read is said before anything long is measured

    def reached(self) -> bool:
        """Whether the value meets its goal; a figure without one always does.

        Raises:
            ValueError: the goal is not a known comparison followed by a number.
        """
        if self.goal is None:
            return True
        sign, _, bound = self.goal.partition(" ")
        if sign not in COMPARISONS:
            raise ValueError(f"goal of {self.id}: {self.goal!r} does not start with a comparison")
        return COMPARISONS[sign](self.value, float(bound))


Measure = Callable[[], Iterator[Figure]]
GROUPS: dict[str, list[Measure]] = {}


def group(name: str) -> Callable[[Measure], Measure]:
    """Register a function that measures, to run with the others of its group, in order."""

    def register(measure: Measure) -> Measure:
        GROUPS.setdefault(name, []).append(measure)
        return measure

    return register


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of 100 of the values do not exceed.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values to take a percentile of")
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)  # rounded up
    return ordered[max(int(rank), 1) - 1]


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned text; those that fall short of their goal come last."""
    reached = [f for f in figures if f.reached()]
    short = [f for f in figures if not f.reached()]
    lines = _rows(reached)
    if short:
        lines += ["", "Falls short of its goal:", *_rows(short)]
    return "\n".join(lines)


def write(name: str, figures: Sequence[Figure], folder: Path) -> Path:
    """Write `folder`/NAME.json for whoever compares runs. Returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "group": name,
        "machine": machine(),
        "figures": [
            {"id": f.id, "value": f.value, "unit": f.unit, "goal": f.goal, "beside": dict(f.beside)}
            for f in figures
        ],
    }
    path = folder / f"{name}.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> tuple[str, list[Figure]]:
    """The machine and the figures that `write` has written."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return content["machine"], [Figure(**figure) for figure in content["figures"]]


def markdown(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table in their order; what falls short of its goal is bold."""
    lines = ["| figure | measured | goal | beside |", "|---|---:|---|---|"]
    for figure in figures:
        value = f"{_number(figure.value)} {figure.unit}"
        shown = value if figure.reached() else f"**{value}**"
        lines.append(f"| `{figure.id}` | {shown} | {figure.goal or ''} | {_beside(figure)} |")
    return "\n".join(lines)


def machine() -> str:
    """What the figures were measured on, in one line."""
    cpu = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    python = platform.python_version()
    return f"{os.cpu_count()} cores ({cpu}), {memory:.0f} GiB, {system}, Python {python}"


def _rows(figures: Sequence[Figure]) -> list[str]:
    if not figures:
        return []
    width = max(len(f.id) for f in figures)
    rows = []
    for f in figures:
        value = f"{_number(f.value):>10} {f.unit:<10}"
        row = f"  {f.id:<{width}}  {value} {f.goal or '':<10} {_beside(f)}"
        rows.append(row.rstrip())
    return rows


def _beside(figure: Figure) -> str:
    return ", ".join(f"{peer} {_number(value)}" for peer, value in figure.beside.items())


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.4g}"
