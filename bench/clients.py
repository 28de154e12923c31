"""A browser without a screen: one kept connection, cookies, forms with their hidden fields."""

from __future__ import annotations

import http.client
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from lxml import html

COOKIE = "congvu"
TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `location` is where a redirect leads, without the host."""

    status: int
    body: bytes
    location: str = ""

    @property
    def page(self) -> html.HtmlElement:
        """The body as a tree."""
        return html.document_fromstring(self.body.decode("utf-8"))


class Client:
    """Talks to an office at `host:port` as one person."""

    def __init__(self, place: str, cookie: str | None = None) -> None:
        self._connection = http.client.HTTPConnection(place, timeout=TIMEOUT)
        self._cookie = cookie

    def get(self, path: str) -> Answer:
        """One page, without following redirects."""
        return self._send("GET", path)

    def page(self, path: str) -> Answer:
        """A page that must be shown. Raises RuntimeError for any answer but 200."""
        answer = self.get(path)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status} {answer.location}")
        return answer

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, urlencode(fields).encode(), kind)

    def upload(self, path: str, file: Path, token: str) -> Answer:
        """Send a file as the drop zone does, which wants JSON back."""
        edge = uuid.uuid4().hex
        head = (
            f"--{edge}\r\nContent-Disposition: form-data; "
            f'name="file"; filename="{file.name}"\r\n\r\n'
        )
        body = head.encode() + file.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "Accept": "application/json",
            "X-CSRFToken": token,
        }
        return self._send("POST", path, body, headers)

    def sign_in(self, login: str, password: str) -> None:
        """Through the page, with its form. Raises RuntimeError when it is refused."""
        fields = form_values(self.page("/dang-nhap").page, "/dang-nhap")
        answer = self.post("/dang-nhap", fields | {"login": login, "password": password})
        if answer.status != 302 or "/dang-nhap" in answer.location:
            raise RuntimeError(f"sign-in of {login} answered {answer.status} {answer.location}")

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        own = {"Accept": "text/html", **headers}
        if self._cookie:
            own["Cookie"] = f"{COOKIE}={self._cookie}"
        self._connection.request(method, path, body, own)
        response = self._connection.getresponse()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            if name == COOKIE:
                self._cookie = value
        return Answer(response.status, response.read(), response.headers.get("Location", ""))


def form_values(page: html.HtmlElement, action: str) -> dict[str, str]:
    """The fields of a page's form that is sent to `action`, as they stand.

    Raises:
        LookupError: the page has no such form.
    """
    for form in page.forms:
        if (form.action or "").endswith(action):
            return {name: value for name, value in form.form_values() if isinstance(value, str)}
    raise LookupError(f"no form for {action}")


def csrf_token(page: html.HtmlElement) -> str:
    """The token in the head of a page, for requests of its scripts."""
    return str(page.xpath("string(//meta[@name='csrf-token']/@content)"))
