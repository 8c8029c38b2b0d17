"""The diarium: cases with registry numbers, their immutable records, events, and conflicts of interest."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import ways_in
from portal.documents.models import Document, StoredFile
from portal.people import rules
from portal.registry.rules import registrar


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def visible_to(self, user: Any) -> AuthorityQuerySet:
        """Which authorities a city has is public."""
        return self


class Authority(models.Model):
    """A committee as a legal authority (myndighet) with a register of its own."""

    name = models.CharField(_("Name"), max_length=100, unique=True)
    number_pattern = models.CharField(
        max_length=60,
        default="{number:05d}/{year}",
        help_text=_("How a registry number is written, from prefix, number and year."),
    )
    number_prefix = models.CharField(max_length=20, blank=True)

    objects = AuthorityQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def open_case(self, *, public_title: str, protected_title: str = "", by: Any = None) -> Case:
        """Open a case under the year's next number, within the caller's transaction.

        The counter's row is locked until that transaction ends, so numbers have no gaps and are never
        used twice. Offentlighets- och sekretesslagen 5:1–2.
        """
        opened_at = timezone.now()
        year = timezone.localtime(opened_at).year
        with transaction.atomic():
            NumberSeries.objects.get_or_create(authority=self, year=year)
            series = NumberSeries.objects.select_for_update().get(authority=self, year=year)
            series.last_number += 1
            series.save(update_fields=["last_number"])
            case = Case.objects.create(
                authority=self,
                year=year,
                number=series.last_number,
                registry_number=self.number_pattern.format(
                    prefix=self.number_prefix, number=series.last_number, year=year
                ),
                public_title=public_title,
                protected_title=protected_title,
                opened_at=opened_at,
            )
            case.log(Event.Kind.OPENED, by=by)
        return case


class NumberSeriesQuerySet(models.QuerySet["NumberSeries"]):
    def visible_to(self, user: Any) -> NumberSeriesQuerySet:
        """Nobody's to look at: the counter belongs to `Authority.open_case`."""
        return self.none()


class NumberSeries(models.Model):
    """The running number of one authority's register in one year."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    objects = NumberSeriesQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "year"], name="registry_one_series_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.year}: {self.last_number}"


class TitleChanged(Exception):
    """Somebody gave the case other titles since they were read; nothing was written."""


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: Any) -> CaseQuerySet:
        """Administration, registrar and auditors see all cases, others those a room opens to them.

        A conflict of interest hides a case from everybody.

        Kommunallagen 6:28–32 and 7:4: who has a conflict of interest takes no part.
        """
        if not user.is_authenticated:
            return self.none()
        sees_all = rules.administration(user) or rules.auditor(user) or registrar(user)
        seen = self if sees_all else self.filter(ways_in.through(Case, user))
        return seen.without_conflict_for(user)

    def without_conflict_for(self, user: Any) -> CaseQuerySet:
        return self.exclude(pk__in=ConflictOfInterest.objects.declared_by(user).values("case"))


class Case(models.Model):
    """One matter in the register (ärende): the spine that all else hangs on."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="cases")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    registry_number = models.CharField(_("Registry number"), max_length=60)
    public_title = models.CharField(max_length=300, help_text=_("Reveals nothing that may be secret."))
    protected_title = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(_("Closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "year", "number"], name="registry_number_used_once"),
            models.UniqueConstraint(
                fields=["authority", "registry_number"], name="registry_written_number_used_once"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by=None)
                | models.Q(closed_at__isnull=False, closed_by__isnull=False),
                name="registry_closed_by_someone",
            ),
        ]
        ordering = ["-year", "-number"]

    def __str__(self) -> str:
        return f"{self.registry_number} {self.public_title}"

    @property
    def title(self) -> str:
        """The title for people who may open the case."""
        return self.protected_title or self.public_title

    def log(self, kind: str, *, by: Any = None, detail: str = "", at: datetime | None = None) -> Event:
        """Write an event in the case's story; it happened now unless told otherwise."""
        return Event.objects.create(case=self, kind=kind, actor=by, detail=detail, at=at or timezone.now())

    def register(
        self,
        kind: str,
        title: str,
        *,
        by: Any = None,
        content: Any = None,
        document: Document | None = None,
        files: list[tuple[StoredFile, str]] | None = None,
    ) -> Record:
        """Register a record: its content is frozen with a checksum; a new version is a new record."""
        frozen = None if content is None else json.loads(json.dumps(content, cls=DjangoJSONEncoder))
        with transaction.atomic():
            record = Record.objects.create(
                case=self,
                kind=kind,
                title=title,
                created_by=by,
                content=frozen,
                content_sha256=Record.checksum(frozen),
                document=document,
            )
            RecordFile.objects.bulk_create(
                RecordFile(record=record, stored_file=stored, filename=name) for stored, name in files or []
            )
        return record

    def rename(self, *, public_title: str, protected_title: str, seen: tuple[str, str], by: Any) -> bool:
        """Change the titles, keep the earlier ones, and log it; returns whether anything changed.

        `seen` are the two titles as the person read them. Raises TitleChanged when they are others now.
        The event names the public title alone: a protected one must not be read in the case's story
        (offentlighets- och sekretesslagen 5:2).
        """
        with transaction.atomic():
            current = Case.objects.select_for_update().get(pk=self.pk)
            if (current.public_title, current.protected_title) == (public_title, protected_title):
                return False
            if (current.public_title, current.protected_title) != seen:
                raise TitleChanged
            EarlierTitle.objects.create(
                case=self,
                public_title=current.public_title,
                protected_title=current.protected_title,
                changed_by=by,
            )
            self.public_title, self.protected_title = public_title, protected_title
            self.save(update_fields=["public_title", "protected_title"])
            self.log(Event.Kind.TITLE_CHANGED, by=by, detail=public_title)
        return True


