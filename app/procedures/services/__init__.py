"""What can be done with procedures and dossiers."""

from app.procedures.identity import Person, looks_like_card, parse_card
from app.procedures.services.catalogue import (
    draft_version,
    import_catalogue,
    load_books,
    publish_version,
)
from app.procedures.services.ending import evaluate, extend, refuse, stop, withdraw
from app.procedures.services.fast import (
    complete_fast,
    fast_to_ordinary,
    finish_fast,
    start_fast,
    tidy_values,
)
from app.procedures.services.handling import (
    assign,
    check_papers,
    deliver,
    finish_step,
    give_result,
    mark_printed,
    return_step,
)
from app.procedures.services.importing import save_mapping, settle_difference
from app.procedures.services.linking import close_link, give_code
from app.procedures.services.money import (
    Quantities,
    add_fee,
    ask_fees,
    exempt,
    pay,
    quote,
)
from app.procedures.services.pausing import (
    ask_opinion,
    ask_supplements,
    keep_opinion,
    open_supplement_link,
    send_supplements,
    supplement_code,
    take_supplements,
)
from app.procedures.services.reading_back import record_of
from app.procedures.services.receiving import (
    PaperGiven,
    Reception,
    accept,
    keep_applicant,
    receive,
)
from app.procedures.services.results import draft_result
from app.procedures.services.scans import (
    ClaimedScan,
    attach_scan,
    claim_scans,
    keep_reading,
    reading_failed,
)
from app.procedures.services.versions import give_up_draft, save_draft

__all__ = [
    "ClaimedScan",
    "PaperGiven",
    "Person",
    "Quantities",
    "Reception",
    "accept",
    "add_fee",
    "ask_fees",
    "ask_opinion",
    "ask_supplements",
    "assign",
    "attach_scan",
    "check_papers",
    "claim_scans",
    "close_link",
    "complete_fast",
    "deliver",
    "draft_result",
    "draft_version",
    "evaluate",
    "exempt",
    "extend",
    "fast_to_ordinary",
    "finish_fast",
    "finish_step",
    "give_code",
    "give_result",
    "give_up_draft",
    "import_catalogue",
    "keep_applicant",
    "keep_opinion",
    "keep_reading",
    "load_books",
    "looks_like_card",
    "mark_printed",
    "open_supplement_link",
    "parse_card",
    "pay",
    "publish_version",
    "quote",
    "reading_failed",
    "receive",
    "record_of",
    "refuse",
    "return_step",
    "save_draft",
    "save_mapping",
    "send_supplements",
    "settle_difference",
    "start_fast",
    "stop",
    "supplement_code",
    "take_supplements",
    "tidy_values",
    "withdraw",
]
