"""What can be done with arriving documents. Views, commands, API and flows call these.

Bytes come in through `app.incoming.entry`, purges are carried out by `app.incoming.purging`.
"""

from app.incoming.services.correcting import correct_word, settle_review
from app.incoming.services.directing import direct_letter, route_straight, save_rule
from app.incoming.services.grouping import (
    attach_draft,
    attach_scan,
    group_letters,
    new_paper_letter,
    order_files,
    replace_scan,
    separate_file,
    settle_split,
)
from app.incoming.services.intake import (
    Arrival,
    keep_duplicate,
    receive,
    reject_intake,
    reject_letter,
)
from app.incoming.services.jobs import release_expired_leases, retry_reading
from app.incoming.services.registration import (
    RegistrationData,
    SameLetter,
    correct_letter,
    data_of,
    register_letter,
)
from app.incoming.services.routing import (
    ProposalData,
    forward_letter,
    note_recalled,
    propose,
    reopen_letter,
    return_to_sender,
    submit_letter,
)
from app.incoming.services.secrecy import confirm_secret, declare_secret, release
from app.incoming.services.secret_heads import save_secret_head

__all__ = [
    "Arrival",
    "ProposalData",
    "RegistrationData",
    "SameLetter",
    "attach_draft",
    "attach_scan",
    "confirm_secret",
    "correct_letter",
    "correct_word",
    "data_of",
    "declare_secret",
    "direct_letter",
    "forward_letter",
    "group_letters",
    "keep_duplicate",
    "new_paper_letter",
    "note_recalled",
    "order_files",
    "propose",
    "receive",
    "register_letter",
    "reject_intake",
    "reject_letter",
    "release",
    "release_expired_leases",
    "reopen_letter",
    "replace_scan",
    "retry_reading",
    "return_to_sender",
    "route_straight",
    "save_rule",
    "save_secret_head",
    "separate_file",
    "settle_review",
    "settle_split",
    "submit_letter",
]
