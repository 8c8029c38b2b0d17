"""Co-operation: both sides write in one log, nothing is changed afterwards, and its levels are a picture."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from grants.models import Association
from iop import cooperating, cooperation_lists
from iop.cooperation_picture import in_words, picture
from iop.models import Cooperation, CooperationEntry, Level
from portal.people.models import Role, User
from tests.factories import AssociationFactory, person_of, staff
from tests.iop.building import level, unit_with_contact

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"


def pair() -> tuple[Cooperation, User, User]:
    """A co-operation, a person of its association, and its unit's contact."""
    association = AssociationFactory.create()
    unit, contact = unit_with_contact(f"Enhet {Cooperation.objects.count()}")
    return cooperating.between(association, unit), person_of(association), contact


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def entry(**changes: object) -> dict[str, object]:
    if "level" not in changes:
        changes["level"] = level().pk
    return {"on": "2026-03-01", "kind": "mote", "role": "", "text": "Vi sågs."} | changes


def test_both_sides_write_and_read_the_same_log() -> None:
    together, person, contact = pair()
    url = reverse("iop:cooperation", args=[together.pk])
    assert client_of(person).post(url, entry(text="Från föreningen")).status_code == 302
    assert client_of(contact).post(url, entry(text="Från enheten", role="utforare")).status_code == 302
    for reader in (person, contact, staff(Role.CASE_OFFICER), staff(Role.SECRETARY)):
        page = client_of(reader).get(url).content.decode()
        assert "Från föreningen" in page
        assert "Från enheten" in page


def test_a_secretary_reads_and_does_not_write() -> None:
    together, _person, _contact = pair()
    answer = client_of(staff(Role.SECRETARY)).post(reverse("iop:cooperation", args=[together.pk]), entry())
    assert answer.context["form"] is None
    assert not CooperationEntry.objects.exists()


def test_others_see_nothing_of_it() -> None:
    together, *_people = pair()
    _other, stranger, foreign_contact = pair()
    for person in (stranger, foreign_contact):
        assert client_of(person).get(reverse("iop:cooperation", args=[together.pk])).status_code == 404
        assert together not in Cooperation.objects.visible_to(person)
        page = client_of(person).get(reverse("iop:cooperations")).content.decode()
        assert together.association.name not in page


def test_an_entry_is_written_once() -> None:
    together, person, _contact = pair()
    client_of(person).post(reverse("iop:cooperation", args=[together.pk]), entry())
    written = CooperationEntry.objects.get()
    written.text = "Annat"
    with pytest.raises(TypeError):
        written.save()
    with pytest.raises(TypeError):
        CooperationEntry.objects.all().delete()


