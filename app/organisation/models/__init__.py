"""The tables of the organisation, one file a group."""

from app.organisation.models.importing import PendingImport
from app.organisation.models.organs import (
    IDENTIFIER,
    IssuingBody,
    IssuingBodySigner,
    Organ,
    OrganAlias,
    OrganCode,
    OrganLevel,
    SigningAuthority,
)
from app.organisation.models.people import Delegation, DelegationState, Person, PostHolding
from app.organisation.models.signing_in import (
    API_SCOPES,
    ApiToken,
    RecoveryCode,
    SignInSession,
    SignInThrottle,
    Stage,
)
from app.organisation.models.units import (
    Post,
    PostRole,
    SuccessionRelation,
    Unit,
    UnitKind,
    UnitSuccession,
)

__all__ = [
    "API_SCOPES",
    "IDENTIFIER",
    "ApiToken",
    "Delegation",
    "DelegationState",
    "IssuingBody",
    "IssuingBodySigner",
    "Organ",
    "OrganAlias",
    "OrganCode",
    "OrganLevel",
    "PendingImport",
    "Person",
    "Post",
    "PostHolding",
    "PostRole",
    "RecoveryCode",
    "SignInSession",
    "SignInThrottle",
    "SigningAuthority",
    "Stage",
    "SuccessionRelation",
    "Unit",
    "UnitKind",
    "UnitSuccession",
]
