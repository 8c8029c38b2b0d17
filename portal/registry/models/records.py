"""Records (handlingar): what was frozen on a case, with its checksum and its files."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import ways_in
from portal.documents.models import Document, StoredFile
from portal.people import rules
from portal.registry.models.cases import Case
from portal.registry.models.conflicts import ConflictOfInterest
from portal.registry.models.written_once import Immutable, WrittenOnce
from portal.registry.rules import registrar


class RecordQuerySet(Immutable):
    def visible_to(self, user: Any) -> RecordQuerySet:
        """The records of the cases a person may see; associations only those addressed to them.

        An officer and their head read an application after having declared that there is no conflict of
        interest; an auditor reads what was decided.
        """
        records = self.filter(case__in=Case.objects.visible_to(user))
        if rules.secretary(user) or registrar(user):
            return records
        if rules.auditor(user):
            return records.filter(kind__in=Record.DECISIONS)
        if rules.case_reader(user):
            declared = ConflictOfInterest.objects.filter(user_id=user.pk, has_conflict=False)
            return records.exclude(
                ~models.Q(case__in=declared.values("case")), kind__in=Record.OF_THE_PARTIES
            )
        return records.filter(ways_in.through(Record, user))


class Record(WrittenOnce):
    """A document of the register (handling), frozen with its checksum."""

    class Kind(models.TextChoices):
        APPLICATION = "ansokan", _("Application")
        RECEIPT = "kvittens", _("Receipt")
        DISTRIBUTION_TABLE = "fordelningstabell", _("Distribution table")
        OFFICERS_REPORT = "tjansteskrivelse", _("Officers' report")
        CHAIRS_PROPOSAL = "ordforandeforslag", _("Chair's proposal")
        MINUTES_EXTRACT = "protokollsutdrag", _("Extract from the minutes")
        DECISION_LETTER = "beslutsbrev", _("Letter of decision")
        COMPLETION_REQUEST = "begaran_om_komplettering", _("Request for completion")
        MESSAGE = "meddelande", _("Message")
        WITHDRAWAL = "aterkallelse", _("Withdrawal")
        LATE_RULING = "beslut_sen_ansokan", _("Decision on a late application")
        PROMISED_PAPER = "utlovat_papper", _("Paper handed in later")
        STATEMENT = "yttrande", _("Statement of a unit")
        MINUTES = "protokoll", _("Minutes")
        DELEGATION_DECISION = "delegationsbeslut", _("Decision by delegation")
        IDEA = "ide", _("Idea of an association")
        IDEA_ANSWER = "svar_pa_ide", _("Answer to an idea")
        MARKET_ASSESSMENT = "provning_av_iop", _("Assessment of market, procurement and state aid")
        AGREEMENT = "overenskommelse", _("Partnership agreement (IOP)")
        ADDENDUM = "tillagg", _("Addendum to a partnership agreement")
        FOLLOW_UP = "uppfoljning", _("Joint follow-up of a partnership")
        APPENDIX = "bilaga", _("Appendix")
        NOTICE = "underrattelse", _("Notice from the committee")
        DISCLOSURE_DECISION = "beslut_om_utlamnande", _("Decision on handing out documents")

    #: What passes between association and officers: opened by a declaration, as the application is.
    OF_THE_PARTIES = (
        Kind.APPLICATION,
        Kind.COMPLETION_REQUEST,
        Kind.MESSAGE,
        Kind.WITHDRAWAL,
        Kind.PROMISED_PAPER,
    )
    #: What the committee, or somebody on its behalf, has decided.
    DECISIONS = (Kind.MINUTES, Kind.MINUTES_EXTRACT, Kind.DECISION_LETTER, Kind.DELEGATION_DECISION)
    #: No rule lets these go: decisions and what was laid before the committee for them, and agreements. What
    #: the city has bound itself to must be there for whoever asks later (arkivlagen 3 §).
    KEPT_FOR_EVER = (
        *DECISIONS,
        Kind.LATE_RULING,
        Kind.DISCLOSURE_DECISION,
        Kind.OFFICERS_REPORT,
        Kind.CHAIRS_PROPOSAL,
        Kind.DISTRIBUTION_TABLE,
        Kind.AGREEMENT,
        Kind.ADDENDUM,
    )

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="records")
    kind = models.CharField(max_length=40, choices=Kind.choices)
    title = models.CharField(max_length=300)
    content = models.JSONField(null=True, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.title

    @staticmethod
    def checksum(content: Any) -> str:
        """SHA-256 of the content as canonical JSON; empty when there is none."""
        if content is None:
            return ""
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class RecordFileQuerySet(Immutable):
    def visible_to(self, user: Any) -> RecordFileQuerySet:
        """The files of the records a person may see."""
        return self.filter(record__in=Record.objects.visible_to(user))


class RecordFile(WrittenOnce):
    """A file that came in with a record, under the name it had."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="files")
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=160)

    objects = RecordFileQuerySet.as_manager()

    def __str__(self) -> str:
        return self.filename
