"""PDFs that others made: whether they may become part of an archival and accessible document."""

from __future__ import annotations

import structlog

logger = structlog.get_logger(__name__)

_PROFILES = ("2a", "ua1")
_CONTENTS = '<!doctype html><html lang="sv"><title>Prov</title><h1>Prov</h1>'


def fitting_pages(pdf: bytes) -> int:
    """The number of pages of a PDF that can be joined with others; 0 for one that would break the whole.

    That is tried: it is put into a document, and the document is checked against PDF/A-2a and PDF/UA-1.
    """
    import page

    from portal.documents.assembly import Part, assemble, page_count

    try:
        whole = assemble([Part("Bilaga", pdf)], title="Prov", contents=lambda _placed, _total: _CONTENTS)
        broken = [
            failure.rule_id
            for profile in _PROFILES
            for failure in page.validate_pdf_bytes(whole.content, profile=profile).failures
        ]
    except Exception as error:  # a foreign file may be wrong in any way; it is then read for itself
        logger.info("attached_file_set_apart", reason=type(error).__name__)
        return 0
    if broken:
        logger.info("attached_file_set_apart", reason=", ".join(sorted(set(broken)))[:300])
        return 0
    return page_count(pdf)
