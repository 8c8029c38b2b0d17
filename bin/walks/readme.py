"""The four pictures of the README: three pages, and four pages of the decision pack."""

from collections.abc import Iterator

from walks.picture import Picture, PrintedPages

#: All alike, so that they stand evenly in a table; pixels.
SIZE = (1280, 860)
#: The kinds of document whose first page is shown, after the contents page.
SHOWN = ("tjansteskrivelse", "fordelningstabell", "bedomningsblad")


def pictures() -> Iterator[Picture]:
    from django.urls import reverse

    from assessments.models import Assessment
    from portal.demo import load
    from portal.demo.people import DOMAIN

    opened = Assessment.objects.get(application__state="in_assessment").application
    desk = reverse("assessments:assess", args=[opened.pk])
    meeting = reverse("committee:desk", args=[load.meeting_of_the_round().pk])
    yield Picture("start", "", reverse("home"), *SIZE)
    yield Picture("desk", f"handlaggare2@{DOMAIN}", desk, *SIZE)
    yield Picture("meeting", f"sekreterare@{DOMAIN}", meeting, *SIZE)


def printed_pages() -> Iterator[PrintedPages]:
    """The contents of the pack, and the first page of a document of each kind."""
    from portal.committee.models import Pack

    made = Pack.objects.exclude(file=None).latest("pk")
    assert made.file is not None
    assert made.pages is not None
    parts = list(made.parts.filter(is_apart=False).select_related("document"))
    page = made.pages - sum(part.document.pages or 0 for part in parts) + 1
    firsts: dict[str, int] = {}
    for part in parts:
        firsts.setdefault(part.document.kind, page)
        page += part.document.pages or 0
    yield PrintedPages("pack", made.file.read(), (1, *(firsts[kind] for kind in SHOWN)))
