"""When what stands under a clause changes, the clause is another, and each party's yes is asked for anew."""

from __future__ import annotations

from typing import Any

from iop.acting import party_of
from iop.models import Agreement, ClauseVersion


def touch(agreement: Agreement, key: str, by: Any) -> None:
    """Count up the clause of a key, within the caller's transaction: its text stays, a yes to it does not."""
    clause = agreement.clauses.filter(key=key).first()
    if clause is None:
        return
    clause.version += 1
    clause.save(update_fields=["version"])
    ClauseVersion.objects.create(
        clause=clause,
        number=clause.version,
        text=clause.text,
        written_by=by,
        party=party_of(agreement, by),
    )
