from __future__ import annotations

import pytest
from werkzeug.routing import Map, Rule

from app.web.rules import LazyRule

SHAPES = [
    ("/van-ban-den/<token>", {"token": "a b"}),
    ("/van-ban-den/<token>", {"token": "á/ê", "trang": 2, "q": "kế hoạch"}),
    ("/anh/<int:page>.png", {"page": 7}),
    ("/tep/<path:name>", {"name": "x/y z", "tag": ["1", "2"]}),
]


@pytest.mark.parametrize("unknown", [True, False])
@pytest.mark.parametrize(("shape", "values"), SHAPES)
def test_addresses_are_those_of_an_ordinary_rule(
    shape: str, values: dict[str, object], unknown: bool
) -> None:
    ordinary = Map([Rule(shape, endpoint="here")]).bind("localhost")
    lazy = Map([LazyRule(shape, endpoint="here")]).bind("localhost")
    expected = ordinary.build("here", dict(values), append_unknown=unknown)

    assert lazy.build("here", dict(values), append_unknown=unknown) == expected
    assert lazy.build("here", dict(values), append_unknown=unknown) == expected  # compiled by now


def test_an_address_with_a_part_missing_is_not_built() -> None:
    lazy = Map([LazyRule("/van-ban-den/<token>", endpoint="here")]).bind("localhost")

    with pytest.raises(Exception, match="token"):
        lazy.build("here", {})
