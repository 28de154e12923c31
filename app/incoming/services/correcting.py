"""What people do with a reading: a word put right, a doubtful file looked through."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from app import audit, outbox
from app.clock import now
from app.errors import EditConflict, InvalidInput, NotFound
from app.files.models import StoredFile
from app.incoming import permissions
from app.incoming.mending import DOUBTFUL_PAGE, Mended, replace_word
from app.incoming.models import PageText, ReadingReview, WordCorrection
from app.incoming.queries.detail import file_for
from app.incoming.queries.letters import KIND
from app.security import Actor, authorize
from ocr import Reading

ASKED = (
    "document_type", "issuing_organ", "code_number", "code_notation", "issued_date",
    "subject_summary", "urgency", "signer_position", "signer_name",
)  # fmt: skip
"""Fields of the reader that the form of registration takes over; others are hints."""
LONGEST = 200
"""Characters of a correction: a word or a few, never a passage."""


def correct_word(
    session: Session, actor: Actor, *, token: str, page: int, index: int, was: str, text: str
) -> StoredFile:
    """Put a word of a page right: on the text, for the index, and for every later reading.

    `index` and `was` say which word the person saw, `text` what stands on the paper.

    Raises:
        NotFound: a file or page that is not the actor's to see, or was never read.
        InvalidInput: nothing typed, or a passage instead of a word.
        EditConflict: the page was read again or corrected meanwhile.
    """
    actor = authorize(actor, permissions.REGISTER)
    letter, file = file_for(session, actor, token)
    new = " ".join(unicodedata.normalize("NFC", text).split())
    if not new:
        raise InvalidInput("Hãy gõ chữ đúng như trên giấy.", field="text")
    if len(new) > LONGEST:
        raise InvalidInput("Mỗi lần chỉ sửa một chữ hoặc vài chữ.", field="text")
    row = session.scalar(
        sa.select(PageText)
        .where(PageText.file_id == file.id, PageText.number == page)
        .options(undefer(PageText.packed_words))
        .with_for_update()
    )
    if row is None:
        raise NotFound(f"page {page} of file {file.id} was not read")
    words = row.words
    if not 0 <= index < len(words) or words[index]["text"] != was:
        raise EditConflict(f"word {index} of page {page} of file {file.id}")
    word = words[index]
    session.add(
        WordCorrection(
            file_id=file.id, page=page, box=word["box"], was=was[:LONGEST], text=new,
            corrected_by=actor.person_id,
        )
    )  # fmt: skip
    row.text, changed = replace_word(row.text, words, index, new)
    row.packed_words = PageText.pack(changed)
    audit.record(session, actor, "incoming.word_corrected", letter.id, page=page)
    outbox.changed(session, KIND, letter.id)
    return file


def settle_review(session: Session, actor: Actor, *, token: str) -> None:
    """A person has looked through what was doubtful in a file; it leaves the list.

    Raises NotFound.
    """
    actor = authorize(actor, permissions.REGISTER)
    letter, file = file_for(session, actor, token)
    review = session.get(ReadingReview, file.id, with_for_update=True)
    if review is None:
        raise NotFound(f"file {file.id} was read without doubts")
    if review.settled_at is None:
        review.settled_at, review.settled_by = now(), actor.person_id
        audit.record(session, actor, "incoming.reading_settled", letter.id)
        outbox.changed(session, KIND, letter.id)


def corrections_of(session: Session, file_id: int) -> Mapping[int, Sequence[Mended]]:
    """What people have put right in a file, by page, oldest first."""
    rows = sa.select(WordCorrection).where(WordCorrection.file_id == file_id)
    found: dict[int, list[Mended]] = {}
    for row in session.scalars(rows.order_by(WordCorrection.page, WordCorrection.id)):
        found.setdefault(row.page, []).append(Mended(row.box, row.was, row.text))
    return found


def note_doubts(session: Session, file_id: int, reading: Reading) -> None:
    """Put a file that was read with doubts on the list; one without doubts leaves it."""
    session.execute(sa.delete(ReadingReview).where(ReadingReview.file_id == file_id))
    read = [page for page in reading.pages if page.text.strip()]
    pages = [page for page in read if page.source == "ocr" and page.confidence < DOUBTFUL_PAGE]
    fields = [field for name in ASKED if (field := reading.fields.get(name)) and field.doubtful]
    if not pages and not fields:
        return
    places = [page.number for page in pages] or [field.page or 1 for field in fields]
    session.add(
        ReadingReview(
            file_id=file_id,
            doubtful_pages=len(pages),
            doubtful_fields=len(fields),
            first_page=min(places),
            weakest=min((page.confidence for page in read), default=0.0),
        )
    )
