"""Pages of the organisation: signing in, the own account, administration."""

from app.organisation.views import (  # noqa: F401 (importing adds the routes)
    account,
    audit_log,
    delegations,
    importing,
    organs,
    people,
    rights,
    sign_in,
    structure,
)
from app.organisation.views.blueprint import bp

__all__ = ["bp"]