@pytest.mark.parametrize(
    "wrong",
    [{"on": str(timezone.localdate() + timedelta(days=2))}, {"level": 9999}, {"text": ""}, {"kind": ""}],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(wrong: dict[str, object]) -> None:
    together, person, _contact = pair()
    answer = client_of(person).post(
        reverse("iop:cooperation", args=[together.pk]), entry(role="utforare") | wrong
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(wrong)
    assert not CooperationEntry.objects.exists()


def test_a_log_is_begun_once_whoever_begins_it() -> None:
    together, person, contact = pair()
    data = {"association": together.association_id, "unit": together.unit_id}
    for who in (person, contact, staff(Role.CASE_OFFICER)):
        answer = client_of(who).post(reverse("iop:new-cooperation"), data)
        assert answer.headers["Location"] == reverse("iop:cooperation", args=[together.pk])
    assert Cooperation.objects.count() == 1


def test_a_contact_begins_with_those_known_to_the_unit_or_to_everyone() -> None:
    _together, _person, contact = pair()
    known = {row.association_id for row in Cooperation.objects.visible_to(contact)}
    hidden = AssociationFactory.create()
    public = AssociationFactory.create(open_in_register=True)
    found = set(cooperation_lists.associations_of(contact).values_list("pk", flat=True))
    assert found == known | {public.pk}
    assert hidden.pk not in found


def test_nobody_begins_a_log_for_anothers_association() -> None:
    _together, person, _contact = pair()
    other = AssociationFactory.create()
    unit = unit_with_contact("Enhet X")[0]
    data = {"association": other.pk, "unit": unit.pk}
    assert client_of(person).post(reverse("iop:new-cooperation"), data).status_code == 422


# --- Picture -----------------------------------------------------------------------------------


def entries(*rows: tuple[date, str, str]) -> list[CooperationEntry]:
    return [
        CooperationEntry(on=on, level=level(code), role=role, kind="mote", text="") for on, code, role in rows
    ]


STORY = [
    (date(2024, 2, 1), "information", ""),
    (date(2025, 6, 1), "dialog", "rostbarare"),
    (date(2026, 3, 1), "samhandling", "innovator"),
]


def test_the_picture_has_a_title_words_and_a_shape_for_each_role() -> None:
    with translation.override("en"):
        drawn = picture(entries(*STORY), list(Level.objects.all()), "Fyren – IFO", "prov")
    svg = ElementTree.fromstring(drawn)  # noqa: S314  # our own drawing
    named = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
    assert [named[ident] for ident in (svg.get("aria-labelledby") or "").split()] == [
        "Levels of co-operation over time: Fyren – IFO",
        "3 entries, from information on 1 February 2024 to joint action on 1 March 2026. "
        "The highest level is joint action.",
    ]
    texts = [text.text for text in svg.iter(f"{SVG}text")]
    assert texts[:4] == ["No role named", "Voice", "Performer", "Innovator"]
    assert texts[4:9] == ["Information", "Consultation", "Dialogue", "Joint action", "Partnership"]
    assert texts[9:] == ["2024", "2025", "2026"]
    marks = [path.get("d") for path in svg.iter(f"{SVG}path") if path.get("transform")]
    assert len(marks) == 4 + len(STORY)
    assert len(set(marks[-3:])) == 2  # ring and disc differ by their ground


def test_one_entry_is_a_picture_too() -> None:
    assert "<svg" in picture(entries(STORY[0]), list(Level.objects.all()), "x", "y")


def test_words_say_where_it_began_and_stands() -> None:
    with translation.override("en"):
        assert in_words(entries(*reversed(STORY))).startswith("3 entries, from information")


def test_the_overview_of_each_side_shows_what_its_reader_sees() -> None:
    together, person, contact = pair()
    other_unit, _other_contact = unit_with_contact("En annan enhet")
    second = cooperating.between(together.association, other_unit)
    for one in (together, second):
        CooperationEntry.objects.create(
            cooperation=one, on=date(2026, 1, 1), kind="mote", level=level(), text="x", written_by=person
        )
    of_association = reverse("iop:cooperation-of-association", args=[together.association_id])
    assert len(client_of(person).get(of_association).context["rows"]) == 2
    assert len(client_of(contact).get(of_association).context["rows"]) == 1
    of_unit = reverse("iop:cooperation-of-unit", args=[other_unit.pk])
    assert len(client_of(person).get(of_unit).context["rows"]) == 1
    assert client_of(contact).get(of_unit).context["rows"] == []
    stranger = person_of(AssociationFactory.create())
    assert client_of(stranger).get(of_association).status_code == 404
    assert Association.objects.visible_to(stranger).count() == 1


# --- Levels are rows ---------------------------------------------------------------------------


def test_a_level_out_of_use_cannot_be_chosen_and_stays_in_the_picture_of_what_was_written() -> None:
    together, person, _contact = pair()
    url = reverse("iop:cooperation", args=[together.pk])
    assert client_of(person).post(url, entry(level=level("konsultation").pk)).status_code == 302
    Level.objects.exclude(code="dialog").update(is_active=False)
    assert client_of(person).post(url, entry(level=level("konsultation").pk)).status_code == 422
    page = client_of(person).get(url)
    assert [row.code for row in page.context["form"].fields["level"].queryset] == ["dialog"]
    svg = ElementTree.fromstring(page.context["picture"])  # noqa: S314  # our own drawing
    assert [text.text for text in svg.iter(f"{SVG}text")][4:6] == ["Konsultation", "Dialog"]


def test_another_citys_levels_in_another_order_are_what_log_and_picture_show() -> None:
    together, person, _contact = pair()
    begun, shared = (
        Level.objects.create(
            code=code,
            name_sv=name,
            name_en=name,
            description_sv="Så här.",
            counts_as="deltagande",
            position=n,
        )
        for n, (code, name) in enumerate([("borjan", "En början"), ("delat", "Delat ansvar")])
    )
    Level.objects.filter(pk=begun.pk).update(position=5)
    url = reverse("iop:cooperation", args=[together.pk])
    for row in (begun, shared):
        assert client_of(person).post(url, entry(level=row.pk)).status_code == 302
    page = client_of(person).get(url)
    shown = page.context["form"]["level"]
    assert [str(label) for _value, label in shown.field.choices] == [
        "Delat ansvar: Så här.",
        "En början: Så här.",
    ]
    svg = ElementTree.fromstring(page.context["picture"])  # noqa: S314  # our own drawing
    assert [text.text for text in svg.iter(f"{SVG}text")][4:6] == ["Delat ansvar", "En början"]
