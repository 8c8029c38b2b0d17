"""What the documents room tells whoever waits: a document is ready, or needs hands.

Sent after commit with `document_id`.
"""

from django.dispatch import Signal

document_settled = Signal()
