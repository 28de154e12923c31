"""The fields of a document: all are made, empty, before the first signature; later acts fill them.

Filling a field that exists is what a signature allows after it (form filling). Drawing on the page
is not: pyHanko then finds the earlier signature broken, even where other readers say valid.
"""

from __future__ import annotations

import io
import re
from typing import Any

from app.outgoing.signing import fonts
from app.outgoing.signing.errors import FieldUnusable
from app.outgoing.signing.places import Gap, Places, Spot

NUMBER, DAY, MONTH = "SoVanBan", "NgayVanBan", "ThangVanBan"
SIGNER, SEAL = "KyLanhDao", "KyCoQuan"
LABELS = {
    NUMBER: "Số văn bản",
    DAY: "Ngày ban hành",
    MONTH: "Tháng ban hành",
    SIGNER: "Chữ ký người có thẩm quyền",
    SEAL: "Chữ ký số của cơ quan",
}
READ_ONLY, PRINT, SIGNATURES_EXIST, APPEND_ONLY = 1, 4, 1, 2
APPEARANCE = re.compile(r"/(\S+) ([\d.]+) Tf")


def prepare(pdf: bytes, places: Places) -> bytes:
    """The document with every field it will need, empty. A field of a gap printed full is left out.

    Raises:
        FieldUnusable: the document is signed or locked already.
    """
    import pikepdf

    try:
        document = pikepdf.open(io.BytesIO(pdf))
    except pikepdf.PasswordError as error:
        raise FieldUnusable("Tệp PDF có mật khẩu, không chuẩn bị ký được.") from error
    except pikepdf.PdfError as error:
        raise FieldUnusable("Tệp PDF bị hỏng, không chuẩn bị ký được.") from error
    with document:
        form = _form(document)
        for name, gap in ((NUMBER, places.number), (DAY, places.day), (MONTH, places.month)):
            if gap is not None:
                _add(document, form, _text_field(document, form, name, gap), gap.page)
        for name, spot in ((SIGNER, places.signature), (SEAL, places.seal)):
            _add(document, form, _signature_field(name, spot), spot.page)
        out = io.BytesIO()
        document.save(out, linearize=False)
    return out.getvalue()


def _form(document: Any) -> Any:
    import pikepdf

    root = document.Root
    if "/Perms" in root:
        raise FieldUnusable("Tệp PDF đã bị khóa bởi một chữ ký, không chuẩn bị ký lại được.")
    if "/AcroForm" not in root:
        root.AcroForm = document.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array()))
    form = root.AcroForm
    for field in form.get("/Fields", ()):
        if field.get("/FT") == "/Sig" or str(field.get("/T")) in LABELS:
            raise FieldUnusable("Tệp PDF đã có ô chữ ký hoặc ô số văn bản, không chuẩn bị lại.")
    for key in ("/NeedAppearances", "/XFA"):  # readers would redraw what was signed
        if key in form:
            del form[key]
    form.SigFlags = SIGNATURES_EXIST | APPEND_ONLY
    if "/DR" not in form:
        form.DR = pikepdf.Dictionary()
    if "/Font" not in form.DR:
        form.DR.Font = pikepdf.Dictionary()
    return form


def _add(document: Any, form: Any, field: Any, page_index: int) -> None:
    import pikepdf

    page = document.pages[page_index].obj
    field.P = page
    made = document.make_indirect(field)
    form.Fields.append(made)
    if "/Annots" not in page:
        page.Annots = pikepdf.Array()
    page.Annots.append(made)


def _text_field(document: Any, form: Any, name: str, gap: Gap) -> Any:
    import pikepdf

    resource = "CvSerifItalic" if gap.italic else "CvSerif"
    if f"/{resource}" not in form.DR.Font:
        form.DR.Font[f"/{resource}"] = _embed(document, fonts.piece(gap.italic), resource)
    width, height = gap.box[2] - gap.box[0], gap.box[3] - gap.box[1]
    empty = document.make_stream(b"")
    empty.Type, empty.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    empty.BBox = pikepdf.Array([0, 0, round(width, 2), round(height, 2)])
    field = _widget(name, gap.box)
    field.FT = pikepdf.Name.Tx
    field.Ff = READ_ONLY  # filled by the register, not typed by a reader
    field.DA = pikepdf.String(f"/{resource} {gap.size:.2f} Tf 0 g")
    field.Q = 1
    field.AP = pikepdf.Dictionary(N=empty)
    if gap.dotted:
        field.MK = pikepdf.Dictionary(BG=pikepdf.Array([1]))
    return field


def _signature_field(name: str, spot: Spot) -> Any:
    import pikepdf

    field = _widget(name, spot.box)
    field.FT = pikepdf.Name.Sig
    return field


def _widget(name: str, box: tuple[float, float, float, float]) -> Any:
    import pikepdf

    return pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Widget,
        T=pikepdf.String(name),
        TU=pikepdf.String(LABELS[name]),
        Rect=pikepdf.Array([round(side, 2) for side in box]),
        F=PRINT,
    )


