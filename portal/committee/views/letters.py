"""Letters wait as drafts that the secretary reads, edits and makes anew; then they are released."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.committee import letter_editing, letter_making, letter_release
from portal.committee.letter_facts import Parts, facts_of
from portal.committee.letter_forms import LetterFilter, PartsForm, part_labels
from portal.committee.letter_reading import rows_of, shown, text_of
from portal.committee.models import Decision, Letter, LetterState, MinutesState
from portal.committee.views.answers import attempt, meeting_name, status_of
from portal.committee.views.found import meeting_or_404
from portal.documents.download import stream
from portal.people import kept_form, rules
from portal.people.rules import requires

PER_PAGE = 50


def _crumbs(letter: Letter | None = None, label: str = "") -> list[dict[str, str]]:
    """The way to the list, to a letter, or to a page below it."""
    crumbs = [{"label": _("Letters"), "url": reverse("committee:letters")}]
    if letter is not None:
        meeting = letter.decision.agenda_item.meeting
        of_meeting = f"{reverse('committee:letters')}?meeting={meeting.pk}"
        crumbs.append({"label": meeting_name(meeting), "url": of_meeting})
        crumbs.append({"label": letter.line.title, "url": reverse("committee:letter", args=[letter.pk])})
    return [*crumbs, {"label": label}] if label else [*crumbs[:-1], {"label": crumbs[-1]["label"]}]


def _letter(request: HttpRequest, letter_id: int) -> Letter:
    return get_object_or_404(shown(Letter.objects.visible_to(request.user)), pk=letter_id)


def _filter(request: HttpRequest) -> LetterFilter:
    return LetterFilter(Letter.objects.visible_to(request.user), request.GET)


@requires(rules.secretary)
def letters(request: HttpRequest) -> HttpResponse:
    """All letters, narrowed by meeting, outcome, state and association."""
    form = _filter(request)
    found = form.found()
    page = Paginator(shown(found), PER_PAGE).get_page(request.GET.get("page"))
    asked = {name: value for name, value in request.GET.items() if name != "page" and value}
    context = {
        "form": form,
        "page": page,
        "rows": rows_of(page.object_list),
        "ready": found.filter(state=LetterState.READY).count(),
        "meeting": form.cleaned_data.get("meeting"),
        "address": request.GET.urlencode(),
        "is_narrowed": bool(asked),
        "breadcrumbs": _crumbs(),
    }
    return render(request, "committee/letters/letters.html", context)


@requires(rules.secretary)
def order(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Order the letters of all of a meeting's decisions in approved minutes."""
    meeting = meeting_or_404(request, meeting_id)
    if request.method != "POST":
        return redirect("committee:desk", meeting.pk)
    try:
        count = letter_making.order_letters(meeting, request.user)
    except letter_making.CannotWrite as refusal:
        messages.error(request, str(refusal))
        return redirect("committee:desk", meeting.pk)
    done = ngettext("%(count)s letter is being made.", "%(count)s letters are being made.", count)
    messages.success(request, done % {"count": count} if count else _("All letters are made already."))
    return redirect(f"{reverse('committee:letters')}?meeting={meeting.pk}")


@requires(rules.secretary)
def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """One letter to read, with what can be done to it."""
    read = _letter(request, letter_id)
    row = rows_of([read])[0]
    context = {
        "letter": read,
        "row": row,
        "text": text_of(read),
        "is_approved": Decision.objects.filter(
            pk=read.decision_id, paragraph_text__minutes__state=MinutesState.APPROVED
        ).exists(),
        "breadcrumbs": _crumbs(read),
    }
    return render(request, "committee/letters/letter.html", context)


@requires(rules.secretary)
def file(request: HttpRequest, letter_id: int) -> FileResponse:
    """The letter as a PDF, draft or released."""
    read = _letter(request, letter_id)
    if read.document is None or read.document.file is None:
        raise Http404
    return stream(read.document.file, read.filename, inline=True)


def _is_open(request: HttpRequest, read: Letter) -> bool:
    """Whether there is something to edit yet, and still; says so where not."""
    if read.is_released:
        messages.error(request, _("The letter is released and stands as it went out."))
    elif not read.parts:
        messages.error(request, _("The letter is not made yet. Wait a moment, then open it again."))
    return bool(read.parts) and not read.is_released


