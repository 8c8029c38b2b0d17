"""A person's browser, as far as filling and sending an application needs one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPException
from urllib.parse import urlencode

from tests.nginx import Front
from tests.operations.deployment import HOST

#: A secret as long as Django's own; the cookie and the form carry the same.
CSRF = "a" * 32
Fields = dict[str, list[str]]
#: Somebody whose page has not come by then has gone away; seconds.
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Answer:
    """What came back: `status` 0 is a connection that broke."""

    status: int
    location: str
    body: bytes
    seconds: float


@dataclass
class Browser:
    """One signed-in person before nginx; keeps every answer's status and time."""

    front: Front
    cookie: str
    #: Where the person sits: limits count by it.
    address: str
    answers: list[Answer] = field(default_factory=list)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, b"", {})

    def post(self, path: str, fields: Fields) -> Answer:
        body = urlencode(fields | {"csrfmiddlewaretoken": [CSRF]}, doseq=True).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def post_file(self, path: str, fields: Fields, name: str, content: bytes) -> Answer:
        """Send a form with a PDF in its field `file`."""
        line = '--bench\r\nContent-Disposition: form-data; name="{}"'
        body = "".join(
            f"{line.format(key)}\r\n\r\n{value}\r\n"
            for key, values in (fields | {"csrfmiddlewaretoken": [CSRF]}).items()
            for value in values
        )
        body += f'{line.format("file")}; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
        whole = body.encode() + content + b"\r\n--bench--\r\n"
        return self._ask("POST", path, whole, {"Content-Type": "multipart/form-data; boundary=bench"})

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        sent = {
            "Host": HOST,
            "Origin": f"https://{HOST}",
            "Cookie": f"{self.cookie}; csrftoken={CSRF}",
            **headers,
        }
        began = time.perf_counter()
        connection = self.front.connect(self.address, PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            status, location, content = answer.status, answer.headers.get("Location", ""), answer.read()
        except (OSError, HTTPException):
            status, location, content = 0, "", b""
        finally:
            connection.close()
        heard = Answer(status, location, content, time.perf_counter() - began)
        self.answers.append(heard)
        return heard


class Form(HTMLParser):
    """What a page's forms would send as they stand: the values of each name."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.fields: Fields = {}
        self._text = self._select = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "")
        if tag == "textarea":
            self._text = name
            self.fields[name] = [""]
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.fields.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "input" and name and kind not in {"file", "submit"}:
            self._input(name, given, is_choice=kind in {"radio", "checkbox"})

    def _input(self, name: str, given: dict[str, str], *, is_choice: bool) -> None:
        if not is_choice or "checked" in given:
            self.fields.setdefault(name, []).append(given.get("value", "on"))

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text] = [data.removeprefix("\n")]  # HTML takes the first line break away

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = ""
