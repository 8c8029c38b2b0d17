"""The questions of a call: what is asked, of which kind, and how an answer reads in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from grants.models.calls import Call
from portal.documents.templatetags.swedish_text import kronor, number, percent, swedish_date


class Section(models.TextChoices):
    """The tasks of the form, in the order of the task list."""

    GRANT = "grant", _("What you apply for")
    NEED = "need", _("Need and purpose")
    TARGET = "target", _("Target group")
    ACTIVITIES = "activities", _("Activities and effect")
    COOPERATION = "cooperation", _("Complement and co-operation")
    ECONOMY = "economy", _("Budget and resources")
    DEMOCRACY = "democracy", _("Democracy and influence")
    RESULTS = "results", _("Results of earlier grants")
    PAPERS = "papers", _("Papers")


class QuestionKind(models.TextChoices):
    LONG_TEXT = "long_text", _("Longer text")
    SHORT_TEXT = "short_text", _("Short text")
    NUMBER = "number", _("Whole number")
    PERCENT = "percent", _("Percent")
    KRONOR = "kronor", _("Whole kronor")
    DATE = "date", _("Date")
    YES_NO = "yes_no", _("Yes or no")
    ONE_OF = "one_of", _("One of several")
    SOME_OF = "some_of", _("Some of several")
    CONFIRM = "confirm", _("Confirmation")
    ROWS = "rows", _("Rows with columns")


def in_readers_language(swedish: str, english: str) -> str:
    """The wording for the language of whoever reads the page."""
    return english if translation.get_language() == "en" else swedish


@dataclass(frozen=True)
class Column:
    """One column of a question that is answered with rows; asked like a question of its own."""

    key: str
    kind: str
    sv: str
    en: str
    required: bool = True
    options: list[dict[str, str]] = field(default_factory=list)
    max_words: int | None = None
    help_text: str = ""

    @property
    def label(self) -> str:
        return in_readers_language(self.sv, self.en)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(option["code"], in_readers_language(option["sv"], option["en"])) for option in self.options]

    def in_words(self, value: Any) -> str:
        return _in_words(self.kind, self.choices, value)


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: Any) -> QuestionQuerySet:
        """Readable before signing in, with the call."""
        return self.filter(call__in=Call.objects.visible_to(user))


class Question(models.Model):
    """One question of a call, under a key that stays the same from year to year.

    `depends_on` is the key of a yes-or-no question of the same section: this one is asked only where the
    answer to that is yes. `columns` describes the columns of a question answered with rows.
    """

    Kind = QuestionKind

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="questions")
    key = models.SlugField(max_length=40)
    section = models.CharField(max_length=20, choices=Section.choices)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=QuestionKind.choices)
    label_sv = models.CharField(max_length=300)
    label_en = models.CharField(max_length=300)
    help_sv = models.CharField(max_length=500, blank=True)
    help_en = models.CharField(max_length=500, blank=True)
    required = models.BooleanField(default=True)
    depends_on = models.SlugField(max_length=40, blank=True)
    max_words = models.PositiveSmallIntegerField(null=True, blank=True)
    options = models.JSONField(
        default=list, blank=True, help_text='[{"code": "barn_unga", "sv": "Barn och unga", "en": "Children"}]'
    )
    columns = models.JSONField(
        default=list,
        blank=True,
        help_text='[{"key": "goal", "kind": "short_text", "sv": "Mål", "en": "Goal"}]',
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "key"], name="grants_question_key_once_a_call"),
            models.UniqueConstraint(fields=["call", "position"], name="grants_question_position"),
            models.CheckConstraint(
                condition=Q(kind__in=QuestionKind.values), name="grants_question_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.key}"

    def get_additional_data(self) -> dict[str, int]:
        """What the log of changes keeps beside them: `grants.calls.call_history` finds them by the call."""
        return {"call": self.call_id}

    @property
    def label(self) -> str:
        return in_readers_language(self.label_sv, self.label_en)

    @property
    def help_text(self) -> str:
        return in_readers_language(self.help_sv, self.help_en)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(option["code"], in_readers_language(option["sv"], option["en"])) for option in self.options]

    @property
    def row_columns(self) -> list[Column]:
        return [Column(**column) for column in self.columns]

    def is_asked(self, answers: dict[str, Any]) -> bool:
        """Whether it is asked of who gave these answers."""
        return not self.depends_on or answers.get(self.depends_on) is True

    def is_answered(self, value: Any) -> bool:
        """Whether the answer says all that is asked: at least one row, and every row whole."""
        if self.kind == QuestionKind.ROWS:
            needed = [column.key for column in self.row_columns if column.required]
            return bool(value) and all(is_answer(row.get(key)) for row in value for key in needed)
        return is_answer(value)

    def in_words(self, value: Any) -> str:
        """The answer as a person reads it; one line for each row."""
        if self.kind == QuestionKind.ROWS:
            rows = self.rows_in_words(value)
            return "\n".join("; ".join(f"{label}: {words}" for label, words in row) for row in rows)
        return _in_words(self.kind, self.choices, value)

    def rows_in_words(self, value: Any) -> list[list[tuple[str, str]]]:
        """(column, answer) of each row; cells left empty are left out. No rows for other kinds."""
        if self.kind != QuestionKind.ROWS:
            return []
        return [
            [
                (column.label, words)
                for column in self.row_columns
                if (words := column.in_words(row.get(column.key)))
            ]
            for row in value or []
        ]


def is_answer(value: Any) -> bool:
    """Whether something was answered: zero and no are answers too."""
    return value is not None and value not in ("", [])


def _in_words(kind: str, choices: list[tuple[str, str]], value: Any) -> str:
    if value in (None, "", []):
        return ""
    labels = dict(choices)
    match kind:
        case QuestionKind.SOME_OF:
            return ", ".join(labels.get(code, code) for code in value)
        case QuestionKind.ONE_OF:
            return labels.get(value, value)
        case QuestionKind.CONFIRM | QuestionKind.YES_NO:
            return str(_("Yes")) if value else str(_("No"))
        case QuestionKind.PERCENT:
            return percent(value)
        case QuestionKind.KRONOR:
            return kronor(value)
        case QuestionKind.DATE:
            return swedish_date(date.fromisoformat(value))
        case QuestionKind.NUMBER:
            return number(value)
        case _:
            return str(value)