@requires(rules.secretary)
def edit(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Edit the free texts of a letter; who comes second is shown both."""
    read = _letter(request, letter_id)
    if not _is_open(request, read):
        return redirect("committee:letter", read.pk)
    form = PartsForm(read, kept_form.data(request))
    stored = None
    if request.method == "POST" and form.is_valid():
        try:
            letter_editing.write(read, form.parts(), form.cleaned_data["version"], request.user)
        except letter_editing.LetterChangedMeanwhile as refusal:
            messages.warning(request, str(refusal))
            stored = refusal.stored
            form.show_anew(stored)
        except letter_making.CannotWrite as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The letter is saved and being made."))
            return redirect("committee:letter", read.pk)
    context = {
        "letter": read,
        "form": form,
        "stored": stored,
        "stored_parts": _named(stored.parts) if stored else [],
        "breadcrumbs": _crumbs(read, _("Edit")),
    }
    return render(request, "committee/letters/edit.html", context, status=status_of(request))


def _named(parts: dict[str, str]) -> list[tuple[str, str]]:
    return [(label, parts.get(name, "")) for name, label in part_labels().items()]


def _whole(text: str) -> int:
    """A posted id or version; 0, which nothing has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@requires(rules.secretary)
def anew(request: HttpRequest, letter_id: int) -> HttpResponse:
    """What goes when a letter is made anew from what is recorded alone; then making it so."""
    read = _letter(request, letter_id)
    if not _is_open(request, read):
        return redirect("committee:letter", read.pk)
    if request.method == "POST":
        try:
            letter_editing.make_anew(read, _whole(request.POST.get("version", "")), request.user)
        except letter_editing.LetterChangedMeanwhile:
            messages.warning(
                request, _("Somebody else saved this letter since you opened the page. Look at it again.")
            )
            return redirect("committee:letter-anew", read.pk)
        except letter_making.CannotWrite as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The letter is being made anew from what is recorded."))
        return redirect("committee:letter", read.pk)
    facts = facts_of([read]).get(read.pk)
    suggested = asdict(facts.suggested if facts else Parts())
    context = {
        "letter": read,
        "row": rows_of([read])[0],
        "goes": [
            (label, read.parts.get(name, ""), suggested[name])
            for name, label in part_labels().items()
            if read.parts.get(name, "") != suggested[name]
        ],
        "breadcrumbs": _crumbs(read, _("Make anew")),
    }
    return render(request, "committee/letters/anew.html", context)


@requires(rules.secretary)
def follow(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Make a draft again from what is recorded now, with the texts that were edited."""
    read = _letter(request, letter_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: letter_editing.follow_record(read),
            _("The letter is being made from what is recorded now. What you wrote stays."),
        )
    return redirect("committee:letter", read.pk)


@requires(rules.secretary)
def retry(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Try again what failed: making the letter, or mailing that it is there."""
    read = _letter(request, letter_id)
    if request.method == "POST":
        if read.mail_has_failed:
            attempt(request, lambda: letter_release.mail_again(read), _("The mail is being sent again."))
        else:
            attempt(request, lambda: letter_making.retry(read), _("The letter is being tried again."))
    back = "committee:letters" if request.POST.get("to") == "list" else ""
    address = f"{reverse(back)}?{request.GET.urlencode()}" if back else ""
    return redirect(address or reverse("committee:letter", args=[read.pk]))


@requires(rules.secretary)
def release(request: HttpRequest) -> HttpResponse:
    """Which letters of the list go out, to look at once more; then releasing just those."""
    if request.method == "POST":
        _tell(request, letter_release.release(_asked(request), request.user))
        return redirect(f"{reverse('committee:letters')}?{request.GET.urlencode()}")
    rows = rows_of(shown(_filter(request).found().unreleased()))  # type: ignore[attr-defined]
    context = {
        "going": [row for row in rows if row.may_go_out],
        "staying": [row for row in rows if not row.may_go_out],
        "address": request.GET.urlencode(),
        "breadcrumbs": _crumbs(None, _("Release")),
    }
    return render(request, "committee/letters/release.html", context)


def _asked(request: HttpRequest) -> list[Letter]:
    """The letters posted as "id:version" that the person may see, each with the version that was shown."""
    versions: dict[int, int] = {}
    for value in request.POST.getlist("letter"):
        letter_id, _colon, version = value.partition(":")
        versions[_whole(letter_id)] = _whole(version)
    found = list(Letter.objects.visible_to(request.user).filter(pk__in=versions))
    for row in found:
        row.version = versions[row.pk]
    return found


def _tell(request: HttpRequest, released: Any) -> None:
    done = ngettext(
        "%(count)s letter is released. The association sees it now.",
        "%(count)s letters are released. The associations see them now.",
        released.count,
    )
    if released.count:
        messages.success(request, done % {"count": released.count})
    elif not released.held:
        messages.info(request, _("Nothing was released: there was nothing that could go out."))
    for row, reason in released.held:
        messages.error(request, f"{row.line.title}: {reason}")
