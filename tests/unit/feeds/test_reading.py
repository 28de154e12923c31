"""Bytes in the formats of the field become records; what is none costs only itself."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.errors import InvalidInput
from app.feeds.reading import read
from app.feeds.words import Format

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:georss="http://www.georss.org/georss">
<title>Tin</title><id>urn:x</id><updated>2026-11-23T03:00:00Z</updated>
<entry><id>urn:x:1</id><title>Cây đổ trên đường Mẫu</title>
<updated>2026-11-23T10:00:00+07:00</updated>
<link href="https://tin.example/1"/><summary>Một cây đổ.</summary><category term="giao thông"/>
<georss:point>20.25 105.97</georss:point></entry></feed>"""
CAP = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>KTTV-1</identifier>
<sender>kttv@example.vn</sender><sent>2026-11-23T10:00:00+07:00</sent><status>Actual</status>
<msgType>Update</msgType><scope>Public</scope>
<references>kttv@example.vn,KTTV-0,2026-11-23T07:00:00+07:00</references>
<info><language>en</language><category>Met</category><event>Flood</event><urgency>Expected</urgency>
<severity>Severe</severity><certainty>Likely</certainty></info>
<info><language>vi-VN</language><category>Met</category><event>Lũ</event><urgency>Expected</urgency>
<severity>Severe</severity><certainty>Likely</certainty><headline>Tin lũ khẩn cấp</headline>
<area><areaDesc>Vùng ven sông</areaDesc>
<polygon>20.0,105.0 20.2,105.0 20.2,105.2 20.0,105.2</polygon>
<geocode><valueName>xa</valueName><value>14389</value></geocode></area></info></alert>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>x&f;</identifier>
<sender>&b;</sender></alert>"""


def records(form: Format, text: str, **settings: object) -> list[dict[str, object]]:
    return list(read(form, text.encode(), settings).records)


def test_json_is_an_object_a_list_or_a_list_inside_a_document() -> None:
    assert records(Format.JSON, '{"a": 1}') == [{"a": 1}]
    assert records(Format.JSON, '{"data": {"rows": [{"a": 1}, {"a": 2}]}}', items="data.rows") == [
        {"a": 1}, {"a": 2},
    ]  # fmt: skip
    found = read(Format.NDJSON, b'{"a": 1}\nno\n\n{"a": 2}', {})
    assert ([one["a"] for one in found.records], [at for at, _ in found.faults]) == ([1, 2], [1])


def test_a_feature_has_the_middle_of_its_corners_as_place() -> None:
    text = """{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "f1",
    "properties": {"loai": "ngập"}, "geometry": {"type": "LineString",
    "coordinates": [[105.0, 20.0], [105.2, 20.4]]}}, {"type": "Point"}]}"""

    found = read(Format.GEOJSON, text.encode(), {})

    [record] = found.records
    assert (record["id"], record["loai"]) == ("f1", "ngập")
    assert (record["longitude"], record["latitude"]) == (105.1, 20.2)
    assert len(found.faults) == 1


def test_csv_finds_its_delimiter_and_reads_decimal_commas() -> None:
    text = "trạm;giờ;giá trị\nA;2026-11-23 10:00;3,05\nB;thiếu\n"

    found = read(Format.CSV, text.encode("utf-8-sig"), {"decimal_comma": True})

    assert found.records == ({"trạm": "A", "giờ": "2026-11-23 10:00", "giá trị": "3.05"},)
    assert found.faults == ((1, "Dòng có 2 cột, cần 3 cột."),)


def test_an_entry_of_a_feed_has_id_moment_and_place() -> None:
    [record] = records(Format.FEED, ATOM)

    assert (record["id"], record["title"]) == ("urn:x:1", "Cây đổ trên đường Mẫu")
    assert record["at"] == "2026-11-23T03:00:00+00:00"
    assert (record["longitude"], record["latitude"]) == (105.97, 20.25)
    assert record["tags"] == ["giao thông"]


def test_an_alert_speaks_vietnamese_first_and_names_its_areas() -> None:
    [record] = records(Format.CAP, CAP)

    assert (record["id"], record["event"], record["headline"]) == (
        "KTTV-1",
        "Lũ",
        "Tin lũ khẩn cấp",
    )
    assert record["msgType"] == "Update"
    assert str(record["references"]).startswith("kttv@example.vn,KTTV-0,")
    assert (record["latitude"], record["longitude"]) == (20.1, 105.1)
    assert len(record["infos"]) == 2  # type: ignore[arg-type]


def test_entities_of_a_document_are_not_followed() -> None:
    try:
        found = records(Format.CAP, BOMB)
    except InvalidInput:
        return
    assert "root:" not in str(found)
    assert len(str(found)) < 1000


def test_new_and_old_syslog_lines_are_read() -> None:
    with clock.frozen(datetime(2027, 1, 2, tzinfo=UTC)):
        new, old = records(
            Format.SYSLOG,
            '<165>1 2026-11-23T03:00:00Z may-1 ssh 77 ID1 [e@1 user="a\\"b" n="2"] Đăng nhập\n'
            "<34>Dec 31 22:14:15 may-2 su[230]: 'su root' failed\n",
        )

    assert (new["facility"], new["severity"], new["host"], new["app"]) == (20, 5, "may-1", "ssh")
    assert (new["data"], new["message"]) == ({"e@1": {"user": 'a"b', "n": "2"}}, "Đăng nhập")
    assert (old["host"], old["app"], old["process"]) == ("may-2", "su", "230")
    assert old["at"] == "2026-12-31T15:14:15+00:00"


def test_an_alert_of_the_common_event_format_is_read_with_its_escapes() -> None:
    [record] = records(
        Format.CEF,
        "<134>Nov 23 10:00:00 tuong-lua CEF:0|Hãng|Tường lửa\\|1|2.1|100|Mã độc|8|"
        "src=10.0.0.5 msg=Phát hiện a\\=b tại cổng 80 dhost=may-3",
    )

    assert (record["vendor"], record["product"], record["severity"]) == ("Hãng", "Tường lửa|1", 8)
    assert (record["src"], record["dhost"]) == ("10.0.0.5", "may-3")
    assert (record["msg"], record["host"]) == ("Phát hiện a=b tại cổng 80", "tuong-lua")


@pytest.mark.parametrize("form", Format)
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_raise_more_than_a_sentence(form: Format, content: bytes) -> None:
    with suppress(InvalidInput):
        found = read(form, content, {})
        assert all(isinstance(record, dict) for record in found.records)
