"""HTML to a PDF that is archival (PDF/A-2a) and accessible (PDF/UA-1) at once.

Not imported when Django starts: WeasyPrint is slow to load and only workers need it.
"""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from weasyprint import CSS, HTML, Document
from weasyprint.document import DocumentMetadata
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from portal.documents import fonts
from portal.documents.design import STYLESHEET
from portal.documents.fetching import AssetFetcher
from portal.documents.finishing import finish
from portal.documents.stream_ends import separate_stream_ends
from portal.documents.xmp import clean_title

#: Written into the slot at the bottom right that `document.css` keeps free on every page.
_PAGE_NUMBER = '@page { @bottom-right { content: counter(page) " (" counter(pages) ")"; } }'

_BLOCKS = frozenset({"p", "h1", "h2", "h3", "li", "td", "th", "dt", "dd"})
#: What HTML counts as white space; a no-break space is none.
_SPACE = " \t\n\f\r"

# Pango's font maps are not made for several threads at a time.
_one_at_a_time = threading.Lock()


class RenderingError(Exception):
    """A document whose content cannot become a PDF; trying again gives the same result.

    `str(error)` is a reason staff can read; `technical` says it to those who mend it.
    """

    def __init__(self, reason: str | Promise, technical: str) -> None:
        super().__init__(reason, technical)
        self.reason = reason
        self.technical = technical

    def __str__(self) -> str:
        return str(self.reason)


@dataclass(frozen=True)
class _Press:
    """What all documents of a process share: the fonts unpacked and the style sheets parsed."""

    fonts: FontConfiguration
    style: CSS
    page_numbers: CSS


@cache
def _press(_process: int) -> _Press:
    # One per process and not one before forking: the font files lie in a folder that is removed with it.
    fonts.require_fonts()
    configuration = FontConfiguration()
    fetcher = AssetFetcher({face.file: face.path for face in fonts.FACES})
    css = f"{fonts.stylesheet()}\n{STYLESHEET.read_text()}"
    return _Press(
        fonts=configuration,
        style=CSS(string=css, url_fetcher=fetcher, font_config=configuration),
        page_numbers=CSS(string=_PAGE_NUMBER, url_fetcher=fetcher),
    )


def render_pdf(html: str, *, title: str, numbered: bool = True) -> bytes:
    """A tagged, archival PDF of a whole HTML page; the same input gives the same bytes.

    `numbered=False` leaves the place for the page number empty, for parts of an assembled document.
    Raises `RenderingError` when the content cannot be rendered or refers to anything outside itself,
    and `fonts.FontsMissing` when the installation is not complete.
    """
    title = clean_title(title)
    fetcher = AssetFetcher({})
    with _one_at_a_time:
        try:
            document = _lay_out(html, fetcher, title, numbered)
            fingerprint = hashlib.sha256(f"{title}\0{html}".encode(errors="replace")).hexdigest()[:12]
            pdf: bytes = document.write_pdf(
                pdf_variant="pdf/a-2a",
                finisher=lambda document, pdf: finish(document, pdf, fingerprint),
            )
        except FatalURLFetchingError as error:  # a BaseException, so that nothing swallows it on its way
            raise _refusal(fetcher) from error
        except RecursionError as error:
            raise RenderingError(
                _("The text is nested too deeply to be printed."), "RecursionError in layout"
            ) from error
        except (OSError, MemoryError, SoftTimeLimitExceeded, fonts.FontsMissing):
            raise  # the machine's trouble and not the document's: worth another attempt
        except Exception as error:
            raise RenderingError(
                _("The document could not be laid out."), f"{type(error).__name__}: {error}"
            ) from error
    if fetcher.refused:
        raise _refusal(fetcher)
    return separate_stream_ends(pdf)


def _lay_out(html: str, fetcher: AssetFetcher, title: str, numbered: bool) -> Document:
    press = _press(os.getpid())
    page = HTML(string=html, url_fetcher=fetcher, base_url="asset:")
    for element in page.etree_element.iter():
        if element.text:
            element.text = fonts.fit(element.text)
        if element.tail:
            element.tail = fonts.fit(element.tail)
    for element in page.etree_element.iter():
        if element.tag in _BLOCKS:
            _end_without_space(element)
    sheets = [press.style, press.page_numbers] if numbered else [press.style]
    document = page.render(stylesheets=sheets, font_config=press.fonts)
    fetcher.refused += [f"attachment {item.source}" for item in document.metadata.attachments]
    for sheet in document.pages:
        # WeasyPrint makes a link of every element inside a link too; PDF/UA wants one, of the link itself.
        sheet.links = [link for link in sheet.links if link[3].element_tag.partition(":")[0] == "a"]
    document.metadata = DocumentMetadata(title=title, lang=document.metadata.lang or "sv")
    return document


def _end_without_space(block: Any) -> None:
    """Cut the white space before a block's end: WeasyPrint would break its last line a word too early."""
    if len(block):
        block[-1].tail = (block[-1].tail or "").rstrip(_SPACE)
    else:
        block.text = (block.text or "").rstrip(_SPACE)


def _refusal(fetcher: AssetFetcher) -> RenderingError:
    return RenderingError(
        _("The document refers to something outside itself, which is not allowed."),
        f"Refused: {', '.join(fetcher.refused)}",
    )
