"""The form of the search: fields that make the same line as could be typed."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import Length

from search import Query
from search.query import OVERDUE, read_day

DUE = (
    ("", _("Mọi thời hạn")),
    (str(OVERDUE), _("Quá hạn")),
    ("0", _("Hôm nay")),
    ("3", _("Trong 3 ngày tới")),
    ("7", _("Trong 7 ngày tới")),
)
NAMED = ("number", "type", "organ", "signer", "unit", "state")


def known_day(_form: Any, field: StringField) -> None:
    """A day, a month or a year, as the query language reads them."""
    if field.data and read_day(field.data) is None:
        raise ValidationError(_("Hãy viết ngày như 31/03/2026, hoặc 03/2026, hoặc 2026."))


class SearchForm(FlaskForm):
    """Every field may stay empty. It is sent by GET: its answer is an address."""

    class Meta:
        csrf = False

    words = StringField(_("Có các từ"), [Length(max=200)])
    phrase = StringField(_("Có đúng cụm từ"), [Length(max=200)])
    excluded = StringField(_("Không có các từ"), [Length(max=200)])
    number = StringField(_("Số, ký hiệu"), [Length(max=60)])
    type = StringField(_("Loại văn bản"), [Length(max=60)])
    organ = StringField(_("Cơ quan ban hành"), [Length(max=200)])
    signer = StringField(_("Người ký"), [Length(max=100)])
    unit = StringField(_("Đơn vị xử lý"), [Length(max=200)])
    state = StringField(_("Trạng thái"), [Length(max=60)])
    dated_from = StringField(_("Ban hành từ ngày"), [Length(max=20), known_day])
    dated_to = StringField(_("Đến ngày"), [Length(max=20), known_day])
    due = SelectField(_("Thời hạn"), choices=[])

    def query(self) -> Query:
        """What was filled in."""
        values = ((name, " ".join((self[name].data or "").split())) for name in NAMED)
        phrase = " ".join((self.phrase.data or "").replace('"', " ").split())
        return Query(
            source="",
            words=tuple((self.words.data or "").split()),
            phrases=(phrase,) if phrase else (),
            excluded=tuple((self.excluded.data or "").split()),
            fields=tuple((name, value) for name, value in values if value),
            dated_from=_iso(self.dated_from.data),
            dated_to=_iso(self.dated_to.data, end=True),
            due_within=int(self.due.data) if self.due.data else None,
        )

    def fill(self, query: Query) -> None:
        """Show what was typed, as far as there is a field for it."""
        self.words.data = " ".join(query.words)
        self.phrase.data = next(iter(query.phrases), "")
        self.excluded.data = " ".join(query.excluded)
        for name, value in query.fields:
            if name in NAMED:
                self[name].data = value
        for name in ("dated_from", "dated_to"):
            iso = getattr(query, name)
            self[name].data = "/".join(reversed(iso.split("-"))) if iso else ""
        self.due.data = "" if query.due_within is None else str(query.due_within)


def _iso(text: str | None, *, end: bool = False) -> str:
    day = read_day(text or "", end=end)
    return day.isoformat() if day else ""
