from __future__ import annotations

import re
from pathlib import Path

import wtforms
from flask import Flask
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.web.form_messages import SENTENCES, install_form_messages

CATALOGUE = Path(wtforms.__file__).parent / "locale" / "wtforms.pot"
FOR_PROGRAMMERS = {"Invalid field name '%s'.", "Choices cannot be None."}


def test_every_sentence_of_the_form_library_is_said_in_vietnamese() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    entries = re.findall(r'^msgid "(.+)"(?:\nmsgid_plural "(.+)")?', text, re.MULTILINE)
    wanted = {plural or single for single, plural in entries} - FOR_PROGRAMMERS

    assert wanted
    assert wanted <= SENTENCES.keys()


def test_a_sentence_keeps_the_places_of_its_values() -> None:
    for english, vietnamese in SENTENCES.items():
        assert re.findall(r"%\(\w+\)", english) == re.findall(r"%\(\w+\)", vietnamese), english


class BookForm(FlaskForm):
    title = StringField("Tên sổ", [InputRequired()])
    symbol = StringField("Ký hiệu", [Length(max=2)])
    start = IntegerField("Số bắt đầu")
    body = SelectField("Cơ quan", choices=[("1", "UBND")])


def test_a_wrong_form_answers_in_vietnamese(web: Flask) -> None:
    install_form_messages(web)

    @web.post("/so")
    def book() -> dict[str, list[str]]:
        form = BookForm(meta={"csrf": False})
        form.validate()
        return dict(form.errors)

    web.config["WTF_CSRF_ENABLED"] = False
    answer = web.test_client().post("/so", data={"symbol": "dài", "start": "một", "body": "9"})

    assert answer.json == {
        "title": ["Hãy điền ô này."],
        "symbol": ["Tối đa 2 ký tự."],
        "start": ["Hãy nhập một số nguyên."],
        "body": ["Hãy chọn một mục trong danh sách."],
    }
