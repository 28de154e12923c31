"""`python -m app.outgoing.checking FILE.pdf`: print the findings of a paper."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import date
from pathlib import Path

from app.clock import today
from app.errors import AppError
from app.outgoing.checking import Finding, check

MARKS = {"error": "LỖI", "warning": "CẢNH BÁO", "hint": "GỢI Ý"}


def main(arguments: list[str]) -> int:
    """Exit code 0 without errors, 1 with, 2 when a file cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m app.outgoing.checking")
    parser.add_argument("pdf", type=Path, nargs="+")
    parser.add_argument("--docx", type=Path, help="the Word file the PDF was made from")
    parser.add_argument("--on", type=date.fromisoformat, help="day of the check (default: today)")
    parser.add_argument("--json", action="store_true", help="one JSON object a file")
    options = parser.parse_args(arguments)
    docx = options.docx.read_bytes() if options.docx else None
    worst = 0
    for path in options.pdf:
        started = time.perf_counter()
        try:
            findings = check(path, docx=docx, on=options.on or today())
        except (AppError, OSError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            worst = 2
            continue
        elapsed = (time.perf_counter() - started) * 1000
        print(as_json(findings) if options.json else as_text(path, findings, elapsed))
        worst = max(worst, int(any(f.severity == "error" for f in findings)))
    return worst


def as_json(findings: list[Finding]) -> str:
    return json.dumps([finding.to_json() for finding in findings], ensure_ascii=False)


def as_text(path: Path, findings: list[Finding], milliseconds: float) -> str:
    lines = [f"{path.name}: {len(findings)} ({milliseconds:.0f} ms)"]
    lines += [f"  tr. {f.page} {MARKS[f.severity]} [{f.rule}] {f.message}" for f in findings]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
