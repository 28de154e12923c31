"""Acts on case files. Other rooms import these names from here."""

from app.casefiles.services.case_files import (
    add_document,
    close_case_file,
    edit_case_file,
    keep_back,
    open_case_file,
    remove_document,
    reopen_case_file,
    share,
    unshare,
)
from app.casefiles.services.catalogue import (
    EntryData,
    approve_catalogue,
    copy_catalogue,
    import_entries,
    remove_entry,
    return_catalogue,
    save_entry,
    start_catalogue,
    submit_catalogue,
)

__all__ = [
    "EntryData",
    "add_document",
    "approve_catalogue",
    "close_case_file",
    "copy_catalogue",
    "edit_case_file",
    "import_entries",
    "keep_back",
    "open_case_file",
    "remove_document",
    "remove_entry",
    "reopen_case_file",
    "return_catalogue",
    "save_entry",
    "share",
    "start_catalogue",
    "submit_catalogue",
    "unshare",
]
