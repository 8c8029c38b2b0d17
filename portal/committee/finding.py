"""Searching in the papers of one meeting: only what the person may read, in a constant number of queries."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Prefetch, Q
from django.urls import reverse
from django.utils.html import escape, strip_tags

from portal.committee.models import Matter, MatterLine, Meeting, PackPart, PackState, Stage
from portal.committee.reading import Entry, agenda_for
from portal.documents.models import DocumentState

SHORTEST = 2
LONGEST = 100
#: So many places are shown of each matter; the text says how many there are.
SHOWN_PER_MATTER = 8
#: Kinds of documents whose text is the page's own.
_ON_THE_PAGE = ("tjansteskrivelse", "ordforandeforslag")
#: Letters before and after what was found.
_AROUND = 90
_SPACE = re.compile(r"\s+")
#: Where one block of a document ends and the next begins, so that their words do not run together.
_BLOCK = re.compile(r"(?=</?(?:p|h[1-6]|ul|ol|li|dl|dt|dd|table|caption|tr|th|td|div|section|br)\b)")
_HEAD = re.compile(r"<head\b.*?</head>|<style\b.*?</style>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Snippet:
    """Text around a place: what stands before, what was found, what stands after."""

    before: str
    found: str
    after: str


@dataclass(frozen=True)
class Place:
    """Where in a matter something was found; `where` is Swedish or the page's own word, `url` leads there."""

    where: str
    url: str
    snippet: Snippet


@dataclass(frozen=True)
class Hit:
    """A matter with the places in which the words were found."""

    entry: Entry
    places: list[Place]

    @property
    def shown(self) -> list[Place]:
        return self.places[:SHOWN_PER_MATTER]

    @property
    def more(self) -> int:
        """How many places are not shown."""
        return len(self.places) - len(self.shown)


def find(meeting: Meeting, user: Any, words: str) -> list[Hit]:
    """The matters of a meeting that hold the words as they stand, in agenda order."""
    wanted = _SPACE.sub(" ", words).strip()[:LONGEST]
    if len(wanted) < SHORTEST:
        return []
    entries = [entry for entry in agenda_for(meeting, user) if entry.is_readable]
    pattern = re.compile(re.escape(wanted), re.IGNORECASE)
    texts = _texts(meeting, user)
    sheets = _sheets(meeting, user, wanted)
    hits = []
    for entry in entries:
        matter = entry.item.matter_id
        page = reverse("committee:matter", args=[meeting.pk, matter])
        candidates = [("", page, entry.matter.title)]
        candidates += [(where, f"{page}{anchor}", text) for where, anchor, text in texts.get(matter, [])]
        candidates += sheets.get(matter, [])
        places = [
            Place(where, url, snippet)
            for where, url, text in candidates
            if (snippet := _snippet(text, pattern))
        ]
        if places:
            hits.append(Hit(entry, places))
    return hits


def _texts(meeting: Meeting, user: Any) -> dict[int, list[tuple[str, str, str]]]:
    """Per matter that the person reads all of: what each text is called, its place on the page, the text."""
    whole = (
        Matter.objects.wholly_visible_to(user)
        .filter(agenda_items__meeting=meeting)
        .select_related("chairs_proposal")
        .prefetch_related("sections", "decision_points", Prefetch("lines", MatterLine.objects.all()))
    )
    return {matter.pk: list(_texts_of(matter)) for matter in whole}


def _texts_of(matter: Matter) -> Iterator[tuple[str, str, str]]:
    yield "Sammanfattning", "#sammanfattning", matter.summary
    yield "Beredning", "#beredning", matter.preparation
    yield "Förslag till beslut", "#forslag", "\n".join(point.text for point in matter.points(Stage.OFFICERS))
    if matter.has_chairs_proposal:
        yield "Ordförandens bedömning", "#ordforande", matter.chairs_proposal.comment
    yield "Belopp", "#belopp", "\n".join(line.title for line in matter.lines.all())
    for number, section in enumerate(matter.sections.all(), start=1):
        yield section.heading, f"#avsnitt-{number}", f"{section.heading}\n{section.body}"


def _sheets(meeting: Meeting, user: Any, wanted: str) -> dict[int, list[tuple[str, str, str]]]:
    """Per matter the appendices that hold the words, in the newest pack that the person reads them in."""
    written = Q()
    # SQLite compares å and Å as different letters, so the likely ways to write a word are asked for.
    for form in {wanted, wanted.lower(), wanted.upper(), wanted.capitalize(), wanted.title()}:
        written |= Q(document__html__icontains=escape(form))
    parts = PackPart.objects.visible_to(user).filter(
        pack__meeting=meeting,
        pack__state=PackState.READY,
        matter__isnull=False,
        document__state=DocumentState.READY,
    )
    newest = dict(parts.order_by().values("matter").annotate(pack=Max("pack")).values_list("matter", "pack"))
    found: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for part in parts.filter(written).exclude(document__kind__in=_ON_THE_PAGE).select_related("document"):
        if part.matter_id and part.pack_id == newest[part.matter_id]:
            url = reverse("committee:part-file", args=[part.pk])
            found[part.matter_id].append((part.title, url, plain(part.document.html)))
    return found


def _snippet(text: str, pattern: re.Pattern[str]) -> Snippet | None:
    flat = _SPACE.sub(" ", text)
    match = pattern.search(flat)
    if match is None:
        return None
    # Cut between words, where there is a place to cut.
    start = max(0, match.start() - _AROUND)
    start = start and (flat.find(" ", start, match.start()) + 1 or start)
    end = min(len(flat), match.end() + _AROUND)
    end = end if end == len(flat) else max(flat.rfind(" ", match.end(), end), match.end())
    before = ("… " if start else "") + flat[start : match.start()]
    after = flat[match.end() : end] + (" …" if end < len(flat) else "")
    return Snippet(before, match[0], after)


def plain(document_html: str) -> str:
    """What a reader sees of a document's HTML."""
    return html.unescape(strip_tags(_BLOCK.sub(" ", _HEAD.sub("", document_html))))
