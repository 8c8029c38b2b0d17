"""What the content policy would stop on a page: script and style that stand in the page itself."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Inline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.found.append(f"<{tag}>")
        for name, value in given.items():
            if name == "style" or name.startswith("on"):
                self.found.append(f"<{tag} {name}>")
            elif name in {"src", "href"} and is_foreign(tag, value or ""):
                self.found.append(f"<{tag} {name}={value}>")


def is_foreign(tag: str, address: str) -> bool:
    """Whether a page would run the address as script, or fetch it by itself from another place."""
    fetched = tag in {"script", "link", "img", "iframe", "source", "use"}
    return address.startswith(("javascript:", "data:")) or (fetched and address.startswith(("http", "//")))


def inline_parts(page: str) -> list[str]:
    """What the policy would stop, as `<tag attribute>`."""
    parser = _Inline()
    parser.feed(page)
    return parser.found


def stopped_by_policy(answer: Any) -> list[str]:
    """What of an answer to the test client the policy would stop; nothing for what is no page."""
    is_page = answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
    return inline_parts(answer.content.decode()) if is_page else []
