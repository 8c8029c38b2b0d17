"""What passes between an association and its officer in the demo: messages, and a request for completion."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from grants.models import Application
from grants.received import completion, dialogue
from grants.received.completion import Asking, Wanted
from portal.registry.models import declare

DAYS_TO_REPLY = 12


def begin_dialogue(application: Application, writer: Any, officer: Any) -> None:
    """The association writes, the officer answers, and asks for more about two things."""
    declare(application.received_case, officer, has_conflict=False)
    _say(application, writer, "Hej! Vi undrar när ni börjar läsa ansökan, och om vi kan ringa er.")
    dialogue.mark_read(application, officer)
    _say(
        application,
        officer,
        "Hej! Jag läser ansökan den här veckan. Ring gärna växeln och fråga efter handläggare för "
        "föreningsbidrag. Jag skickar också en begäran om komplettering.",
    )
    asking = Asking(
        items=[
            Wanted("budget", "Budget", "Skriv vad lönekostnaden består av och hur många timmar den gäller."),
            Wanted(
                "paper_stadgar",
                "Stadgar",
                "Stadgarna saknar årsmötets beslut. Lägg till dem som antogs senast.",
            ),
        ],
        introduction="Tack för er ansökan. Vi behöver veta lite mer innan vi kan bedöma den.",
        last_day=timezone.localdate() + timedelta(days=DAYS_TO_REPLY),
        consequence="Annars bedömer vi ansökan som den är.",
    )
    completion.ask(application.pk, asking, officer)


def _say(application: Application, by: Any, text: str) -> None:
    dialogue.send(dialogue.write(application, by, text).pk, by)
