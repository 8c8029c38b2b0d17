"""A reader's own notes on a matter: saved while they are written, and by a plain form without script."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.committee.forms import PrivateNoteForm
from portal.committee.models import Matter, Meeting
from portal.committee.private_notes import NoteChanged, save
from portal.people import kept_form, rules
from portal.people.rules import BACKGROUND, requires


@requires(rules.committee_reader)
def note(request: HttpRequest, meeting_id: int, matter_id: int) -> HttpResponse:
    """Save the note; a page that saves by itself is answered with JSON, a form with a redirect.

    When another window has written something else, both texts are shown and nothing is lost.
    """
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=meeting_id)
    readable = Matter.objects.wholly_visible_to(request.user).filter(agenda_items__meeting=meeting)
    matter = get_object_or_404(readable, pk=matter_id)
    page = f"{reverse('committee:matter', args=[meeting.pk, matter.pk])}#anteckning"
    form = PrivateNoteForm(kept_form.data(request))
    if not form.is_bound:
        return redirect(page)
    by_itself = BACKGROUND in request.headers
    if not form.is_valid():
        if by_itself:
            return JsonResponse({"errors": form.errors}, status=422)
        return render(
            request, "committee/note.html", {"form": form, "matter": matter, "back": page}, status=422
        )
    try:
        saved = save(matter, request.user, form.cleaned_data["text"], form.cleaned_data["version"])
    except NoteChanged as other:
        if by_itself:
            return JsonResponse({"other": other.current.text, "version": other.current.version}, status=409)
        again = PrivateNoteForm(initial={"text": form.cleaned_data["text"], "version": other.current.version})
        context = {"form": again, "other": other.current, "matter": matter, "back": page}
        return render(request, "committee/note.html", context, status=409)
    if by_itself:
        return JsonResponse({"version": saved.version})
    messages.success(request, _("Your note is saved."))
    return redirect(page)
