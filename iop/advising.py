"""Is IOP right? The parties answer together; the answers end in advice with reasons, never in a lock."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from iop.models import Advice, AdviceText, Agreement, Reply, SuitabilityAnswer, SuitabilityQuestion
from iop.writing import Conflict, begin_to_write

#: Which advice weighs most: a market or an ordered service makes it a purchase whatever else is said
#: (handbook 8.1, 8.2); without a budget over time the city's guidelines say wait.
ORDER = (Advice.PROCUREMENT, Advice.WAIT, Advice.GRANT, Advice.TALK, Advice.IOP)


def save_answer(
    agreement: Agreement, question: SuitabilityQuestion, reply: str, text: str, version: int, by: Any
) -> SuitabilityAnswer:
    """Save the joint answer to a question; `version` 0 for the first. Conflict: somebody saved meanwhile."""
    with transaction.atomic():
        writer = begin_to_write(agreement, by)
        current = SuitabilityAnswer.objects.filter(agreement=writer.agreement, question=question).first()
        if current is not None and (current.reply, current.text) == (reply, text):
            return current
        if (current.version if current else 0) != version:
            raise Conflict(current)
        answer = current or SuitabilityAnswer(agreement=writer.agreement, question=question, version=0)
        answer.reply = reply
        answer.text = text
        answer.version += 1
        answer.answered_by = by
        answer.party = writer.party
        answer.answered_at = timezone.now()
        answer.save()
    return answer


@dataclass(frozen=True)
class Counsel:
    """What the answers speak for so far, with the reasons for it and what speaks otherwise."""

    advice: Advice
    #: What the city calls the advice, and what it says of it.
    title: str
    text: str
    reasons: tuple[str, ...]
    #: What other advice is called, and the reason for it.
    otherwise: tuple[tuple[str, str], ...]
    answered: int
    asked: int

    @property
    def is_whole(self) -> bool:
        return self.answered == self.asked


def counsel(agreement: Agreement) -> Counsel:
    """The advice. What is not answered, or not known yet, speaks for going on talking."""
    questions = list(SuitabilityQuestion.objects.active())
    answers = {row.question_id: row for row in agreement.suitability_answers.all()}
    spoken: list[tuple[Advice, str]] = []
    for question in questions:
        answer = answers.get(question.pk)
        if answer is None or answer.reply == Reply.UNSURE:
            spoken.append((Advice.TALK, question.text))
            continue
        speaks_for = question.yes_speaks_for if answer.reply == Reply.YES else question.no_speaks_for
        spoken.append((Advice(speaks_for), question.why(answer.reply) or question.text))
    heard = Counter(advice for advice, _reason in spoken)
    advice = next((option for option in ORDER if heard[option]), Advice.TALK)
    texts = {row.advice: row for row in AdviceText.objects.all()}

    def title(option: Advice) -> str:
        return texts[option].title if option in texts else str(option.label)

    return Counsel(
        advice,
        title(advice),
        texts[advice].text if advice in texts else "",
        tuple(reason for spoken_for, reason in spoken if spoken_for == advice),
        tuple((title(spoken_for), reason) for spoken_for, reason in spoken if spoken_for != advice),
        sum(question.pk in answers for question in questions),
        len(questions),
    )
