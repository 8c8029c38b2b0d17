"""Several people in one draft: saving while they write, and the earlier texts of each field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applying import drafts
from grants.applying.completeness import sections_of
from grants.forms.rows import RowForm
from grants.forms.sections import NOT_A_PERSONAL_NUMBER, SectionForm, section_form
from grants.models import Application, CopiedAnswer, FieldVersion, Section, TermsStage
from portal.people.rules import BACKGROUND, applicant, requires
from portal.registry.models import Record

VERSIONS_A_PAGE = 20


def is_autosave(request: HttpRequest) -> bool:
    """Whether the page saves by itself while somebody writes in it."""
    return BACKGROUND in request.headers


def autosave(request: HttpRequest, draft: Application, section: Section, form: SectionForm) -> JsonResponse:
    """Save what can be read, and say of each field what became of it.

    A field with an error does not hold up the others. Answers 409 when the draft can no longer be changed.
    """
    held = request.POST.getlist("hold")
    values = {name: value for name, value in form.chosen().items() if name not in held}
    try:
        saved = drafts.save_section(
            draft.pk, section, values, seen=form.seen, by=request.user, page=form.page
        )
        if read := form.confirmed():
            drafts.note_as_read(draft.pk, read, request.user)
    except drafts.DraftClosed as closed:
        return closed_answer(str(closed))
    fresh = section_form(_again(request, draft), section)
    taken = [name for name in form.names if name not in form.chosen() and name not in form.errors]
    answer: dict[str, Any] = {
        name: {"state": "saved", "seen": str(seen)} for name, seen in saved.written.items()
    }
    answer |= {
        name: _conflict(fresh, name, version, request.user) for name, version in saved.conflicts.items()
    }
    answer |= {name: _as_others_wrote(fresh, name) for name in [*saved.by_others, *taken]}
    answer |= {
        name: {"state": "error", "errors": _errors(form, name)} for name in form.errors if name in form.names
    }
    asks = any(form.has_error(name, "personal_number") for name in form.errors)
    return JsonResponse(
        {
            "time": timezone.localtime().strftime("%H.%M"),
            "fields": answer,
            "unread": [copied.name for copied in fresh.copied],
            "no_personal_number": str(NOT_A_PERSONAL_NUMBER) if asks else "",
        }
    )


def closed_answer(text: str) -> JsonResponse:
    """Says to a page that saves by itself that it can stop."""
    return JsonResponse({"closed": text}, status=409)


def _again(request: HttpRequest, draft: Application) -> Application:
    """The draft as it stands after saving, with what its forms show."""
    own = Application.objects.visible_to(request.user).select_related("call")
    return own.prefetch_related(
        "call__questions", "call__budget_headings", "answers", "terms__year_amounts", "budget_lines",
        "copied_answers__source",
    ).get(pk=draft.pk)  # fmt: skip


def _conflict(fresh: SectionForm, name: str, version: FieldVersion, reader: Any) -> dict[str, Any]:
    fresh.note_conflict(name, version, reader)
    note = vars(fresh.fields[name])["notes"][-1]
    html = render_to_string(note["template"], {"note": note})
    return {"state": "conflict", "note": html}


def _as_others_wrote(fresh: SectionForm, name: str) -> dict[str, Any]:
    """The whole field as it stands now, for the page to show in place of its own."""
    version = fresh.history().newest(name)
    who = version.saved_by
    text = (
        _("%(who)s wrote this at %(time)s.")
        % {"who": who, "time": timezone.localtime(version.saved_at).strftime("%H.%M")}
        if who
        else _("This was changed in another window.")
    )
    return {
        "state": "other",
        "seen": str(fresh.sights()[name]),
        "field": as_crispy_field(fresh[name]),
        "text": text,
    }


def _errors(form: SectionForm, name: str) -> list[dict[str, Any]]:
    """Each error with the id of the control where it belongs; those of rows stand at their cells too."""
    found = [{"at": form[name].auto_id, "texts": form.errors[name]}]
    for row in form[name].value() or []:
        if isinstance(row, RowForm) and row.is_bound:
            found += [{"at": row[key].auto_id, "texts": texts} for key, texts in row.errors.items()]
    return found


@dataclass(frozen=True)
class Earlier:
    """An application that answers were copied from, with what was decided once that may be seen."""

    application: Application
    letter: Record | None = None

    @property
    def year(self) -> int:
        assert self.application.submitted_at is not None
        return timezone.localtime(self.application.submitted_at).year

    @property
    def sought(self) -> int:
        applied = self.application.terms_at(TermsStage.APPLIED)
        return applied.total if applied else 0

    @property
    def granted(self) -> int | None:
        """Kronor in all; None until the decision may be seen."""
        if not self.application.is_released:
            return None
        decided = self.application.terms_at(TermsStage.DECIDED)
        return decided.total if decided else 0

    @property
    def conditions(self) -> list[str]:
        decided = self.application.terms_at(TermsStage.DECIDED) if self.application.is_released else None
        return decided.conditions.splitlines() if decided else []


def earlier_of(form: SectionForm, user: Any) -> list[Earlier]:
    """The applications that the section's unread answers come from."""
    return earlier_sources(form.copied, user)


