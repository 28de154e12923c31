"""The form of a directive (bút phê); rooms whose things are directed show and read it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import TextInput

from app.clock import VIETNAM
from app.errors import InvalidInput
from app.tasks.directing.panel import OUTCOME_LABELS, DirectivePanel
from app.tasks.forms import DATE_FORMATS, TIME_FORMATS
from app.tasks.models import Outcome
from app.tasks.parties import Party, parse_all
from app.tasks.services import DirectiveOrder
from app.worktime.calendar import Calendar

NO_DUE, OTHER_DUE = "none", "other"


class DirectiveForm(FlaskForm):
    """Outcome, who, until when, in which words. `due` is a proposed moment, none, or another."""

    outcome = RadioField(
        _("Ý kiến chỉ đạo"),
        [InputRequired(_("Hãy chọn cách xử lý."))],
        choices=[(outcome.value, label) for outcome, label in OUTCOME_LABELS.items()],
        default=Outcome.ASSIGN.value,
    )
    lead = SelectField(_("Chủ trì"), [Optional()])
    coordinators = SelectMultipleField(_("Phối hợp"))
    readers = SelectMultipleField(_("Để biết"))
    to_post_id = SelectField(_("Chuyển đồng chí"), [Optional()])
    due = RadioField(_("Hạn xử lý"), [Optional()], default=NO_DUE, validate_choice=False)
    due_at = DateField(_("Ngày khác"), [Optional()], format=DATE_FORMATS, widget=TextInput())
    due_time = TimeField(_("Trước giờ"), [Optional()], format=TIME_FORMATS, widget=TextInput())
    text = TextAreaField(_("Nội dung chỉ đạo"), [Length(max=2000)], render_kw={"rows": 3})
    suggested = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"prefix": "directive"} | kwargs))

    def offer(self, panel: DirectivePanel) -> None:
        """Set the choices; call it before validating and before rendering."""
        self.lead.choices = [("", _("Chọn một đơn vị hoặc một người")), *panel.leads]
        self.coordinators.choices = panel.parties
        self.readers.choices = panel.parties
        self.to_post_id.choices = [("", _("Chọn lãnh đạo")), *panel.leaders]
        self.due.choices = [
            *((one.at.isoformat(), one.label) for one in panel.due),
            (NO_DUE, _("Không thời hạn")),
            (OTHER_DUE, _("Ngày khác")),
        ]

    def start(self, panel: DirectivePanel, preset: DirectiveOrder | None = None) -> None:
        """Prefill: from what somebody proposed (`preset`), else from the past (the suggestion)."""
        if panel.dated:
            self.due.data = panel.due[0].at.isoformat()
        found = preset or panel.suggestion
        if found is None:
            return
        self.outcome.data = found.outcome.value
        self.lead.data = found.lead.term if found.lead else ""
        self.coordinators.data = [party.term for party in found.coordinators]
        self.readers.data = [party.term for party in found.readers]
        self.to_post_id.data = str(found.to_post_id or "")
        self.text.data = found.text
        if preset is not None and preset.due_at is not None:
            self.due.data = OTHER_DUE
            here = preset.due_at.astimezone(VIETNAM)
            self.due_at.data, self.due_time.data = here.date(), here.time()

    def order(self, calendar: Calendar, *, urgency: int = 0) -> DirectiveOrder:
        """What the person decided; fields that do not belong to the outcome are left out.

        Raises:
            InvalidInput: a date or recipient that cannot be used.
        """
        outcome = Outcome(self.outcome.data)
        assigns, redirects = outcome is Outcome.ASSIGN, outcome is Outcome.REDIRECT
        return DirectiveOrder(
            outcome=outcome,
            text=self.text.data or "",
            lead=Party.parse(self.lead.data) if assigns and self.lead.data else None,
            coordinators=parse_all(self.coordinators.data or []) if assigns else (),
            readers=parse_all(self.readers.data or [])
            if assigns or outcome is Outcome.INFORM
            else (),
            due_at=self._due(calendar) if assigns else None,
            to_post_id=int(self.to_post_id.data) if redirects and self.to_post_id.data else None,
            urgency=urgency,
            suggested=self.suggested.data == "1",
        )

    def _due(self, calendar: Calendar) -> datetime | None:
        """A typed day counts before a ticked proposal: the end of its work, or the hour given."""
        if self.due_at.data is not None:
            hour: time | None = self.due_time.data
            if hour is not None:
                return datetime.combine(self.due_at.data, hour, VIETNAM)
            return calendar.end_of_day(self.due_at.data)
        chosen = self.due.data or NO_DUE
        if chosen == NO_DUE:
            return None
        if chosen == OTHER_DUE:
            raise InvalidInput("Hãy nhập ngày hết hạn.", "due_at")
        try:
            due_at = datetime.fromisoformat(chosen)
        except ValueError:
            raise InvalidInput("Hạn xử lý không hợp lệ.", "due") from None
        if due_at.tzinfo is None:
            raise InvalidInput("Hạn xử lý không hợp lệ.", "due")
        return due_at