class Immutable(models.QuerySet[Any]):
    """Rows that are written once: changing or deleting them is refused."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("Records and events are never changed; register a new one.")

    def delete(self) -> NoReturn:
        raise TypeError("Records and events are never deleted.")


class WrittenOnce(models.Model):
    """Base of what the register keeps as it was written."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Records and events are never changed; register a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Records and events are never deleted.")


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


class EventQuerySet(Immutable):
    def visible_to(self, user: Any) -> EventQuerySet:
        """The events of the cases a person may see."""
        return self.filter(case__in=Case.objects.visible_to(user))


class Event(WrittenOnce):
    """Something that happened in a case: who, when, what."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("The case was opened")
        SUBMITTED = "submitted", _("The application was sent")
        PAPER_CAME = "paper_came", _("A paper promised for later came in")
        NO_CONFLICT = "no_conflict", _("Declared no conflict of interest")
        CONFLICT = "conflict", _("Declared a conflict of interest")
        ASSESSMENT_READY = "assessment_ready", _("The assessment was marked ready")
        ASSESSMENT_REOPENED = "assessment_reopened", _("The assessment was opened again")
        TO_COMMITTEE = "to_committee", _("Handed to the committee")
        REPORT_APPROVED = "report_approved", _("The head approved the officers' report")
        REPORT_SENT_BACK = "report_sent_back", _("The head sent the officers' report back")
        CHAIRS_PROPOSAL = "chairs_proposal", _("The chair made a proposal")
        ON_AGENDA = "on_agenda", _("Put on the agenda")
        DECIDED = "decided", _("The committee decided")
        RELEASED = "released", _("The association was told the decision")
        COMPLETION_ASKED = "completion_asked", _("Completion was asked for")
        COMPLETION_REMINDED = "completion_reminded", _("Reminded of the completion")
        COMPLETION_EXTENDED = "completion_extended", _("The completion got a new last day")
        COMPLETION_CLOSED = "completion_closed", _("The request for completion was closed")
        COMPLETED = "completed", _("The completion came in")
        MESSAGE_FROM_ASSOCIATION = "message_in", _("Message from the association")
        MESSAGE_TO_ASSOCIATION = "message_out", _("Message to the association")
        WITHDRAWN = "withdrawn", _("The association withdrew the application")
        CAME_LATE = "came_late", _("The application came after the call had closed")
        LATE_ADMITTED = "late_admitted", _("The late application was admitted")
        DISMISSED = "dismissed", _("The late application was dismissed")
        ENTERED = "entered", _("The application came on paper and was entered")
        ASSIGNED = "assigned", _("Assigned")
        UNASSIGNED = "unassigned", _("No longer assigned to anyone")
        CHECKED = "checked", _("The formal check was done")
        TITLE_CHANGED = "title_changed", _("The title in the register was changed")
        READING_ASKED = "reading_asked", _("A second reading was asked for")
        READER_CHOSEN = "reader_chosen", _("A second reader was chosen")
        READING_DONE = "reading_done", _("The second reading was finished")
        DIFFERENCE_EXPLAINED = (
            "difference_explained",
            _("A difference between the two readings was explained"),
        )
        STATEMENT_ASKED = "statement_asked", _("A statement was asked for")
        STATEMENT_ANSWERED = "statement_answered", _("The statement came in")
        STATEMENT_WITHDRAWN = "statement_withdrawn", _("The question for a statement was taken back")
        AMOUNT_CHANGED = "amount_changed", _("The proposed amount was changed")
        SCENARIO_CHOSEN = "scenario_chosen", _("A way to share the frame was chosen for the proposal")
        MINUTES_APPROVED = "minutes_approved", _("The minutes were approved")
        NOTICE_UP = "notice_up", _("The approval was announced on the notice board")
        APPEALED = "appealed", _("An appeal was registered")
        APPEAL_SETTLED = "appeal_settled", _("The appeal was settled")
        DELEGATED = "delegated", _("Decided by delegation")
        ASSESSMENT_CORRECTED = "assessment_corrected", _("The assessment was corrected")
        IDEA_LEFT = "idea_left", _("An association left an idea")
        IDEA_OWNER = "idea_owner", _("The idea got another owner")
        IDEA_ENDED = "idea_ended", _("The idea was answered")
        AGREEMENT_BEGUN = "agreement_begun", _("The parties began to write an agreement")
        MARKET_ASSESSED = "market_assessed", _("Market, procurement and state aid were assessed")
        AGREEMENT_RETURNED = "agreement_returned", _("The agreement came back to the parties")
        AGREEMENT_SIGNED = "agreement_signed", _("A party signed")
        AGREEMENT_IN_FORCE = "agreement_in_force", _("All parties have signed")
        ADDENDUM_BEGUN = "addendum_begun", _("An addendum was begun")
        CHECK_IN_HELD = "check_in_held", _("A check-in was held")
        FOLLOWED_UP = "followed_up", _("The parties finished a joint follow-up")
        PARTNERSHIP_TURN = "partnership_turn", _("A turn in the partnership")
        PAPER_ATTACHED = "paper_attached", _("A paper was attached for the committee")
        PAPER_TAKEN_OFF = "paper_taken_off", _("An attached paper was taken off")
        ENTRY_CHANGED = "entry_changed", _("What the public register says of a record was changed")
        SECRECY_MARKED = "secrecy_marked", _("Marked as possibly secret")
        SECRECY_LIFTED = "secrecy_lifted", _("The secrecy mark was lifted")
        DISCLOSURE_TRIED = "disclosure_tried", _("A request for documents was tried")
        COPIED = "copied", _("A copy with masking was made")
        CLOSED = "closed", _("The case was closed")
        NOTES_CLEANED = "notes_cleaned", _("Working notes were cleared")
        HELD = "held", _("Held back from destruction")
        HOLD_LIFTED = "hold_lifted", _("No longer held back from destruction")
        DESTROYED = "destroyed", _("A record was destroyed by rule (gallrad)")
        ARCHIVED = "archived", _("An archive package was made")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=40, choices=Kind.choices)
    detail = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"


class EarlierTitleQuerySet(Immutable):
    def visible_to(self, user: Any) -> EarlierTitleQuerySet:
        """The administration's and the registrar's, for the cases they may see."""
        if not (rules.administration(user) or registrar(user)):
            return self.none()
        return self.filter(case__in=Case.objects.visible_to(user))


class EarlierTitle(WrittenOnce):
    """What a case was called before somebody changed it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="earlier_titles")
    public_title = models.CharField(max_length=300)
    protected_title = models.CharField(max_length=300, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EarlierTitleQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.changed_at:%Y-%m-%d}"


