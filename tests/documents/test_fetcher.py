"""Hostile HTML reaches nothing outside itself: no file, no address, no attachment."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.documents.fetching import AssetFetcher
from portal.documents.rendering import RenderingError, render_pdf
from tests.documents.reading import page_texts

pytestmark = pytest.mark.rule(13)

SECRET = "hemligt som aldrig får komma med"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A real server on this machine, and the paths anyone asked it for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


HOSTILE = {
    "image": "<img src='{url}' alt='x'>",
    "style sheet": "<link rel='stylesheet' href='{url}'>",
    "import": "<style>@import url('{url}');</style>",
    "background": "<style>p {{ background: url('{url}') }}</style><p>x</p>",
    "content": "<style>p::before {{ content: url('{url}') }}</style><p>x</p>",
    "list marker": "<style>li {{ list-style-image: url('{url}') }}</style><ul><li>x</li></ul>",
    "font": "<style>@font-face {{ font-family: F; src: url('{url}') }}</style><p>x</p>",
    "attachment in the head": "<link rel='attachment' href='{url}'>",
    "attachment link": "<a rel='attachment' href='{url}'>x</a>",
    "object": "<object data='{url}' type='image/png'></object>",
    "embed": "<embed src='{url}' type='image/svg+xml'>",
    "svg image": "<svg width='9' height='9'><image href='{url}' width='9' height='9'/></svg>",
    "base": "<base href='{url}/'><img src='x.png' alt='x'>",
}

# WeasyPrint does not follow these at all: they are harmless, and must stay so.
IGNORED = {
    "svg use": "<svg width='9' height='9'><title>x</title><use href='{url}#x'/></svg>",
    "svg style": "<svg width='9' height='9'><title>x</title><style>@import url('{url}');</style></svg>",
    "script": "<script src='{url}'></script>",
    "frame": "<iframe src='{url}'></iframe>",
    "refresh": "<meta http-equiv='refresh' content='0; url={url}'>",
}


def hostile_page(markup: str, url: str) -> str:
    return f"<!doctype html><html lang='sv'><title>x</title><body>{markup.format(url=url)}</body></html>"


@pytest.mark.rule(13)
@pytest.mark.parametrize("markup", HOSTILE.values(), ids=HOSTILE.keys())
def test_file_is_refused(markup: str, secret: Path) -> None:
    with pytest.raises(RenderingError) as caught:
        render_pdf(hostile_page(markup, secret.as_uri()), title="Fientligt")
    assert "Refused: " in caught.value.technical
    assert SECRET not in caught.value.technical


@pytest.mark.rule(13)
@pytest.mark.parametrize("markup", HOSTILE.values(), ids=HOSTILE.keys())
def test_address_is_refused_before_it_is_asked(markup: str, listener: tuple[str, list[str]]) -> None:
    url, asked = listener
    with pytest.raises(RenderingError):
        render_pdf(hostile_page(markup, url), title="Fientligt")
    assert asked == []


@pytest.mark.parametrize("markup", IGNORED.values(), ids=IGNORED.keys())
def test_what_is_not_refused_reaches_nothing(
    markup: str, listener: tuple[str, list[str]], secret: Path
) -> None:
    url, asked = listener
    render_pdf(hostile_page(markup, url), title="Fientligt")
    assert asked == []
    assert SECRET not in " ".join(page_texts(render_pdf(hostile_page(markup, secret.as_uri()), title="Fil")))


@pytest.mark.parametrize(
    "url",
    [
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        "data:text/plain,hej",
        "FILE:///etc/passwd",
        "ftp://example.org/x",
        "asset:source-sans-3-latin-400-normal.woff2",
        "asset:../../etc/passwd",
        "gopher://example.org/",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(RenderingError):
        render_pdf(hostile_page('<img src="{url}" alt="x">', url), title="Fientligt")


def test_local_fonts_are_not_taken() -> None:
    html = hostile_page(
        "<style>@font-face {{ font-family: F; src: local('DejaVu Sans') }}</style><p>x</p>", ""
    )
    try:
        pdf = render_pdf(html, title="Systemets typsnitt")
    except RenderingError:
        return  # found on this machine, and refused
    assert b"DejaVu" not in pdf


def test_reason_can_be_read_by_staff() -> None:
    with pytest.raises(RenderingError) as caught:
        render_pdf(hostile_page(HOSTILE["image"], "file:///etc/passwd"), title="Fientligt")
    assert "file:" not in str(caught.value)
    assert "file:///etc/passwd" in caught.value.technical


@pytest.fixture
def asset(tmp_path: Path) -> Path:
    path = tmp_path / "a.css"
    path.write_text("p {}")
    return path


def test_fetcher_answers_packaged_names_only(asset: Path) -> None:
    fetcher = AssetFetcher({"a.css": asset})
    assert fetcher("asset:a.css").read() == b"p {}"
    for address in ("asset:b.css", "a.css", asset.as_uri(), "https://example.org/a.css"):
        with pytest.raises(PermissionError):
            fetcher(address)
    assert len(fetcher.refused) == 4
