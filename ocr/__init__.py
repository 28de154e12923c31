"""Reading library for Vietnamese office documents: plain values in, plain values out.

It knows nothing of the application. All work on files from outside happens in sandboxed child
processes (`ocr.sandbox`); importing this package loads no image or PDF library.

What the application uses (`ocr.reader`, also importable from here):

    read_file(path, options=ReadOptions(), on_page=None, first_page=None) -> Reading
        Text, words, header fields and signatures of a PDF, TIFF, PNG or JPEG.
        `on_page(done, total)` is called after each page. `first_page`: the answer of
        `check_first_page` for the same bytes, so that page 1 is not read twice. A certain
        secrecy mark: no text in the answer.
    check_first_page(path, options=ReadOptions()) -> FirstPage
        Reads page 1 only and says whether it bears a secrecy mark (for the quarantine).
        `FirstPage.secrecy` is None | SecrecyMark(kind "certain" | "possible"); `crop_png` shows it.
    inspect_file(path, options=ReadOptions()) -> FileFacts
        Type, number of pages, page sizes; refuses what could not be read.
    preview(path, page, width_px=1000, form="jpeg") -> bytes
        A page as it is shown, as JPEG or PNG bytes.
    crop(path, page, box, width_px=600) -> bytes
        A PNG of a box (fractions of the page) of a page.
    derive_searchable(path, reading, target) -> None
        A PDF with the original images untouched and the read words, invisible, in their places.
    split(path, groups, target_dir) -> list[Path]
        One PDF a group of page numbers (1-based; order kept, so it reorders too).
    stamp(path, stamp_pdf, target, page=1) -> None
        A copy of the PDF with the first page of `stamp_pdf` laid over `page`.
    check_attachment(path, options, deep=False) -> AttachmentCheck
        Whether a DOCX, XLSX, ODT, EML or ZIP, which is kept and not read, bears a secrecy mark.
    to_pdf(path, target) -> None
        TIFF, PNG or JPEG to PDF, each page an image.
    list_signatures(path) -> tuple[Signature, ...]
    usual_case(name) -> str             a name in capitals as one writes it in a sentence

    sniff(first_bytes) -> FileType      cheap: magic bytes only, for web requests
    network_blocked() -> bool           whether children are refused network sockets (health page)

All of them raise `FileRefused(code, sentence)` with a Vietnamese sentence for what cannot be read
within the limits; nothing else escapes because of a bad file.
"""

from ocr.attachments import AttachmentCheck, check_attachment
from ocr.errors import FileRefused
from ocr.fields.capitals import usual_case
from ocr.inspect import SNIFF_BYTES, FileType, sniff
from ocr.reader import (
    FileFacts,
    check_first_page,
    crop,
    derive_searchable,
    inspect_file,
    list_signatures,
    preview,
    read_file,
    split,
    stamp,
    to_pdf,
)
from ocr.sandbox import network_blocked
from ocr.types import (
    Box,
    Field,
    FirstPage,
    Limits,
    PageText,
    Reading,
    ReadOptions,
    SecrecyMark,
    Signature,
    Word,
)

__all__ = [
    "SNIFF_BYTES",
    "AttachmentCheck",
    "Box",
    "Field",
    "FileFacts",
    "FileRefused",
    "FileType",
    "FirstPage",
    "Limits",
    "PageText",
    "ReadOptions",
    "Reading",
    "SecrecyMark",
    "Signature",
    "Word",
    "check_attachment",
    "check_first_page",
    "crop",
    "derive_searchable",
    "inspect_file",
    "list_signatures",
    "network_blocked",
    "preview",
    "read_file",
    "sniff",
    "split",
    "stamp",
    "to_pdf",
    "usual_case",
]