def earlier_sources(copied: list[CopiedAnswer], user: Any) -> list[Earlier]:
    """The applications that answers were copied from, each with its decision's letter."""
    sources = {one.source_id: one.source for one in copied}
    letters = Record.objects.visible_to(user).filter(
        case__in=[source.case_id for source in sources.values()], kind=Record.Kind.DECISION_LETTER
    )
    by_case = {letter.case_id: letter for letter in letters.order_by("created_at")} if sources else {}
    return [Earlier(source, by_case.get(source.case_id)) for source in sources.values()]


@requires(applicant)
def signed_in_again(request: HttpRequest) -> HttpResponse:
    """Where a new sign-in ends when the form is still open in another window."""
    return render(request, "grants/signed_in_again.html")


@requires(applicant)
def versions(request: HttpRequest, application_id: int, section: Section) -> HttpResponseBase:
    """The earlier texts of a section's fields, and taking one of them back."""
    own = Application.objects.visible_to(request.user).select_related("call", "association")
    draft = get_object_or_404(
        own.prefetch_related("call__questions", "call__budget_headings"), pk=application_id
    )
    if section not in sections_of(draft.call):
        raise Http404
    form = section_form(draft, section)
    kept = FieldVersion.objects.visible_to(request.user).filter(application=draft, name__in=form.names)
    if request.method == "POST":
        return _take_back(
            request, draft, section, form, get_object_or_404(kept, pk=_number(request, "version"))
        )
    name = request.GET.get("falt", "")
    if name in form.names:
        kept = kept.filter(name=name)
    page = Paginator(kept.select_related("saved_by"), VERSIONS_A_PAGE).get_page(request.GET.get("page"))
    history = form.history()
    may_change = draft.is_draft and draft.call.receives
    return render(
        request,
        "grants/versions.html",
        {
            "application": draft,
            "section": section,
            "page_obj": page,
            "chosen": name,
            "fields": [(one, form.fields[one].label) for one in _with_versions(draft, form)],
            "rows": [
                {
                    "version": version,
                    "label": form.fields[version.name].label,
                    "words": form.in_words(version.name, version.value),
                    "stands": version.version == history.number(version.name),
                    "now": history.number(version.name),
                }
                for version in page
            ],
            "may_change": may_change,
            "breadcrumbs": _crumbs(draft, section),
        },
    )


def _with_versions(draft: Application, form: SectionForm) -> list[str]:
    kept = set(draft.field_versions.order_by().values_list("name", flat=True).distinct())
    return [name for name in form.names if name in kept]


def _take_back(
    request: HttpRequest, draft: Application, section: Section, form: SectionForm, earlier: FieldVersion
) -> HttpResponse:
    label = form.fields[earlier.name].label
    try:
        saved = drafts.take_back(draft.pk, section, earlier, seen=_number(request, "seen"), by=request.user)
    except drafts.DraftClosed as closed:
        messages.error(request, str(closed))
        return redirect("grants:application", draft.pk)
    if saved.conflicts:
        messages.warning(
            request,
            _(
                "Somebody has just written in “%(question)s”. Read the newest text below before you take "
                "back an earlier one."
            )
            % {"question": label},
        )
    else:
        messages.success(
            request, _("The earlier text of “%(question)s” stands in the form again.") % {"question": label}
        )
    return redirect(f"{reverse('grants:versions', args=[draft.pk, section])}?falt={earlier.name}")


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def _crumbs(draft: Application, section: Section) -> list[dict[str, str]]:
    return [
        {"label": _("Our applications"), "url": reverse("grants:applications")},
        {"label": draft.title or draft.call.name, "url": reverse("grants:application", args=[draft.pk])},
        {"label": str(section.label), "url": reverse("grants:section", args=[draft.pk, section])},
        {"label": _("Earlier versions")},
    ]
