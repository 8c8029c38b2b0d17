"""The yearly report of co-operation: a page for everyone, a sheet, a PDF, and an officer's answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iop import survey
from iop.models import Area, SurveyAnswer, SurveyPrint
from iop.rules import city_reader
from iop.survey_forms import SurveyForm
from iop.views.crumbs import Crumb, crumbs
from portal.documents.download import stream
from portal.documents.sheets import sheet
from portal.people import kept_form
from portal.people.rules import anyone, case_officer, requires


def _trail(year: int, *steps: str) -> list[Crumb]:
    here = (_("Co-operation %(year)s") % {"year": year}, reverse("iop:survey", args=[year]))
    return crumbs(here, *steps)


def _known(year: int) -> int:
    """A year that can be reported on, or 404."""
    if not 2000 <= year <= timezone.localdate().year:
        raise Http404
    return year


@requires(anyone)
def survey_now(request: HttpRequest) -> HttpResponse:
    """This year's report."""
    return redirect("iop:survey", timezone.localdate().year)


@requires(anyone)
def survey_page(request: HttpRequest, year: int) -> HttpResponse:
    """The six questions with the answers of each area, and what is registered."""
    printed = SurveyPrint.objects.visible_to(request.user).filter(year=_known(year))
    context = {
        "report": survey.report(year),
        "years": survey.years(),
        "printed": printed.select_related("document__file").defer("document__html").first(),
        "areas": Area.objects.active() if case_officer(request.user) else [],
        "may_print": city_reader(request.user),
        "breadcrumbs": _trail(year),
    }
    return render(request, "iop/survey/report.html", context)


@requires(anyone)
def survey_sheet(request: HttpRequest, year: str, kind: str) -> StreamingHttpResponse:
    """The report as CSV or Excel."""
    known = _known(int(year))
    title = _("Co-operation %(year)s") % {"year": known}
    return sheet(kind, f"samverkan-{known}", title, survey.columns(), survey.sheet_rows(known))


@requires(city_reader)
def survey_print(request: HttpRequest, year: int) -> HttpResponse:
    """Order the PDF of the report as it stands (POST)."""
    _known(year)
    if request.method == "POST":
        survey.order_print(year, request.user)
        messages.success(request, _("The PDF is being made. It is here in a moment."))
    return redirect("iop:survey", year)


@requires(anyone)
def survey_file(request: HttpRequest, print_id: int) -> FileResponse:
    """A printed report."""
    prints = SurveyPrint.objects.visible_to(request.user).select_related("document__file")
    printed = get_object_or_404(prints.defer("document__html"), pk=print_id)
    if printed.document.file is None:
        raise Http404
    return stream(printed.document.file, f"{printed.document.title}.pdf", inline=True)


@requires(case_officer)
def survey_answers(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Register an area's answers of a year."""
    area = get_object_or_404(Area.objects.visible_to(request.user), code=code)
    questions = survey.questions_of(_known(year))
    rows = SurveyAnswer.objects.visible_to(request.user).filter(area=area, year=year)
    form = SurveyForm(questions, {row.question_id: row for row in rows}, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        survey.answer(area, year, form.said(), request.user)
        messages.success(request, _("The answers are saved."))
        return redirect("iop:survey", year)
    context = {
        "form": form,
        "title": area.name,
        "lead": _("What nobody answers stands in the report as not registered."),
        "submit": _("Save the answers"),
        "back": reverse("iop:survey", args=[year]),
        "breadcrumbs": _trail(year, area.name),
    }
    return render(request, "iop/form.html", context, status=422 if request.method == "POST" else 200)
