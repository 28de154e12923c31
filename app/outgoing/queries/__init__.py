"""Reads of documents going out. Other rooms import these names from here."""

from app.outgoing.queries.books import book_rows, post_rows
from app.outgoing.queries.detail import DocumentView, file_for, load_document, opening_is_news
from app.outgoing.queries.documents import (
    KIND,
    TAB_LABELS,
    DocumentPage,
    Narrowing,
    Tab,
    Waiting,
    counted_waiting,
    get_by_token,
    get_document,
    newest_numbers,
    page_of_documents,
    visible_outgoing,
    waiting_for,
    waiting_tokens,
)
from app.outgoing.queries.replies import late_replies, open_because_of, replies_to

__all__ = [
    "KIND",
    "TAB_LABELS",
    "DocumentPage",
    "DocumentView",
    "Narrowing",
    "Tab",
    "Waiting",
    "book_rows",
    "counted_waiting",
    "file_for",
    "get_by_token",
    "get_document",
    "late_replies",
    "load_document",
    "newest_numbers",
    "open_because_of",
    "opening_is_news",
    "page_of_documents",
    "post_rows",
    "replies_to",
    "visible_outgoing",
    "waiting_for",
    "waiting_tokens",
]
