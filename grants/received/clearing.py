"""What the rows of applications hold of a record that is destroyed by rule: it goes with the record.

Papers stay in the association's own library: they are its own, held for it as technical storage
(tryckfrihetsförordningen 2:13). They go from there by a rule of their own (`library_retention`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction

from grants.models import (
    Answer,
    Application,
    BudgetLine,
    CompletionItem,
    CompletionReply,
    CompletionRequest,
    CopiedAnswer,
    FieldVersion,
    Message,
    MessageFile,
    Print,
    ReplyPaper,
    SearchText,
    TargetGroup,
)
from portal.documents.forgetting import forget_unused
from portal.registry.models import Record
from portal.registry.signals import record_destroyed


def forget(sender: Any, record: Record, **kwargs: Any) -> None:
    """Take away what the rows hold of a record that is destroyed."""
    if record.kind == Record.Kind.MESSAGE:
        MessageFile.objects.filter(message__record=record).delete()
        Message.objects.filter(record=record).update(text="")
    elif record.kind == Record.Kind.COMPLETION_REQUEST:
        CompletionItem.objects.filter(request__asked=record).update(title="", wanted="")
        CompletionRequest.objects.filter(asked=record).update(introduction="", consequence="", ending_note="")
    elif record.kind == Record.Kind.APPLICATION:
        _forget_application(record)


def _forget_application(record: Record) -> None:
    """The rows hold the application's last version: they go with the last of its records."""
    rest = Record.objects.filter(case=record.case_id, kind=record.kind).exclude(pk=record.pk)
    if rest.exclude(destruction__state="done").exists():
        return
    application = Application.objects.filter(case=record.case_id).first()
    if application is None:
        return
    prints = list(Print.objects.filter(application=application).values_list("document", flat=True))
    replies = ReplyPaper.objects.filter(reply__request__application=application)
    reply_files = list(replies.values_list("stored_file", flat=True))
    replies.delete()
    for model in (Answer, BudgetLine, CopiedAnswer, FieldVersion, Print, SearchText, TargetGroup):
        model._base_manager.filter(application=application).delete()
    CompletionReply.objects.filter(request__application=application).update(values={})
    Application.objects.filter(pk=application.pk).update(title="")
    transaction.on_commit(partial(forget_unused, reply_files, prints), robust=True)


def register() -> None:
    record_destroyed.connect(forget, dispatch_uid="grants.record_destroyed")
