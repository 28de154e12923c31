"""Routes whose address builders are compiled when first asked for.

Werkzeug compiles two small functions for each route when it is added, most of the time that making
the application takes; a process builds the addresses of a part of its routes only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LazyRule(Rule):
    """A rule like any other, of which only the way in is compiled at once."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        name = "_build_unknown" if append_unknown else "_build"
        compile_now = partial(super()._compile_builder, append_unknown)

        def build_first(rule: Rule, **values: Any) -> tuple[str, str]:
            builder: Builder = compile_now().__get__(rule, None)
            setattr(rule, name, builder)
            return builder(**values)

        return build_first