class ConflictOfInterestQuerySet(models.QuerySet["ConflictOfInterest"]):
    def visible_to(self, user: Any) -> ConflictOfInterestQuerySet:
        """A person sees their own declarations; the administration those of cases it may see."""
        if not user.is_authenticated:
            return self.none()
        own = models.Q(user_id=user.pk)
        if rules.administration(user):
            return self.filter(own | models.Q(case__in=Case.objects.visible_to(user)))
        return self.filter(own)

    def declared_by(self, user: Any) -> ConflictOfInterestQuerySet:
        return self.filter(user_id=user.pk, has_conflict=True)


class ConflictOfInterest(models.Model):
    """One person's declaration on one case: a conflict of interest (jäv), or none."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="declarations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="declarations")
    has_conflict = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)
    declared_at = models.DateTimeField(default=timezone.now)

    objects = ConflictOfInterestQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="registry_declared_once_a_case")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.case_id}: {self.has_conflict}"


def declare(case: Case, user: Any, *, has_conflict: bool, note: str = "") -> ConflictOfInterest:
    """Record what the person declares; the last declaration counts and each is an event."""
    with transaction.atomic():
        declaration, _created = ConflictOfInterest.objects.update_or_create(
            case=case,
            user=user,
            defaults={"has_conflict": has_conflict, "note": note, "declared_at": timezone.now()},
        )
        case.log(Event.Kind.CONFLICT if has_conflict else Event.Kind.NO_CONFLICT, by=user)
    return declaration


def has_declared(case: Case, user: Any) -> bool:
    """Whether the person has said that they have no conflict of interest in this case."""
    return case.declarations.filter(user=user, has_conflict=False).exists()
