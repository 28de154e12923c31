"""Foreign records become our fields as the mapping says, and nothing a sender writes raises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feeds.mapping import Translator, check, check_settings, content_id
from app.feeds.processors import FieldInfo

FIELDS = (FieldInfo("what", "Sự việc", is_required=True), FieldInfo("level", "Mức"))
AT = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def fields_of(mapping: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    return Translator(mapping, FIELDS).apply(record).fields


def test_without_a_mapping_the_records_own_keys_are_taken() -> None:
    mapped = Translator({}, FIELDS).apply(
        {"id": 7, "time": "2026-11-23T10:30:00+07:00", "what": "cháy", "other": 1}
    )

    assert (mapped.external_id, mapped.at, mapped.fields) == ("7", AT, {"what": "cháy"})
    assert mapped.faults == ()


def test_expressions_tables_factors_and_constants_make_fields() -> None:
    mapping = {
        "id": "join('/', [device.code, device.port])",
        "at": {"from": "t", "as": "%d/%m/%Y %H:%M"},
        "fields": {
            "what": {"from": "kind", "table": {"1": "cháy", "2": "ngập"}, "otherwise": "khác"},
            "level": {"from": "values[0].v", "times": 0.1},
        },
    }
    record = {
        "device": {"code": "D1", "port": "a"}, "t": "23/11/2026 10:30", "kind": 2,
        "values": [{"v": "12,5"}],
    }  # fmt: skip

    mapped = Translator(mapping, FIELDS).apply(record)

    assert check(mapping, FIELDS) == []
    assert (mapped.external_id, mapped.at) == ("D1/a", AT)
    assert mapped.fields == {"what": "ngập", "level": pytest.approx(1.25)}
    assert fields_of({"fields": {"what": {"constant": "sạt lở"}}}, {}) == {"what": "sạt lở"}
    assert fields_of(mapping, record | {"kind": 9})["what"] == "khác"


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("t", "2026-11-23T03:30:00Z"),
        ("t", "2026-11-23 10:30"),  # without a zone: the clocks of Vietnam
        ("t", 1795404600),
        ("t", 1795404600000),
        ({"from": "t", "as": "unix"}, "1795404600"),
        ({"from": "t", "as": "unix_ms"}, 1795404600000),
        ({"from": "t", "as": "iso", "zone": "UTC"}, "2026-11-23T03:30"),
    ],
)
def test_a_moment_is_read_however_it_is_written(rule: Any, value: Any) -> None:
    mapped = Translator({"at": rule}, FIELDS).apply({"t": value, "what": "x"})

    assert (mapped.at, mapped.faults) == (AT, ())


def test_what_is_missing_or_unreadable_is_said() -> None:
    mapping = {"fields": {"what": "a", "level": {"from": "b", "as": "number"}}}

    mapped = Translator(mapping, FIELDS).apply({"b": "nhiều", "at": "hôm qua"})

    assert mapped.faults == (
        "Thiếu “Sự việc”.",
        "Không đọc được “Mức”.",
        "Không đọc được thời điểm.",
    )


def test_a_number_too_large_to_be_one_is_unreadable() -> None:
    mapping = {"fields": {"what": "a", "level": {"from": "b", "as": "whole", "times": 2}}}

    mapped = Translator(mapping, FIELDS).apply({"a": "x", "b": 1.7e308})

    assert mapped.faults == ("Không đọc được “Mức”.",)


def test_a_table_names_values_as_json_does() -> None:
    mapping = {"fields": {"what": {"from": "on", "table": {"true": "bật", "1": "một"}}}}

    assert fields_of(mapping, {"on": True}) == {"what": "bật"}
    assert fields_of(mapping, {"on": 1}) == {"what": "một"}


@pytest.mark.parametrize(
    "settings",
    [
        {"items": "a["}, {"items": 1}, {"cursor": "no"}, {"cursor": {"from": "x["}},
        {"delimiter": ";;"}, {"zone": "Asia/Khong_Co"}, {"zone": 7},
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_told(settings: dict[str, Any]) -> None:
    [sentence] = check_settings(settings)

    assert sentence.endswith(".")


def test_settings_that_work_are_taken() -> None:
    good = {"items": "a.b", "cursor": {"from": "no", "param": "p"}, "delimiter": ";", "zone": "UTC"}
    assert check_settings(good) == []


def test_a_record_without_a_name_is_named_by_its_content() -> None:
    one, same, other = ({"what": "a", "level": 1}, {"level": 1, "what": "a"}, {"what": "b"})

    names = [Translator({}, FIELDS).apply(record).external_id for record in (one, same, other)]

    assert names[0] == names[1] == content_id(one)
    assert names[2] != names[0]


@given(record=st.dictionaries(st.sampled_from(["id", "at", "what", "level", "x"]), values))
def test_no_record_makes_a_translator_raise(record: dict[str, Any]) -> None:
    mapping = {
        "id": "id.x || id", "at": {"from": "at", "as": "unix"},
        "fields": {"what": "what[0].x", "level": {"from": "level", "as": "whole", "times": 2}},
    }  # fmt: skip
    for one in ({}, mapping):
        mapped = Translator(one, FIELDS).apply(record)
        assert len(mapped.external_id) <= 200
        assert mapped.at is None or mapped.at.tzinfo is not None
