"""Special cases beside the round: late on paper, completed or to be, signed by one of two, copied.

They stand in calls of their own kind, so that the round's table keeps its sums.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.utils import timezone

from assessments.assigning import assign
from grants.applying import drafts
from grants.applying.copying import copy_answers
from grants.applying.signing import sign
from grants.models import (
    Application,
    ArrivedBy,
    Association,
    Call,
    Section,
)
from grants.received import completing, completion, dialogue, paper_route
from portal.demo.calls import make_closed_call
from portal.demo.register import Registered
from portal.demo.texts import DATA, Story, story_of
from portal.documents.models import StoredFile
from portal.people.models import User
from portal.registry.models import Authority, declare

#: The form that entered the paper: the same each time, so that it is entered once.
ENTRY_KEY = UUID("5a4d5350-454c-4000-8000-00000000d390")
CLOSED_DAYS_AGO = 14
LATE_BY_DAYS = 2
ANSWER_WITHIN_DAYS = 10


def special_stories(state: str) -> list[Story]:
    """The applications that were made for one case, by how far they have come."""
    return [story_of(facts) for facts in _data()["applications"] if facts["state"] == state]


def closed_call(authority: Authority, first_year: int, today: date) -> Call:
    """The call for one purpose that closed some weeks ago."""
    return make_closed_call(authority, first_year, today - timedelta(days=CLOSED_DAYS_AGO))


def evening_before_close(call: Call) -> datetime:
    """The evening before the last day."""
    assert call.last_day is not None
    return _at(call.last_day - timedelta(days=1), 20)


def come_late_on_paper(call: Call, officer: User, scan: StoredFile) -> Application:
    """An association without anybody here sends by post; the letter comes after the last day."""
    facts = _data()["late"]
    assert call.last_day is not None
    about = ("name", "email", "street", "postcode", "city", "about")
    association = Association(
        organisation_number=facts["organisation_number"].replace("-", ""),
        **{name: facts[name] for name in about},
    )
    return paper_route.enter(
        paper_route.OnPaper(
            key=ENTRY_KEY,
            call=call,
            association=association,
            title=facts["title"],
            amounts={call.first_year: facts["amount"]},
            child_share=facts["child_share"],
            arrived_on=call.last_day + timedelta(days=LATE_BY_DAYS),
            arrived_by=ArrivedBy.POST,
            scan=scan,
            filename="ansokan-pa-papper.pdf",
        ),
        officer,
    )


def complete(sent: Application, story: Story, registered: Registered, officer: User) -> None:
    """Ask for one answer, and let the association write it better: before and after stay side by side."""
    told = story.facts["completion"]
    question = sent.call.questions.get(key=told["key"])
    code, section = f"answer_{question.key}", Section(question.section)
    declare(sent.received_case, officer, has_conflict=False)
    assign([sent.pk], officer, officer)
    asking = completion.Asking(
        items=[completion.Wanted(code, question.label_sv, told["wanted"])],
        introduction="Tack för er ansökan. En sak är för kort för att vi ska kunna bedöma den.",
        last_day=timezone.localdate() + timedelta(days=ANSWER_WITHIN_DAYS),
        consequence="Utan svar prövar vi ansökan som den är.",
    )
    request = completion.ask(sent.pk, asking, officer)
    seen = drafts.fingerprint(drafts.section_values(Application.objects.get(pk=sent.pk), section))
    completing.save(request.pk, {section: {code: told["answer"]}}, registered.chair, seen={section: seen})
    completing.hand_in(request.pk, registered.chair)


def write_back(sent: Application, registered: Registered) -> None:
    """The association's last word on a case, which its officer has not read yet."""
    dialogue.mark_read(sent, registered.chair)
    dialogue.send(dialogue.write(sent, registered.chair, _data()["message"]).pk, registered.chair)


def sign_once(draft: Application, registered: Registered) -> None:
    """The chair has signed, and the treasurer has not yet."""
    sign(draft.pk, registered.chair)


def copy_from_the_round(call: Call, registered: Registered) -> Application:
    """A draft begun with what was sent in the round: every copied answer waits to be read."""
    association, writer = registered.association, registered.chair
    draft = drafts.start(call, association, writer)
    source = association.applications.sent().earliest("submitted_at")
    Application.objects.filter(pk=draft.pk).update(title="Ungdomskväll i tre byar")
    copy_answers(draft.pk, source, writer)
    return draft


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


@cache
def _data() -> Mapping[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / "special.json").read_text(encoding="utf-8"))
    return loaded
