"""The pictures of the guides to partnerships, for associations and for units."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from walks.picture import Picture

if TYPE_CHECKING:
    from iop.models import Agreement, Party
    from portal.people.models import User


def pictures() -> Iterator[Picture]:
    from django.urls import reverse

    from grants.models import Association
    from iop.models import Agreement, Cooperation, Idea, Need
    from iop.states import State
    from portal.demo.people import CHAIR

    unit = "verksamhet@samspel.example.org"

    def page(name: str, who: str, route: str, *args: object) -> Picture:
        return Picture(f"partnerskap-{name}", who, reverse(f"iop:{route}", args=args))

    def chair_of(association: Association) -> str:
        return f"{CHAIR.account}@{association.website.removeprefix('https://')}"

    def chair_among(agreement: Agreement) -> str:
        return chair_of(Association.objects.get(pk__in=agreement.parties.values("association")))

    idea = Idea.objects.get(outcome=Idea.Outcome.IOP)
    need = Need.objects.filter(closed_at=None, answers__isnull=False).earliest("pk")
    written = Agreement.objects.filter(state=State.WRITING, contributions__isnull=False).earliest("pk")
    running = Agreement.objects.get(state=State.RUNNING)
    leader, partner = chair_among(written), chair_among(running)
    purpose = written.clauses.get(key="syfte")
    log = Cooperation.objects.get(association__name="Klubbhuset Hamnen")
    yield page("hem", partner, "home")
    yield page("ide", chair_of(idea.association), "idea", idea.pk)
    yield page("behov", unit, "need", need.pk)
    yield page("logg", chair_of(log.association), "cooperation", log.pk)
    yield page("ar-iop-ratt", leader, "suitability", written.pk)
    yield page("overenskommelse", leader, "agreement", written.pk)
    yield page("punkt", unit, "clause", written.pk, purpose.number)
    yield page("bidrar", leader, "contributions", written.pk)
    yield page("till-namnden", leader, "to-committee", written.pk)
    yield page("pagar", partner, "running", running.pk)
    yield page("avstamning", partner, "check-in", running.pk, running.check_ins.earliest("planned_on").pk)


def pictures_of_changing_together() -> Iterator[Picture]:
    """A signed agreement, an addendum that one party has signed, and a follow-up begun, written first."""
    from django.urls import reverse

    from iop.models import Agreement
    from iop.models.running import FollowUp
    from iop.states import State
    from portal.people.models import User

    running = Agreement.objects.get(state=State.RUNNING)
    association = running.parties.get(unit=None)
    contact = User.objects.get(email="verksamhet@samspel.example.org")
    chair = association.process_leader
    assert chair is not None
    if not running.addenda.exists():
        _write_together(running, association, chair, contact)
    addendum = running.addenda.get()
    evaluation = running.follow_ups.get(kind=FollowUp.Kind.EVALUATION)

    def page(name: str, route: str, *args: object) -> Picture:
        return Picture(f"partnerskap-{name}", chair.email, reverse(f"iop:{route}", args=[running.pk, *args]))

    yield page("underskrift", "sign")
    yield page("tillagg", "addendum", addendum.number)
    yield page("uppfoljning", "follow-up", evaluation.pk)


def _write_together(running: "Agreement", association: "Party", chair: "User", contact: "User") -> None:
    """An addendum that the unit has signed and the association not, and the beginning of a follow-up."""
    from datetime import timedelta

    from iop import addenda, addendum_signing, follow_up
    from iop.models.running import FollowUp

    written = addenda.Written(
        "Två veckor till",
        "De unga vill hålla öppet tills skolan har börjat.",
        running.last_day + timedelta(14),
    )
    addendum = addenda.begin(running, written, chair)
    clause = running.clauses.get(key="verksamhet")
    text = f"{clause.text}\n\nDe två sista veckorna håller de unga ledarna i kvällarna själva."
    addendum = addenda.change_clause(addendum, clause, text, addendum.version)
    frozen = addendum_signing.ready(addendum, addendum.version, contact)
    addendum_signing.sign(addendum, frozen.content_sha256, contact)
    evaluation = running.follow_ups.get(kind=FollowUp.Kind.EVALUATION)
    follow_up.write_view(
        evaluation, association, "Unga ledare öppnade själva, och fler vågade komma in.",
        "Det var svårt att nå dem som är över arton.", 0, chair,
    )  # fmt: skip
    texts = dict.fromkeys(follow_up.texts_of(evaluation.kind), "")
    texts["effect"] = "De yngre går hem tidigare. Flera unga ledare vill fortsätta i vår."
    follow_up.save(evaluation, follow_up.Written(texts, ""), evaluation.version)
