"""What passes between association and officers, on the start page: what waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from grants.models import Application, CompletionRequest, Lateness, Message
from grants.states import State
from portal.people import rules
from portal.people.front_page import Part, Waiting

#: How many of each an association reads on the start page.
ROWS = 5


def with_unread(user: Any) -> QuerySet[Any, Any]:
    """Applications with messages that nobody on the person's side has opened: `unread`, and `newest`."""
    unread = Message.objects.visible_to(user).unread_by(user)
    return (
        Application.objects.visible_to(user)
        .filter(messages__in=unread)
        .annotate(unread=Count("messages"), newest=Max("messages__sent_at"))
    )


def parts(user: Any) -> Iterable[Part]:
    """What an association has to answer and read; nothing when nothing waits. Two queries."""
    if not rules.applicant(user):
        return
    requests = (
        CompletionRequest.objects.visible_to(user)
        .open()
        .select_related("application__association", "application__case")
        .order_by("last_day", "pk")
    )
    messages = with_unread(user).select_related("association", "case").order_by("-newest", "-pk")
    if user.acting_for:
        requests = requests.filter(application__association=user.acting_for)
        messages = messages.filter(association=user.acting_for)
    context = {"requests": list(requests[:ROWS]), "messages": list(messages[:ROWS])}
    if any(context.values()):
        yield Part("grants/front_page_dialogue.html", context)


def waiting(user: Any) -> Iterable[Waiting]:
    """What officers have to read and decide."""
    if not rules.case_officer(user):
        return
    url = reverse("grants:news")
    if unread := with_unread(user).count():
        yield Waiting(unread, ngettext("case has new messages", "cases have new messages", unread), url)
    if late := awaiting_ruling(user).count():
        text = ngettext(
            "late application waits for a decision", "late applications wait for a decision", late
        )
        yield Waiting(late, text, url)


def awaiting_ruling(user: Any) -> QuerySet[Application, Any]:
    """Late applications that nobody has admitted or dismissed yet."""
    return Application.objects.visible_to(user).filter(lateness=Lateness.WAITING, state=State.SUBMITTED)
