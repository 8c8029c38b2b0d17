"""Whether a PDF keeps what Samspel promises of every document."""

from __future__ import annotations

import page

PROFILES = {"PDF/A-2a": "2a", "PDF/UA-1": "ua1"}


def assert_archival_and_accessible(pdf: bytes) -> None:
    """Fail with each broken rule of PDF/A-2a and PDF/UA-1, if there is any."""
    broken = [
        f"{name} {failure.rule_id}: {failure.message}"
        for name, profile in PROFILES.items()
        for failure in page.validate_pdf_bytes(pdf, profile=profile).failures
    ]
    assert broken == []
