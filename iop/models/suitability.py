"""Is IOP right? A guided test that the parties answer together, and the assessment that must be signed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from iop.models.agreements import Agreement, OfAgreementQuerySet, Party
from iop.models.lists import ListQuerySet


class Advice(models.TextChoices):
    """What the test can advise; never a lock."""

    GRANT = "foreningsbidrag", _("A grant to the association")
    IOP = "iop", _("A partnership (IOP)")
    PROCUREMENT = "upphandling", _("Procurement")
    WAIT = "vanta", _("Wait")
    TALK = "tala_vidare", _("Go on talking")


class Reply(models.TextChoices):
    YES = "ja", _("Yes")
    NO = "nej", _("No")
    UNSURE = "vet_inte", _("We do not know yet")


class SuitabilityQuestion(models.Model):
    """A question of the guided test, from the city's guidelines; what an answer speaks for is data."""

    key = models.SlugField(_("Key"), max_length=40)
    position = models.PositiveSmallIntegerField(_("Place in the list"))
    text_sv = models.CharField(_("Question, in Swedish"), max_length=300)
    text_en = models.CharField(_("Question, in English"), max_length=300)
    help_sv = models.TextField(_("Help, in Swedish"), blank=True)
    help_en = models.TextField(_("Help, in English"), blank=True)
    yes_speaks_for = models.CharField(_("A yes speaks for"), max_length=20, choices=Advice.choices)
    no_speaks_for = models.CharField(_("A no speaks for"), max_length=20, choices=Advice.choices)
    why_yes_sv = models.TextField(_("Reason after a yes, in Swedish"), blank=True)
    why_yes_en = models.TextField(_("Reason after a yes, in English"), blank=True)
    why_no_sv = models.TextField(_("Reason after a no, in Swedish"), blank=True)
    why_no_en = models.TextField(_("Reason after a no, in English"), blank=True)
    is_active = models.BooleanField(_("In use"), default=True)

    objects = ListQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(is_active=True), name="iop_one_active_question_a_key"
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return self.text_en if translation.get_language() == "en" else self.text_sv

    @property
    def help(self) -> str:
        return self.help_en if translation.get_language() == "en" else self.help_sv

    def why(self, reply: str) -> str:
        """The reason that an answer gives, in the reader's language; none if unsure."""
        if reply not in (Reply.YES, Reply.NO):
            return ""
        language = "en" if translation.get_language() == "en" else "sv"
        return str(getattr(self, f"why_{'yes' if reply == Reply.YES else 'no'}_{language}"))


class AdviceText(models.Model):
    """What a kind of advice is called and says; which kind the answers lead to is `iop.advising`'s to say."""

    advice = models.CharField(_("Kind of advice"), max_length=20, choices=Advice.choices, unique=True)
    title_sv = models.CharField(_("Advice, in Swedish"), max_length=150)
    title_en = models.CharField(_("Advice, in English"), max_length=150)
    text_sv = models.TextField(_("What it means and what you do next, in Swedish"), blank=True)
    text_en = models.TextField(_("What it means and what you do next, in English"), blank=True)

    objects = ListQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(advice__in=Advice.values), name="iop_advice_known")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_en if translation.get_language() == "en" else self.title_sv

    @property
    def text(self) -> str:
        return self.text_en if translation.get_language() == "en" else self.text_sv


class SuitabilityAnswer(models.Model):
    """The parties' joint answer to one question; each save grows the version, the last writer is named."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="suitability_answers")
    question = models.ForeignKey(SuitabilityQuestion, on_delete=models.PROTECT, related_name="+")
    reply = models.CharField(max_length=20, choices=Reply.choices)
    text = models.TextField(_("How we see it"), blank=True)
    version = models.PositiveIntegerField(default=1)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=timezone.now)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["question__position"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "question"], name="iop_one_suitability_answer"),
            models.CheckConstraint(condition=Q(reply__in=Reply.values), name="iop_reply_known"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.question_id}: {self.reply}"


class MarketAssessment(models.Model):
    """The assessment of market, procurement and state aid: without it, signed, nothing is decided or signed.

    Lagen om offentlig upphandling (2016:1145); (EU) 2023/2831 on de minimis. Handbook 8.2: an agreement
    that was in truth a public service contract cost a city a fine of five million kronor.
    """

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="market_assessment")
    market = models.TextField(_("Is there a market? Who else could do the same?"), blank=True)
    co_financing = models.TextField(_("What does each party contribute, in truth?"), blank=True)
    no_ordered_service = models.TextField(
        _("Why is this not a service that the city orders and pays for?"), blank=True
    )
    initiative = models.TextField(_("Whose initiative is it?"), blank=True)
    procurement_conclusion = models.TextField(_("Why it need not be procured"), blank=True)
    supports_economic_activity = models.BooleanField(
        _("Does the support go to economic activity (selling on a market)?"), null=True, blank=True
    )
    state_aid_reason = models.TextField(_("State aid: how we see it"), blank=True)
    version = models.PositiveIntegerField(default=1)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_sha256 = models.CharField(max_length=64, blank=True)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None, signed_sha256="")
                | (
                    Q(
                        signed_by__isnull=False,
                        signed_at__isnull=False,
                        supports_economic_activity__isnull=False,
                    )
                    & ~Q(signed_sha256="")
                    & ~Q(market="")
                    & ~Q(co_financing="")
                    & ~Q(no_ordered_service="")
                    & ~Q(initiative="")
                    & ~Q(procurement_conclusion="")
                ),
                name="iop_signed_assessment_is_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}"

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None


class DeMinimisAid(models.Model):
    """Aid of minor importance that a party has had, as it declares: euros on the day of the decision."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="de_minimis")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name=_("Party"))
    decided_on = models.DateField(_("Day of the decision"))
    giver = models.CharField(_("Who gave it"), max_length=150)
    euros = models.PositiveIntegerField(_("Euros"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["party", "decided_on"]

    def __str__(self) -> str:
        return f"{self.party_id} {self.decided_on}: {self.euros}"
