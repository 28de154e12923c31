"""One look at an address outside: conditional, bounded in size and time, never led elsewhere."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

import httpx

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
SILENT_SECONDS = 5.0  # at a time, without a byte
WHOLE_SECONDS = 15.0
LARGEST = 8 * 1024 * 1024
USER_AGENT = "CongVu/1.0"
TOO_SLOW = "Máy chủ không trả lời kịp."


class FetchFailed(Exception):
    """Why nothing came, as a Vietnamese sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Seen:
    """What a server said of its content, to be said back to it at the next look."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """New content, or None when it is still the same."""

    content: bytes | None
    seen: Seen


def fetch(url: str, seen: Seen, params: dict[str, str] | None = None) -> Fetched:
    """Ask for `url` unless it is still what was seen.

    Raises FetchFailed: no answer in time, an error, a redirection, too much.
    """
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
    if seen.etag:
        headers["If-None-Match"] = seen.etag
    if seen.last_modified:
        headers["If-Modified-Since"] = seen.last_modified
    limits = httpx.Timeout(SILENT_SECONDS, connect=CONNECT_SECONDS)
    until = time.monotonic() + WHOLE_SECONDS
    try:
        with (
            httpx.Client(timeout=limits, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url, headers=headers, params=params) as answer,
        ):
            return _taken(answer, seen, until)
    except httpx.TimeoutException:
        raise FetchFailed(TOO_SLOW) from None
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        log.info("%s cannot be fetched: %s", url, error)
        raise FetchFailed("Không kết nối được với máy chủ.") from error


def _taken(answer: httpx.Response, seen: Seen, until: float) -> Fetched:
    if answer.status_code == httpx.codes.NOT_MODIFIED:
        return Fetched(None, seen)
    if answer.is_redirect:
        raise FetchFailed("Máy chủ chuyển sang địa chỉ khác. Hãy khai báo đúng địa chỉ cuối.")
    if answer.status_code != httpx.codes.OK:
        raise FetchFailed(f"Máy chủ trả lời lỗi {answer.status_code}.")
    content = bytearray()
    for part in answer.iter_bytes():  # counted as unpacked: a small answer may hold a bomb
        content += part
        if len(content) > LARGEST:
            raise FetchFailed("Dữ liệu lớn hơn 8 MB.")
        if time.monotonic() > until:
            raise FetchFailed(TOO_SLOW)
    now = Seen(answer.headers.get("ETag", "")[:300], answer.headers.get("Last-Modified", "")[:100])
    return Fetched(bytes(content), now)
