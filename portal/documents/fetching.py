"""What a document may take from outside its own HTML: packaged files by name, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from weasyprint.urls import URLFetcher, URLFetcherResponse

SCHEME = "asset:"


class AssetFetcher(URLFetcher):
    """Answers `asset:NAME` from a table of packaged files; no other address is ever opened.

    file:, http(s):, ftp: and data: are refused alike, and so are redirects, since nothing is asked
    over a network. A refusal stops the rendering, and is remembered in `refused`, because WeasyPrint
    swallows even fatal errors inside an SVG image.
    """

    def __init__(self, assets: Mapping[str, Path]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._assets = assets
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        name = url.removeprefix(SCHEME)
        if name == url or name not in self._assets:
            self.refused.append(url[:200])
            raise PermissionError(f"Documents take nothing from {url[:200]!r}")
        return URLFetcherResponse(url, self._assets[name].read_bytes())
