"""Addresses of the built assets and of the icons, for templates; and the serving of static files.

`npm run build` writes `static/dist/` with hashed names and a `manifest.json` that maps the plain
names to them. Without a build (tests that need no browser) the plain names are used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask, current_app, request, url_for
from markupsafe import Markup
from whitenoise import WhiteNoise

STATIC = Path(__file__).parent / "static"
DIST = STATIC / "dist"
ICON_LIST = Path(__file__).parents[2] / "frontend" / "icons.txt"
PRINT_CSS = STATIC / "official.css"
"""Style sheet of official papers (A4, Liberation Serif); see `base_print.html`."""

YEAR = 365 * 24 * 3600


class UnknownAsset(LookupError):
    """A template asks for an asset or an icon that the build does not make."""


def read_manifest(folder: Path = DIST) -> Mapping[str, str] | None:
    """Plain name to built name, or None when the front end has not been built."""
    path = folder / "manifest.json"
    if not path.is_file():
        return None
    manifest: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def read_icon_names(path: Path = ICON_LIST) -> frozenset[str]:
    """Icons that the sprite holds: one name a line, `#` starts a comment."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def built_name(manifest: Mapping[str, str] | None, name: str) -> str:
    """File name below `static/`.

    Raises:
        UnknownAsset: there is a build, and it has no asset of this name.
    """
    if manifest is None:
        return f"dist/{name}"
    try:
        return f"dist/{manifest[name]}"
    except KeyError:
        raise UnknownAsset(f"asset {name!r} is not in manifest.json") from None


def asset(manifest: Mapping[str, str] | None, name: str) -> str:
    """Address of a built file: `asset('app.js')`."""
    return _address(request.script_root, current_app.static_url_path, built_name(manifest, name))


@lru_cache(maxsize=512)
def _address(_root: str, _folder: str | None, file_name: str) -> str:
    """Asked for by every icon: a page has up to a hundred of them, and few addresses."""
    return url_for("static", filename=file_name)


def icon(
    names: frozenset[str], manifest: Mapping[str, str] | None, name: str, css: str = ""
) -> Markup:
    """An icon beside a text; hidden from screen readers, as the text says what it means.

    Raises:
        UnknownAsset: the name is not in `frontend/icons.txt`.
    """
    if name not in names:
        raise UnknownAsset(f"icon {name!r} is not in frontend/icons.txt")
    return _drawn(asset(manifest, "icons.svg"), name, f"cv-icon {css}".strip())


@lru_cache(maxsize=2048)
def _drawn(sprite: str, name: str, css: str) -> Markup:
    return Markup(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    ).format(css, sprite, name)


def register_assets(app: Flask) -> None:
    """Give templates `asset`, `icon`, `pdf_data_url`, `print_css`; serve `/static/` compressed."""
    manifest = read_manifest()
    app.jinja_env.globals.update(
        asset=partial(asset, manifest),
        icon=partial(icon, read_icon_names(), manifest),
        pdf_data_url=lambda: url_for("static", filename="dist/pdf/"),
        print_css=PRINT_CSS.as_uri(),
    )
    serve_static(app)


def serve_static(app: Flask) -> None:
    """Answer `/static/` before Flask does: `.br` and `.gz` copies, hashed files for a year."""
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=STATIC,
        prefix="static/",
        max_age=3600,
        autorefresh=app.debug,
        immutable_file_test=is_immutable,
        add_headers_function=add_security_headers,
        mimetypes={".mjs": "text/javascript", ".wasm": "application/wasm"},
    )


def is_immutable(path: str, url: str) -> bool:
    """Whether a file never changes under its name: everything the build has hashed."""
    folder, _, name = url.rpartition("/")
    in_dist = folder == "/static/dist" or folder.startswith(
        ("/static/dist/chunks", "/static/dist/files")
    )
    return in_dist and "-" in name


def add_security_headers(headers: Headers, path: str, url: str) -> None:
    """Static files are never guessed to be another type."""
    headers["X-Content-Type-Options"] = "nosniff"
