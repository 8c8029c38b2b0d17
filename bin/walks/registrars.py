"""The pictures of the guide for registrars."""

from collections.abc import Iterator

from walks.picture import Picture

#: What somebody asks to read, in the picture of a request.
ASKED_FOR = "Ansökan och beslut i föreningens ärende. Skicka dem med e-post."


def pictures() -> Iterator[Picture]:
    """A case that is marked, and asked for by somebody who does not say who they are: done first."""
    from django.urls import reverse

    from grants.models import Application
    from iop.models import Idea
    from portal.people.models import User
    from portal.registry import disclosing, entering
    from portal.registry.models import DisclosureRequest, Record

    registrar = User.objects.get(email="registrator@samspel.example.org")
    application = Application.objects.sent().filter(association__name="Kvinnojouren Sundet").earliest("pk")
    case = application.received_case
    answered = Idea.objects.filter(ended_at__isnull=False, case__closed_at=None).earliest("pk").case
    records = Record.objects.filter(case=case, kind=Record.Kind.APPLICATION).values_list("pk", flat=True)
    if not case.secrecy_marks.filter(lifted_at=None).exists():
        entering.mark(case, registrar, paragraph="21 kap. 3 § OSL", reason="Skyddad adress")
    asked = DisclosureRequest.objects.waiting().filter(case=case).first()
    asked = asked or disclosing.receive(asked_for=ASKED_FOR, case=case)

    def page(name: str, route: str, *args: object, query: str = "", who: str = registrar.email) -> Picture:
        return Picture(f"registrator-{name}", who, reverse(f"registry:{route}", args=args) + query)

    yield page("diariet", "register", who="")
    yield page("bordet", "desk")
    yield page("arende", "case", case.pk)
    yield page("begaran", "request", asked.pk)
    yield page("maskering", "copy", case.pk, query="?" + "&".join(f"record={key}" for key in records))
    yield page("avsluta", "close", answered.pk)
    yield page("gallring", "retention")
    yield page("regler", "rules")