def _embed(document: Any, face: fonts.Face, name: str) -> Any:
    """A composite font whose codes are glyph numbers."""
    import pikepdf

    file = document.make_stream(face.data)
    file.Length1 = len(face.data)
    base = pikepdf.Name(f"/CONGVU+{name}")
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor, FontName=base, Flags=4, StemV=80,
        FontBBox=pikepdf.Array([-200, face.descent, 1200, face.ascent]),
        ItalicAngle=face.angle, Ascent=face.ascent, Descent=face.descent,
        CapHeight=650, FontFile2=file,
    )  # fmt: skip
    widths = pikepdf.Array()
    for letter, glyph in sorted(face.glyphs.items(), key=lambda pair: pair[1]):
        widths.append(glyph)
        widths.append(pikepdf.Array([face.widths[letter]]))
    system = pikepdf.Dictionary(
        Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
    )
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType2, BaseFont=base,
        CIDSystemInfo=system, FontDescriptor=document.make_indirect(descriptor),
        DW=500, W=widths, CIDToGIDMap=pikepdf.Name.Identity,
    )  # fmt: skip
    return document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=base,
            Encoding=pikepdf.Name("/Identity-H"), ToUnicode=document.make_stream(face.to_unicode()),
            DescendantFonts=pikepdf.Array([document.make_indirect(descendant)]),
        )
    )  # fmt: skip


def fill_number(pdf: bytes, number_text: str, day: str, month: str) -> bytes:
    """Fill number, day and month by one update after the end; every byte before stays.

    `number_text` is what stands before the notation ("07", "15a"). Fields that are not there,
    because the page has the value printed, are left out.

    Raises:
        FieldUnusable: there is none of the fields, one is filled already, or the text has letters
            that cannot be printed.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    texts = {NUMBER: number_text, DAY: day, MONTH: month}
    found = _text_fields(writer)
    if not found:
        raise FieldUnusable("Văn bản không có ô số và ngày để điền.")
    for name, field in found.items():
        if field.get("/V"):
            raise FieldUnusable(f"Ô “{LABELS[name]}” đã được điền, không điền lại.")
        _fill(writer, field, texts[name])
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def read_values(pdf: bytes) -> dict[str, str]:
    """What stands in the text fields, by field name; an empty field is an empty text."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    return {name: str(field.get("/V", "")) for name, field in _text_fields(reader).items()}


def empty_signatures(pdf: bytes) -> list[str]:
    """Names of the signature fields that nobody has signed yet."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import enumerate_sig_fields

    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    return [name for name, value, _ in enumerate_sig_fields(reader) if value is None]


def _text_fields(handler: Any) -> dict[str, Any]:
    if "/AcroForm" not in handler.root or "/Fields" not in handler.root["/AcroForm"]:
        return {}
    fields = [reference.get_object() for reference in handler.root["/AcroForm"]["/Fields"]]
    named = [field for field in fields if "/T" in field]
    return {str(f["/T"]): f for f in named if str(f["/T"]) in (NUMBER, DAY, MONTH)}


def _fill(writer: Any, field: Any, text: str) -> None:
    from pyhanko.pdf_utils import generic

    resource, size = _appearance(field)
    font = writer.root["/AcroForm"]["/DR"]["/Font"].raw_get(f"/{resource}")
    descendant = font.get_object()["/DescendantFonts"][0]
    face = fonts.face(descendant["/FontDescriptor"]["/FontFile2"].data)
    x0, y0, x1, y1 = (float(side) for side in field["/Rect"])
    width, height = x1 - x0, y1 - y0
    try:
        wide = face.width(text)
    except KeyError as error:
        raise FieldUnusable(f"Không in được ký tự {error} trong “{text}”.") from error
    fitting = min(size, width / wide) if wide else size
    ground = f"1 g 0 0 {width:.2f} {height:.2f} re f " if "/MK" in field else ""
    drawn = (
        f"/Tx BMC q {ground}BT 0 g /{resource} {fitting:.2f} Tf "
        f"1 0 0 1 {(width - fitting * wide) / 2:.2f} {0.3 * size:.2f} Tm "
        f"<{face.codes(text)}> Tj ET Q EMC"
    )
    field[generic.NameObject("/AP")] = _dictionary(
        N=writer.add_object(_form_of(drawn, resource, font, (width, height)))
    )
    field[generic.NameObject("/V")] = generic.TextStringObject(text)
    writer.update_container(field)


def _form_of(drawn: str, resource: str, font: Any, size: tuple[float, float]) -> Any:
    """The drawing as a form of its own, with the font it needs."""
    from pyhanko.pdf_utils import generic

    corners = (0, 0, round(size[0], 2), round(size[1], 2))
    sides = [generic.FloatObject(one) for one in corners]  # type: ignore[no-untyped-call]
    head = _dictionary(
        Type=generic.NameObject("/XObject"),
        Subtype=generic.NameObject("/Form"),
        BBox=generic.ArrayObject(sides),
        Resources=_dictionary(Font=_dictionary(**{resource: font})),
    )
    return generic.StreamObject(head, stream_data=drawn.encode("ascii"))


def _dictionary(**entries: Any) -> Any:
    from pyhanko.pdf_utils import generic

    pairs = {generic.NameObject(f"/{key}"): value for key, value in entries.items()}
    return generic.DictionaryObject(pairs)  # type: ignore[no-untyped-call]


def _appearance(field: Any) -> tuple[str, float]:
    found = APPEARANCE.search(str(field["/DA"]))
    if found is None:
        raise FieldUnusable("Ô số và ngày của văn bản không phải do hệ thống tạo.")
    return found.group(1), float(found.group(2))
