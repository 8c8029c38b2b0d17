"""Officers' pages on which the questions of a call are added, worded, ordered and taken away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.calls import call_row_editing as acts
from grants.calls.call_editing import CannotChange, ChangedMeanwhile, frozen_text
from grants.calls.call_reading import in_form_order
from grants.calls.standard_form import library
from grants.forms.call_questions import ColumnForm, QuestionForm
from grants.forms.call_rows import OptionForm
from grants.models import Call, Question, QuestionKind
from grants.views.call_rows import edit_rows
from grants.views.calls import crumbs, officers_call, started_anew
from portal.people import kept_form, rules
from portal.people.rules import requires

#: Kinds with answers to choose from.
CHOICES = frozenset({QuestionKind.ONE_OF, QuestionKind.SOME_OF})


@requires(rules.case_officer)
def questions(request: HttpRequest, call_id: int) -> HttpResponse:
    """All questions by section; each is moved, taken away or fetched from the library here (POST)."""
    call = officers_call(request, call_id)
    if request.method == "POST":
        return _act(request, call)
    asked = set(call.questions.values_list("key", flat=True))
    return render(
        request,
        "grants/call_questions.html",
        {
            "call": call,
            "sections": in_form_order(call),
            "frozen_text": frozen_text() if call.is_frozen else "",
            "library": []
            if call.is_frozen
            else [Question(**row) for row in library() if row["key"] not in asked],
            "breadcrumbs": crumbs(call, _("Questions")),
        },
    )


def _act(request: HttpRequest, call: Call) -> HttpResponse:
    key, anchor = "", ""
    try:
        for name, step in (("up", -1), ("down", 1)):
            if key := request.POST.get(name, ""):
                acts.move_question(_question(request, call, key), step, request.user)
                anchor = f"#{key}"
        if key := request.POST.get("remove", ""):
            acts.remove_question(_question(request, call, key))
            messages.success(request, _("The question is taken away."))
        if key := request.POST.get("fetch", ""):
            fetched = next((dict(row) for row in library() if row["key"] == key), None)
            if fetched is None:
                raise Http404
            acts.add_question(call.pk, fetched)
            messages.success(request, _("The question is added."))
            anchor = f"#{key}"
    except CannotChange as refused:
        messages.error(request, str(refused))
    return redirect(reverse("grants:call-questions", args=[call.pk]) + anchor)


def _question(request: HttpRequest, call: Call, key: str) -> Question:
    return get_object_or_404(
        Question.objects.visible_to(request.user).select_related("call"), call=call, key=key[:40]
    )


@requires(rules.case_officer)
def new_question(request: HttpRequest, call_id: int) -> HttpResponse:
    """One more question; answers to choose from and columns are written on pages of their own."""
    call = officers_call(request, call_id)
    form = QuestionForm(call, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.add_question(call.pk, form.values())
        except CannotChange as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The question is added."))
            return redirect(_after(made))
    return _question_page(request, call, None, form)


def _after(question: Question) -> str:
    """Where to go from a saved question: on to what it still needs, or back to the list."""
    args = [question.call_id, question.key]
    if question.kind in CHOICES and not question.options:
        return reverse("grants:call-options", args=args)
    if question.kind == QuestionKind.ROWS and not question.columns:
        return reverse("grants:call-columns", args=args)
    return reverse("grants:call-questions", args=args[:1]) + f"#{question.key}"


@requires(rules.case_officer)
def question(request: HttpRequest, call_id: int, key: str) -> HttpResponse:
    """How one question is worded and asked."""
    call = officers_call(request, call_id)
    shown = _question(request, call, key)
    form = QuestionForm(call, kept_form.data(request), instance=shown)
    if request.method == "POST" and form.is_valid():
        try:
            acts.change_question(shown, form.values(), seen=form.cleaned_data["seen"] or 0)
        except CannotChange as refused:
            form.add_error(None, str(refused))
        except ChangedMeanwhile:
            call = officers_call(request, call_id)
            form = started_anew(QuestionForm(call, request.POST, instance=_question(request, call, key)))
        else:
            messages.success(request, _("The question is saved."))
            return redirect(_after(shown))
    return _question_page(request, call, _question(request, call, key), form)


def _question_page(request: HttpRequest, call: Call, shown: Question | None, form: Any) -> HttpResponse:
    title = shown.label_sv if shown else _("New question")
    return render(
        request,
        "grants/call_question.html",
        {
            "call": call,
            "question": shown,
            "form": form,
            "title": title,
            "has_options": shown is not None and shown.kind in CHOICES,
            "has_columns": shown is not None and shown.kind == QuestionKind.ROWS,
            "frozen_text": frozen_text() if call.is_frozen else "",
            "breadcrumbs": _crumbs(call, title),
        },
        status=422 if request.method == "POST" else 200,
    )


def _crumbs(call: Call, *labels: str) -> list[dict[str, str]]:
    way = crumbs(call)
    way.append({"label": _("Questions"), "url": reverse("grants:call-questions", args=[call.pk])})
    return [*way, *({"label": label} for label in labels)]


@requires(rules.case_officer)
def options(request: HttpRequest, call_id: int, key: str, column: str = "") -> HttpResponse:
    """What can be chosen as an answer to a question, or in one column of it."""
    call = officers_call(request, call_id)
    shown = _question(request, call, key)
    holder: dict[str, Any] | None = {"kind": shown.kind, "options": shown.options, "sv": shown.label_sv}
    if column:
        holder = next((one for one in shown.columns if one["key"] == column), None)
    if holder is None or holder["kind"] not in CHOICES:
        raise Http404

    def save(rows: list[dict[str, Any]], seen: int) -> None:
        coded = [{"code": row["key"], "sv": row["sv"], "en": row["en"]} for row in rows]
        acts.change_options(shown, coded, seen=seen, column=column)

    return edit_rows(
        request,
        call,
        OptionForm,
        [
            {"key": option["code"], "sv": option["sv"], "en": option["en"]}
            for option in holder.get("options", [])
        ],
        save,
        title=holder["sv"],
        lead=_("The answers to choose from. A new wording keeps what was chosen under the old one."),
    )


@requires(rules.case_officer)
def columns(request: HttpRequest, call_id: int, key: str) -> HttpResponse:
    """The columns of a question answered with rows."""
    call = officers_call(request, call_id)
    shown = _question(request, call, key)
    if shown.kind != QuestionKind.ROWS:
        raise Http404
    fields = ("key", "sv", "en", "kind", "required")

    def save(rows: list[dict[str, Any]], seen: int) -> None:
        acts.change_columns(shown, rows, seen=seen)

    return edit_rows(
        request,
        call,
        ColumnForm,
        [{"required": True} | {name: one[name] for name in fields if name in one} for one in shown.columns],
        save,
        title=shown.label_sv,
        lead=_("What is asked in each row. Answers to choose from are written on the question's page."),
    )
