"""What plain WeasyPrint takes for the same HTML: `python -m tests.bench.plain FOLDER`.

Renders each .html file of the folder to a PDF, one after another, in this one process, and prints the
seconds and pages as JSON. Fonts and style sheet are read once, before the clock starts; the PDFs are
WeasyPrint's default ones, neither tagged nor archival. This knows nothing of Django.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from portal.documents import fonts
from portal.documents.design import STYLESHEET
from portal.documents.fetching import AssetFetcher


def main(folder: Path) -> None:
    texts = [file.read_text() for file in sorted(folder.glob("*.html"))]
    configuration = FontConfiguration()
    fetcher = AssetFetcher({face.file: face.path for face in fonts.FACES})
    style = CSS(
        string=f"{fonts.stylesheet()}\n{STYLESHEET.read_text()}",
        url_fetcher=fetcher,
        font_config=configuration,
    )

    def render(text: str) -> int:
        document = HTML(string=text, url_fetcher=fetcher, base_url="asset:").render(
            stylesheets=[style], font_config=configuration
        )
        document.write_pdf()
        return len(document.pages)

    render(texts[0])  # what is loaded with the first document is no part of any pack's cost
    began = time.perf_counter()
    pages = sum(render(text) for text in texts)
    print(json.dumps({"seconds": time.perf_counter() - began, "pages": pages}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
