from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from whitenoise import WhiteNoise

from app.web import assets
from app.web.assets import UnknownAsset, built_name, is_immutable, read_icon_names, read_manifest
from tests.unit.web.conftest import Render


def test_without_a_build_plain_names_are_used(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None
    assert built_name(None, "app.js") == "dist/app.js"


def test_with_a_build_names_carry_their_hash(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"app.js": "app-1A2B3C4D.js"}))

    assert built_name(read_manifest(tmp_path), "app.js") == "dist/app-1A2B3C4D.js"


def test_an_asset_that_the_build_does_not_make_is_an_error() -> None:
    with pytest.raises(UnknownAsset, match=r"ui\.css"):
        built_name({"app.js": "app-1.js"}, "ui.css")


def test_comments_of_the_icon_list_are_not_icons(tmp_path: Path) -> None:
    path = tmp_path / "icons.txt"
    path.write_text("# first line\ninbox\n\n  search  \n")

    assert read_icon_names(path) == {"inbox", "search"}


def test_an_icon_is_hidden_from_screen_readers(render: Render) -> None:
    markup = render("{{ icon('inbox', 'big') }}")

    assert 'class="cv-icon big"' in markup
    assert 'aria-hidden="true"' in markup
    assert markup.endswith('#inbox"></use></svg>')


def test_an_icon_that_is_not_listed_is_refused(render: Render) -> None:
    with pytest.raises(UnknownAsset, match=r"no-such-icon"):
        render("{{ icon('no-such-icon') }}")


@pytest.mark.parametrize(
    ("url", "forever"),
    [
        ("/static/dist/app-1A2B3C4D.js", True),
        ("/static/dist/chunks/viewer-AAAA.js", True),
        ("/static/dist/files/inter-latin-wght-normal-HASH.woff2", True),
        ("/static/dist/manifest.json", False),
        ("/static/dist/pdf/wasm/openjpeg.wasm", False),
        ("/static/mark.svg", False),
    ],
)
def test_only_hashed_files_are_kept_forever(url: str, forever: bool) -> None:
    assert is_immutable("", url) is forever


def test_static_files_are_never_guessed_to_be_another_type(web: Flask) -> None:
    answer = web.test_client().get("/static/mark.svg")

    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert isinstance(web.wsgi_app, WhiteNoise)


def test_official_papers_have_their_style_sheet() -> None:
    text = assets.PRINT_CSS.read_text(encoding="utf-8")

    assert "margin: 20mm 15mm 20mm 30mm" in text
