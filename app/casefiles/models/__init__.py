"""Tables of the case files: yearly catalogue, files, archive packages, hand-overs of work."""

from app.casefiles.models.case_files import (
    NEXT,
    STATE_LABELS,
    CaseDocument,
    CaseFile,
    CaseState,
    retention_label,
)
from app.casefiles.models.catalogue import (
    CATALOGUE_LABELS,
    CatalogueEntry,
    CatalogueState,
    FileCatalogue,
)
from app.casefiles.models.handovers import HandoverItem, WorkHandover
from app.casefiles.models.packages import (
    PACKAGE_LABELS,
    ArchivePackage,
    PackagedFile,
    PackageState,
)

__all__ = [
    "CATALOGUE_LABELS",
    "NEXT",
    "PACKAGE_LABELS",
    "STATE_LABELS",
    "ArchivePackage",
    "CaseDocument",
    "CaseFile",
    "CaseState",
    "CatalogueEntry",
    "CatalogueState",
    "FileCatalogue",
    "HandoverItem",
    "PackageState",
    "PackagedFile",
    "WorkHandover",
    "retention_label",
]
