"""The counter of the office, seen by citizens."""

from tests.integration.procedures.conftest import counter, monday

__all__ = ["counter", "monday"]
