"""Files that officers and secretary attach to a matter, to be read with its papers."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.committee import attached
from portal.committee.forms import AttachForm
from portal.committee.models import Matter, MatterAppendix, MatterLine, ReportReview
from portal.committee.rules import prepares_matters
from portal.committee.views.answers import attempt, status_of
from portal.documents.uploads import clean_name, store
from portal.people import kept_form, rules
from portal.people.rules import requires
from portal.registry.models import RecordFile


@requires(prepares_matters)
def appendices(request: HttpRequest, matter_id: int) -> HttpResponse:
    """The appendices of a matter, and a form to attach a file from the case or from the computer."""
    lines = MatterLine.objects.select_related("case")
    matters = Matter.objects.wholly_visible_to(request.user).select_related("case")
    matter = get_object_or_404(
        matters.prefetch_related(
            Prefetch("report_reviews", ReportReview.objects.told()), Prefetch("lines", lines)
        ),
        pk=matter_id,
    )
    cases = [matter.case_id, *(line.case_id for line in matter.lines.all())]
    registered = RecordFile.objects.visible_to(request.user).filter(record__case__in=cases)
    form = AttachForm(
        matter, registered.select_related("record__case"), kept_form.data(request), request.FILES or None
    )
    if request.method == "POST" and form.is_valid() and _attach(request, matter, form):
        return redirect("committee:appendices", matter.pk)
    context = {
        "matter": matter,
        "form": form,
        "is_closed": matter.is_closed,
        "appendices": _rows(request, matter, registered.select_related("record__case", "record__created_by")),
        "breadcrumbs": [
            {"label": _("Matters"), "url": reverse("committee:matters")}
            if rules.secretary(request.user)
            else {"label": _("Matters")},
            {"label": _("Appendices of a matter")},
        ],
    }
    return render(request, "committee/secretary/appendices.html", context, status=status_of(request))


def _rows(
    request: HttpRequest, matter: Matter, registered: QuerySet[RecordFile]
) -> list[tuple[MatterAppendix, RecordFile | None]]:
    """Each appendix, with the register's newest entry of those that are files."""
    entries = {row.stored_file_id: row for row in registered.order_by("pk")}
    found = MatterAppendix.objects.visible_to(request.user).filter(matter=matter)
    return [(row, entries.get(row.key) if row.source == MatterAppendix.FILE else None) for row in found]


@requires(prepares_matters)
def take_off(request: HttpRequest, appendix_id: int) -> HttpResponse:
    """Take an attached file off its matter."""
    wholly = Matter.objects.wholly_visible_to(request.user)
    files = MatterAppendix.objects.filter(source=MatterAppendix.FILE, matter__in=wholly)
    appendix = get_object_or_404(files, pk=appendix_id)
    if request.method == "POST":
        attempt(
            request, lambda: attached.take_off(appendix, request.user), _("The file is taken off the matter.")
        )
    return redirect("committee:appendices", appendix.matter_id)


def _attach(request: HttpRequest, matter: Matter, form: AttachForm) -> bool:
    """Attach what was chosen; a refused file is told at its field and everything typed stays."""
    written = form.cleaned_data
    registered: RecordFile | None = written.get("registered")
    if registered:
        stored, filename = registered.stored_file, registered.filename
    else:
        try:
            stored, filename = store(written["upload"]), clean_name(written["upload"].name)
        except ValidationError as refusal:
            form.add_error("upload", refusal)
            return False
    return attempt(
        request,
        lambda: attached.attach(
            matter,
            stored,
            title=written["title"] or filename.rpartition(".")[0] or filename,
            filename=filename,
            line=form.line_of(registered),
            by=request.user,
        ),
        _("The file is attached. It comes with the next version of the pack."),
    )
