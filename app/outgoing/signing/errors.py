"""Why a document cannot be prepared, filled, signed or accepted: a sentence for the user."""

from __future__ import annotations

from app.errors import RuleViolated


class PlacesNotFound(RuleViolated):
    """The page has no place for the number, the date or the signature."""


class FieldUnusable(RuleViolated):
    """A field is missing, filled or signed already."""


class KeyUnusable(RuleViolated):
    """A key, token or certificate cannot be opened or does not fit."""


class SigningFailed(RuleViolated):
    """The signature was not made; the document is as it was before."""
