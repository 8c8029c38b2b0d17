"""Throwing away a draft of a call that nobody outside has ever seen."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from grants.calls.call_copying import models_copied
from grants.calls.call_editing import CannotChange
from grants.models import Call, CallEvent


def discard_call(call_id: int) -> None:
    """Remove a draft with all its rows; one that is already gone is no error.

    Raises CannotChange when it has ever been published, or another call is copied from it. A call that
    was never published has no applications, so that this tells nobody whether there are drafts.
    """
    with transaction.atomic():
        call = Call.objects.select_for_update(of=("self",)).filter(pk=call_id).first()
        if call is None:
            return
        if call.published or call.events.filter(kind=CallEvent.Kind.PUBLISHED).exists():
            raise CannotChange(_("The call has been published, so it is kept."))
        if call.copies.exists():
            raise CannotChange(_("Another call is copied from this one, so it is kept."))
        for model in models_copied():
            model._default_manager.filter(call=call).delete()
        call.events.all().delete()
        call.delete()
