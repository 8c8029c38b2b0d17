"""The form of a call as the applicant will see it, section by section; nothing is saved."""

from __future__ import annotations

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applying.completeness import budgets_of, sections_of
from grants.forms.sections import PapersForm, SectionForm, section_form
from grants.models import Application, Association, Call, Section
from grants.views.calls import crumbs, officers_call
from grants.views.drafts import OWN_PAGE
from portal.people import rules
from portal.people.rules import requires


@requires(rules.case_officer)
def preview(request: HttpRequest, call_id: int, section: Section) -> HttpResponse:
    """One section of the form, drawn by the applicant's own template and form."""
    call = officers_call(request, call_id)
    prefetch_related_objects([call], "questions", "budget_headings")
    asked = sections_of(call)
    if section not in asked:
        raise Http404
    here = asked.index(section)
    if request.method == "POST":
        return redirect(_url(call, section))
    application = Application(pk=0, call=call, association=Association(pk=0, name=_("Your association")))
    form: SectionForm = (
        PapersForm(application, section) if section == Section.PAPERS else section_form(application, section)
    )
    return render(
        request,
        f"grants/section_{section}.html" if section in OWN_PAGE else "grants/section.html",
        {
            "application": application,
            "section": section,
            "number": here + 1,
            "count": len(asked),
            "form": form,
            "budgets": budgets_of(application),
            "is_last": section == asked[-1],
            "preview": {
                "call": call,
                "before": _url(call, asked[here - 1]) if here else "",
                "after": _url(call, asked[here + 1]) if here + 1 < len(asked) else "",
            },
            "breadcrumbs": crumbs(call, _("Preview")),
        },
    )


def _url(call: Call, section: Section) -> str:
    return reverse("grants:call-preview", args=[call.pk, section])
