"""Filters and globals of every template: Vietnamese dates and numbers, links to the same page.

Formats: `docs/frontend.md`. Input is aware UTC or a calendar date; output is Vietnam's clock.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, url_for
from flask_babel import get_translations
from flask_babel import gettext as _
from jinja2.ext import Extension
from markupsafe import Markup

from app import clock

FORM = re.compile(r"<form\b(?![^>]*\bnovalidate\b)")


class OurOwnMessages(Extension):
    """Every form of every template gets `novalidate`: the browser's bubbles speak its language.

    What is missing is said in Vietnamese, in the page before sending and again by the server.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return FORM.sub("<form novalidate", source)


WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def date_vi(value: date | datetime | None) -> str:
    """18/11/2026; empty for None."""
    if value is None:
        return ""
    day = clock.local(value) if isinstance(value, datetime) else value
    return day.strftime("%d/%m/%Y")


def time_vi(value: datetime | None) -> str:
    """07:42; empty for None."""
    return "" if value is None else clock.local(value).strftime("%H:%M")


def datetime_vi(value: datetime | None) -> str:
    """18/11/2026 07:42; empty for None."""
    return "" if value is None else f"{date_vi(value)} {time_vi(value)}"


def weekday_vi(value: date | datetime | None) -> str:
    """thứ Tư 18/11/2026, with the time before it for a moment; empty for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        moment = clock.local(value)
        return f"{time_vi(value)}, {WEEKDAYS[moment.weekday()]} {date_vi(value)}"
    return f"{WEEKDAYS[value.weekday()]} {date_vi(value)}"


def number_vi(value: float | None, decimals: int | None = None) -> str:
    """1.234.567,8: dots between thousands, a comma before at most two decimals."""
    if value is None:
        return ""
    if decimals is None:
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
    else:
        text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,"))


def percent_vi(share: float | None) -> str:
    """97,8% from 0.978."""
    return "" if share is None else f"{number_vi(share * 100, 1).removesuffix(',0')}%"


def size_vi(size: int | None) -> str:
    """196 KB, 1,2 MB: a file size, from bytes (1 KB = 1,024 bytes)."""
    if size is None:
        return ""
    if size < 1024 * 1024:
        return f"{number_vi(max(1, round(size / 1024)) if size else 0)} KB"
    return f"{number_vi(size / 1024 / 1024, 1)} MB"


def ago_vi(value: datetime) -> str:
    """2 giờ trước, under 24 hours; else the date and time."""
    passed = clock.now() - value
    if passed < timedelta(0) or passed >= timedelta(hours=24):
        return datetime_vi(value)
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return _("vừa xong")
    if minutes < 60:
        return _("%(count)d phút trước", count=minutes)
    return _("%(count)d giờ trước", count=minutes // 60)


def when(value: datetime | None) -> Markup:
    """A `<time>` element: short text to read, the whole date on hover and for machines."""
    if value is None:
        return Markup("")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        value.isoformat(timespec="seconds"), weekday_vi(value), ago_vi(value)
    )


def initials(name: str) -> str:
    """Two letters for the round badge of a person: the last two words ("Nguyễn Thị Hạnh": TH)."""
    words = name.split()
    return "".join(word[0] for word in words[-2:]).upper()


def url_with(**changes: object) -> str:
    """The address of this page with some query values changed; None takes one out.

    A change of anything but the page number starts again at page 1.
    """
    values: dict[str, list[str]] = {key: request.args.getlist(key) for key in request.args}
    if "page" not in changes:
        values.pop("page", None)
    for key, value in changes.items():
        values.pop(key, None)
        if value is not None:
            values[key] = [str(value)]
    query = urlencode(values, doseq=True)
    return f"{request.path}?{query}" if query else request.path


def url_if(endpoint: str, **values: Any) -> str | None:
    """The address of an endpoint, or None when the room that has it is not registered."""
    if endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, **values)


def text(message: str) -> str:
    """What templates print for `_("…")`. The translations are looked up once a request: a page has
    hundreds of texts, and looking them up for each took a twentieth of its time."""
    found = g.get("translations")
    if found is None:
        found = g.translations = get_translations()
    return str(found.ugettext(message))


def texts(one: str, many: str, number: int) -> str:
    """The same for what is counted."""
    return str(get_translations().ungettext(one, many, number))


def register_template_helpers(app: Flask) -> None:
    """Make the functions above known to all templates, macros included."""
    for function in (
        date_vi,
        time_vi,
        datetime_vi,
        weekday_vi,
        number_vi,
        percent_vi,
        size_vi,
        ago_vi,
        when,
        initials,
    ):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.add_extension(OurOwnMessages)
    app.jinja_env.install_gettext_callables(text, texts, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(url_with=url_with, url_if=url_if)
