"""A paper for the demo's associations to attach: statutes as a real PDF."""

from __future__ import annotations

HTML = """<!doctype html><html lang="sv"><head><title>Stadgar</title></head><body>
<h1>Stadgar</h1>
<h2>1. Ändamål</h2><p>Föreningen är ideell och arbetar för ett samhälle där ingen står utan stöd.</p>
<h2>2. Medlemskap</h2><p>Alla som delar föreningens ändamål får bli medlemmar.</p>
<h2>3. Årsmöte</h2><p>Årsmötet hålls före mars månads utgång och är föreningens högsta beslutande organ.</p>
<h2>4. Styrelse och firmateckning</h2><p>Ordföranden och kassören tecknar föreningens firma var för sig.</p>
</body></html>"""


def statutes() -> bytes:
    """The PDF's bytes."""
    from portal.documents.rendering import render_pdf

    return render_pdf(HTML, title="Stadgar")
