"""Search over what was sent: writes the words of an application, and finds applications by them.

PostgreSQL searches with its Swedish dictionary; other databases compare the same stems, by the same
algorithm (Snowball). Every word of the question must be found, as the beginning of a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable

from grants.models import Application, SearchText, TargetGroup
from grants.received.likeness import likeness, words
from portal.registry.models import ConflictOfInterest

CONFIGURATION = "swedish"
#: More words than this narrow nothing further.
MOST_WORDS = 10
#: Applications read at a time when many are indexed.
BATCH = 200
NEED_KEY = "need"
TARGET_GROUPS_KEY = "target_groups"


def index(application_ids: Iterable[int]) -> None:
    """Write what the search finds the sent applications by; drafts are passed over.

    Called in the transaction that sends, completes, decides or renames. Doing so again changes nothing.
    """
    ids = list(application_ids)
    for first in range(0, len(ids), BATCH):
        _index(ids[first : first + BATCH])


def note_decision(application: Application, text: str) -> None:
    """Keep what was decided in words, so that it is searched too."""
    SearchText.objects.filter(application=application).update(decision=text)
    index([application.pk])


@transaction.atomic
def _index(ids: list[int]) -> None:
    sent = list(
        Application.objects.sent()
        .filter(pk__in=ids)
        .select_related("association", "case", "search_text")
        .prefetch_related("answers", "call__questions")
    )
    SearchText.objects.bulk_create(
        [_row(application) for application in sent],
        update_conflicts=True,
        unique_fields=["application"],
        update_fields=[
            "vector",
            "head_vector",
            "protected_vector",
            "stems",
            "protected_stems",
            "decision",
            "likeness",
        ],
    )
    TargetGroup.objects.filter(application__in=sent).delete()
    TargetGroup.objects.bulk_create(
        TargetGroup(application=application, code=code)
        for application in sent
        for code in _target_groups(application)
    )


def _row(application: Application) -> SearchText:
    association, case = application.association, application.received_case
    number = association.organisation_number or ""
    head = _words(
        association.name,
        application.title,
        case.registry_number,
        case.public_title,
        number,
        f"{number[:6]} {number[6:]}",
    )
    body = _words(*(text for question, value in application.answered() for text in _texts(question, value)))
    decision = application.search_text.decision if hasattr(application, "search_text") else ""
    need = application.answers_by_key().get(NEED_KEY)
    row = SearchText(
        application=application,
        decision=decision,
        likeness=likeness(need) if isinstance(need, str) else 0,
    )
    protected = _words(case.protected_title)
    if connection.vendor == "postgresql":
        row.vector = _vector(A=head, B=_words(decision), D=body)
        row.head_vector = _vector(A=head, B=_words(decision))
        row.protected_vector = _vector(A=protected)
    else:
        row.stems = _stems(f"{head} {_words(decision)} {body}")
        row.protected_stems = _stems(protected)
    return row


def _vector(**texts: str) -> Combinable:
    """A search vector of texts by weight: A counts most."""
    parts = [
        SearchVector(Value(text, output_field=TextField()), weight=weight, config=CONFIGURATION)
        for weight, text in texts.items()
    ]
    vector: Any = parts[0]
    for part in parts[1:]:
        vector = vector + part
    return vector


def _target_groups(application: Application) -> Iterator[str]:
    value = application.answers_by_key().get(TARGET_GROUPS_KEY)
    if isinstance(value, list):
        yield from dict.fromkeys(code for code in value if isinstance(code, str))


def _texts(question: Any, value: Any) -> Iterator[str]:
    """Every text in an answer, however it is put together; a chosen option in its Swedish words."""
    if isinstance(value, str):
        listed = [
            *question.options,
            *(each for column in question.columns for each in column.get("options", [])),
        ]
        yield {option["code"]: option["sv"] for option in listed}.get(value, value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(question, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(question, inner)


def _words(*texts: str) -> str:
    """Only words, so that no database's parser takes "unga/vuxna" for the name of a file."""
    return " ".join(word for text in texts for word in words(text))


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(CONFIGURATION)


def _stems(text: str) -> str:
    """The stems of a text, once each, between spaces: " öppn dörr "."""
    found = dict.fromkeys(_stemmer().stemWords(text.split()))
    return f" {' '.join(found)} " if found else ""


def asked_words(text: str) -> list[str]:
    """The words of a question, as far as they are used; none finds nothing."""
    return words(text)[:MOST_WORDS]


def found_by(text: str, user: Any) -> Q:
    """The applications whose words fit, for a queryset that starts at `visible_to`.

    Protected titles are searched only in cases in which the person has declared that there is no conflict
    of interest: before that, nobody may open the case.
    """
    asked = asked_words(text)
    if not asked:
        return Q(pk__in=[])
    opened = ConflictOfInterest.objects.filter(user_id=user.pk, has_conflict=False)
    public = protected = SearchText.objects.all()
    if connection.vendor == "postgresql":
        query = _query(asked)
        public, protected = public.filter(vector=query), protected.filter(protected_vector=query)
    else:
        for stem in _stemmer().stemWords(asked):
            public = public.filter(stems__contains=f" {stem}")
            protected = protected.filter(protected_stems__contains=f" {stem}")
    return Q(pk__in=public.values("application")) | Q(
        pk__in=protected.values("application"), case__in=opened.values("case")
    )


@contextmanager
def through_index() -> Iterator[None]:
    """While the block asks, PostgreSQL finds words by their index.

    Left to itself it reads every row for a common word, since it does not reckon with the unpacking of long
    vectors: among ten thousand that took eight times as long.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
        yield


def by_rank(applications: QuerySet[Application], text: str) -> QuerySet[Application]:
    """Hits in name, number, title or decision first, then newest; elsewhere than on PostgreSQL the newest."""
    if connection.vendor == "postgresql":
        rank = SearchRank(F("search_text__head_vector"), _query(asked_words(text)))
        return applications.annotate(rank=rank).order_by("-rank", "-submitted_at", "-pk")
    return applications.order_by("-submitted_at", "-pk")


def _query(asked: list[str]) -> SearchQuery:
    """All words, each as the beginning of a word. They hold nothing but letters and digits."""
    return SearchQuery(" & ".join(f"'{word}':*" for word in asked), config=CONFIGURATION, search_type="raw")
