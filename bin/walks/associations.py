"""The pictures of the guide for associations."""

from collections.abc import Callable, Iterator

from walks.picture import Picture


def pictures() -> Iterator[Picture]:
    """With the demo's own associations and cases."""
    from django.urls import reverse

    from grants.models import Application, Association, Call, CompletionRequest

    def of(name: str) -> Association:
        return Association.objects.get(name=name)

    def seen_by(who: str) -> Callable[..., Picture]:
        return lambda name, route, *args: Picture(name, who, reverse(route, args=args))

    shelter, gamblers, social = of("Kvinnojouren Sundet"), of("Fria Spelare"), of("Social Gemenskap Väst")
    draft = Application.objects.drafts().get(association=gamblers)
    sent = Application.objects.sent().filter(association=social).latest("submitted_at")
    development = Call.objects.filter(closes_at=None).earliest("pk")
    asked = CompletionRequest.objects.open().earliest("pk").application
    own = seen_by("ordforande@fria-spelare.example.org")

    anyone = seen_by("")
    yield anyone("forening-hitta-ratt", "grants:triage")
    yield anyone("forening-omgang", "grants:call", development.pk)
    yield own("forening-uppgifter", "grants:association", gamblers.pk)
    yield seen_by("ordforande@kvinnojouren-sundet.example.org")(
        "forening-anvandare", "grants:people", shelter.pk
    )
    yield own("forening-papper", "grants:papers", gamblers.pk)
    yield own("forening-villkor", "grants:statements", gamblers.pk)
    yield own("forening-konto", "grants:account", gamblers.pk)
    yield own("forening-delar", "grants:application", draft.pk)
    yield own("forening-rader", "grants:section", draft.pk, "activities")
    yield own("forening-budget", "grants:section", draft.pk, "economy")
    yield own("forening-bilagor", "grants:section", draft.pk, "papers")
    yield own("forening-kontrollera", "grants:check", draft.pk)
    theirs = seen_by("ordforande@social-gemenskap-vast.example.org")
    yield theirs("forening-kvittens", "grants:receipt", sent.pk)
    yield theirs("forening-vag", "grants:application", sent.pk)
    yield theirs("forening-meddelanden", "grants:messages", sent.pk)
    asked_address = asked.association.website.removeprefix("https://")
    yield seen_by(f"ordforande@{asked_address}")("forening-komplettering", "grants:complete", asked.pk)
    yield own("forening-paminnelser", "grants:reminders")
