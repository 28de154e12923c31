"""Rules and their checkers: the data file gives the words, one small function each the look.

Every checker has the same shape: it takes the paper and its rule, and yields faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import config
from app.outgoing.checking.paper import Paper
from app.outgoing.checking.types import SEVERITIES, Fault, Rule

DATA = Path(config.__file__).parent / "data" / "form_rules.yaml"
Checker = Callable[[Paper, Rule], Iterable[Fault]]
CHECKERS: dict[str, Checker] = {}


def checks(rule_id: str) -> Callable[[Checker], Checker]:
    """Make a function the checker of a rule. ValueError if the rule has one already."""

    def register(checker: Checker) -> Checker:
        if rule_id in CHECKERS:
            raise ValueError(f"two checkers for {rule_id}")
        CHECKERS[rule_id] = checker
        return checker

    return register


@cache
def rulebook(path: Path = DATA) -> tuple[Rule, ...]:
    """All rules of the data file, in its order. ValueError if two have one id."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    rules = [_rule(group, entry) for group in data["groups"] for entry in group["rules"]]
    if len({rule.id for rule in rules}) != len(rules):
        raise ValueError("two rules with one id")
    return tuple(rules)


def rules_in_force(on: date) -> list[Rule]:
    """The rules that bind a paper of that day."""
    return [rule for rule in rulebook() if rule.in_force(on)]


def _rule(group: dict[str, Any], entry: dict[str, Any]) -> Rule:
    severity = entry.get("severity", "error")
    if severity not in SEVERITIES:
        raise ValueError(f"{entry['id']}: no severity {severity}")
    source = ", ".join(part for part in (group["law"], entry.get("source")) if part)
    return Rule(
        id=entry["id"],
        topic=str(entry["id"]).split(".")[0],
        title=entry["title"],
        severity=severity,
        source=source,
        message=entry["message"],
        valid_from=entry.get("valid_from", group["valid_from"]),
        valid_to=entry.get("valid_to", group.get("valid_to")),
        limits=entry.get("limits", {}),
    )
