"""Cases (ärenden): the spine that all else hangs on, and what they were called before."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import ways_in
from portal.documents.models import Document, StoredFile
from portal.people import rules
from portal.registry.models.authorities import Authority
from portal.registry.models.written_once import Immutable, WrittenOnce
from portal.registry.rules import registrar

if TYPE_CHECKING:
    from portal.registry.models.events import Event
    from portal.registry.models.records import Record


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

    def reopened(self) -> CaseQuerySet:
        """Open again after having been closed: whoever keeps the register closes them when they are ready."""
        from portal.registry.models.events import Event

        again = Event.objects.filter(case=models.OuterRef("pk"), kind=Event.Kind.REOPENED)
        return self.filter(models.Exists(again), closed_at=None)

    def without_conflict_for(self, user: Any) -> CaseQuerySet:
        from portal.registry.models.conflicts import ConflictOfInterest

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
        from portal.registry.models.events import Event

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
        from portal.registry.models.records import Record, RecordFile

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
            if kind != Record.Kind.DISCLOSURE_DECISION:
                self._reopen_for(record, by)
        return record

    def _reopen_for(self, record: Record, by: Any) -> None:
        """A closed case that gets a new record goes on: it is open until somebody closes it again.

        Asked of the database, since it may have been closed since it was read. A decision on who may read it
        does not carry the case on. Its years until destruction are counted from the next closing.
        """
        from portal.registry.models.events import Event

        closed = Case.objects.filter(pk=self.pk, closed_at__isnull=False)
        if closed.update(closed_at=None, closed_by=None):
            self.closed_at = self.closed_by = None
            self.log(Event.Kind.REOPENED, by=by, detail=record.kind)

    def rename(self, *, public_title: str, protected_title: str, seen: tuple[str, str], by: Any) -> bool:
        """Change the titles, keep the earlier ones, and log it; returns whether anything changed.

        `seen` are the two titles as the person read them. Raises TitleChanged when they are others now.
        The event names the public title alone: a protected one must not be read in the case's story
        (offentlighets- och sekretesslagen 5:2).
        """
        from portal.registry.models.events import Event

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
