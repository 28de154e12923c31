"""Reads of case files. Other rooms import these names from here."""

from app.casefiles.queries.case_files import (
    KIND,
    CasePage,
    CaseTab,
    CaseWanted,
    counted_due,
    files_of_thing,
    get_case_file,
    get_case_file_by_token,
    may_change,
    open_files,
    page_of_case_files,
    visible_casefiles,
)
from app.casefiles.queries.catalogue import (
    catalogue_of,
    catalogue_years,
    entries_of,
    get_entry,
    next_notation,
    notations_from,
    open_entries,
)
from app.casefiles.queries.contents import Content, contents_of, index_rows, removed_from
from app.casefiles.queries.packages import (
    files_in,
    get_package,
    package_contents,
    packages,
    ready_to_pack,
)

__all__ = [
    "KIND",
    "CasePage",
    "CaseTab",
    "CaseWanted",
    "Content",
    "catalogue_of",
    "catalogue_years",
    "contents_of",
    "counted_due",
    "entries_of",
    "files_in",
    "files_of_thing",
    "get_case_file",
    "get_case_file_by_token",
    "get_entry",
    "get_package",
    "index_rows",
    "may_change",
    "next_notation",
    "notations_from",
    "open_entries",
    "open_files",
    "package_contents",
    "packages",
    "page_of_case_files",
    "ready_to_pack",
    "removed_from",
    "visible_casefiles",
]
