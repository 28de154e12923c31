"""What can be done with documents going out. Views, API and flows call these."""

from app.outgoing.services.authority import SigningBlock, signers_of, signing_block
from app.outgoing.services.copies import CopyOrder, make_copy
from app.outgoing.services.corrections import answer_recall, recall_document, start_correction
from app.outgoing.services.drafts import (
    DraftData,
    NewVersion,
    RecipientData,
    add_version,
    cancel_draft,
    change_draft,
    check_out,
    comment,
    may_write,
    release_lock,
    resolve_comment,
    start_draft,
)
from app.outgoing.services.issuing import (
    file_document,
    issue_by,
    issue_document,
    note_delivery,
    note_opened,
    seal_paper,
)
from app.outgoing.services.numbering import give_number_back, number_document, use_series
from app.outgoing.services.opinions import ask_opinions, give_opinion
from app.outgoing.services.review import (
    approve,
    return_approved,
    send_back,
    submit_draft,
    withdraw,
)

__all__ = [
    "CopyOrder",
    "DraftData",
    "NewVersion",
    "RecipientData",
    "SigningBlock",
    "add_version",
    "answer_recall",
    "approve",
    "ask_opinions",
    "cancel_draft",
    "change_draft",
    "check_out",
    "comment",
    "file_document",
    "give_number_back",
    "give_opinion",
    "issue_by",
    "issue_document",
    "make_copy",
    "may_write",
    "note_delivery",
    "note_opened",
    "number_document",
    "recall_document",
    "release_lock",
    "resolve_comment",
    "return_approved",
    "seal_paper",
    "send_back",
    "signers_of",
    "signing_block",
    "start_correction",
    "start_draft",
    "submit_draft",
    "use_series",
    "withdraw",
]
