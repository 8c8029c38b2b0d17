"""Is IOP right? The guided test that all parties answer together, question by question."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from iop import advising
from iop.agreement_forms import AnswerForm
from iop.models import Agreement, SuitabilityAnswer, SuitabilityQuestion
from iop.rules import partner
from iop.views.opening import page, partnership
from iop.views.together import at, theirs
from iop.writing import Conflict, Refused
from portal.people import kept_form
from portal.people.rules import requires


@requires(partner)
@partnership
def suitability(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """All questions with the joint answers, who wrote last, and the advice with its reasons."""
    answers = {row.question_id: row for row in _answers(agreement)}
    questions = [(row, answers.get(row.pk)) for row in SuitabilityQuestion.objects.active()]
    context = {"questions": questions, "counsel": advising.counsel(agreement)}
    return page(request, agreement, "suitability", context, here=_("Is IOP right?"))


@requires(partner)
@partnership
def question(request: HttpRequest, agreement: Agreement, question_id: int) -> HttpResponse:
    """One question: what it is about, and the parties' answer."""
    asked = get_object_or_404(SuitabilityQuestion.objects.active(), pk=question_id)
    answer = _answers(agreement).filter(question=asked).first()
    form = AnswerForm(kept_form.data(request), initial=_fields(answer))
    shown, status = [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            cleaned = form.cleaned_data
            text = cleaned["text"].replace("\r\n", "\n").strip()
            try:
                advising.save_answer(
                    agreement, asked, cleaned["reply"], text, cleaned["version"], request.user
                )
            except Conflict as conflict:
                shown, status = theirs(form, _fields(conflict.current)), 409
                form = AnswerForm(at(form.data, version=conflict.current.version))
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Saved."))
                return _next(agreement, asked)
    context = {"question": asked, "answer": answer, "form": form, "theirs": shown}
    return page(request, agreement, "suitability_question", context, here=asked.text, status=status)


def _next(agreement: Agreement, asked: SuitabilityQuestion) -> HttpResponse:
    """To the next question without an answer, or back to them all."""
    answered = agreement.suitability_answers.values("question")
    unanswered = SuitabilityQuestion.objects.active().exclude(pk__in=answered)
    if following := unanswered.filter(position__gt=asked.position).first():
        return redirect("iop:suitability-question", agreement.pk, following.pk)
    return redirect("iop:suitability", agreement.pk)


def _answers(agreement: Agreement) -> Any:
    return agreement.suitability_answers.select_related("answered_by", "party__association", "party__unit")


def _fields(answer: SuitabilityAnswer | None) -> dict[str, object]:
    if answer is None:
        return {"version": 0}
    return {"version": answer.version, "reply": answer.reply, "text": answer.text}
