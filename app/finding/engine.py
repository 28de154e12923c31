"""The one index of this process: embedded by default, a cluster by configuration."""

from __future__ import annotations

from config.settings import Settings
from search import SearchBackend, open_backend

INDEX_NAME = "congvu"

_settings: Settings | None = None
_backend: SearchBackend | None = None


def configure(settings: Settings) -> None:
    """Say where the index is; it is opened at the first use, after any fork."""
    global _settings, _backend
    if _backend is not None:
        _backend.close()
    _settings, _backend = settings, None


def backend() -> SearchBackend:
    """The open index."""
    global _backend
    if _backend is None:
        if _settings is None:
            raise RuntimeError("finding is not configured")
        if _settings.elasticsearch_url:
            location = f"{_settings.elasticsearch_url.rstrip('/')}/{INDEX_NAME}"
            _backend = open_backend("elasticsearch", location)
        else:
            _settings.index_dir.mkdir(parents=True, exist_ok=True)
            _backend = open_backend("tantivy", str(_settings.index_dir))
    return _backend
