"""The pictures of the guide for case officers."""

from collections.abc import Callable, Iterator

from walks.picture import Picture


def pictures() -> Iterator[Picture]:
    """With the demo's own associations and cases."""
    from django.urls import reverse

    from grants.models import Application, Association, Call, CompletionRequest, PaymentAccount

    def of(name: str) -> Association:
        return Association.objects.get(name=name)

    def seen_by(who: str) -> Callable[..., Picture]:
        return lambda name, route, *args: Picture(name, who, reverse(route, args=args))

    shelter, social = of("Kvinnojouren Sundet"), of("Social Gemenskap Väst")
    sent = Application.objects.sent().filter(association=social).latest("submitted_at")
    development = Call.objects.filter(closes_at=None).earliest("pk")
    planned = Call.objects.filter(closes_at__isnull=False).latest("opens_at")

    officer = seen_by("handlaggare@samspel.example.org")
    case = Application.objects.sent().get(association=of("Ung i Rörelse"))
    account = PaymentAccount.objects.filter(state="entered").earliest("pk")
    yield officer("handlaggare-ko", "assessments:queue")
    yield officer("handlaggare-arende", "assessments:application", case.pk)
    yield officer("handlaggare-formalia", "assessments:checks", case.pk)
    yield officer("handlaggare-titel", "assessments:registry-entry", case.pk)
    asker = seen_by(CompletionRequest.objects.open().earliest("pk").asked_by.email)
    yield asker("handlaggare-komplettering", "grants:ask", sent.pk)
    yield asker("handlaggare-meddelanden", "grants:officer-messages", sent.pk)
    yield officer("handlaggare-pappersansokan", "assessments:paper-entry", development.pk)
    yield officer("handlaggare-register", "grants:register")
    yield officer("handlaggare-forening", "grants:known-association", shelter.pk)
    yield officer("handlaggare-konto", "grants:check-account", account.association_id, account.pk)
    yield officer("handlaggare-omgangar", "grants:calls")
    yield officer("handlaggare-omgang", "grants:call-edit", planned.pk)
    yield officer("handlaggare-fragor", "grants:call-questions", planned.pk)
