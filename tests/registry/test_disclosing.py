"""Requests for documents: tried one by one, told in writing, and copied with what is secret truly gone."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from portal.documents.models import Document
from portal.documents.work import Source, order, render
from portal.registry import copying, disclosing, entering, masking
from portal.registry.contents import Part, document_text, lines
from portal.registry.models import DisclosureRequest, Event, MaskedCopy, Record, RecordFile
from tests.documents.reading import page_texts
from tests.documents.validation import assert_archival_and_accessible
from tests.registry.building import Kept, finish, signed_in

pytestmark = pytest.mark.django_db


def pdf(document: Document | None) -> bytes:
    assert document is not None
    render(document.pk)
    document.refresh_from_db()
    assert document.state == "ready", document.technical_error
    return document.pdf()


# --- Requests ---------------------------------------------------------------------------------


def test_anyone_asks_without_saying_who_they_are(kept: Kept) -> None:
    url = reverse("registry:ask") + f"?arende={kept.case.pk}"
    answer = Client().post(url, {"asked_for": "Ansökan", "contact": ""})
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("registry:register"))
    asked = DisclosureRequest.objects.get()
    assert (asked.case, asked.contact, asked.entered_by) == (kept.case, "", None)
    assert list(DisclosureRequest.objects.visible_to(kept.officer)) == []
    assert list(DisclosureRequest.objects.visible_to(kept.registrar)) == [asked]


def test_each_request_is_tried_anew_whatever_mark_there_is(kept: Kept) -> None:
    record = kept.record("ansokan")
    entering.mark(kept.case, kept.registrar, paragraph="21 kap. 3 § OSL", reason="Adress", record=record)
    first, second = (disclosing.receive(asked_for="Ansökan", case=kept.case) for _ in range(2))
    disclosing.decide(first.pk, record, kept.registrar, outcome="given")
    refused = disclosing.decide(
        second.pk,
        record,
        kept.registrar,
        outcome="refused",
        paragraph="21 kap. 3 § OSL",
        reason="Skyddad adress",
    )
    assert (refused.decided_by, first.decisions.get().outcome) == (kept.registrar, "given")
    with pytest.raises(disclosing.CannotDisclose, match=r"already|redan"):
        disclosing.decide(first.pk, record, kept.registrar, outcome="given")
    tried = Event.objects.filter(case=kept.case, kind=Event.Kind.DISCLOSURE_TRIED)
    assert [event.actor for event in tried] == [kept.registrar, kept.registrar]


def test_a_refusal_says_by_what_law_and_why(kept: Kept) -> None:
    asked = disclosing.receive(asked_for="Ansökan", case=kept.case)
    with pytest.raises(disclosing.CannotDisclose):
        disclosing.decide(asked.pk, kept.record("ansokan"), kept.registrar, outcome="refused")
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.decisions.create(record=kept.record("ansokan"), outcome="refused", decided_by=kept.registrar)
    client = signed_in(kept.registrar)
    written = {"record": kept.record("ansokan").pk, "outcome": "masked"}
    page = client.post(reverse("registry:request", args=[asked.pk]), written)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"paragraph", "reason"}


def test_the_written_decision_says_how_to_appeal(kept: Kept) -> None:
    asked = disclosing.receive(asked_for="Ansökan från jouren", case=kept.case)
    disclosing.decide(
        asked.pk,
        kept.record("ansokan"),
        kept.registrar,
        outcome="refused",
        paragraph="21 kap. 3 § OSL",
        reason="Adressen är skyddad",
    )
    disclosing.decide(asked.pk, kept.record("kvittens"), kept.registrar, outcome="given")
    answered = disclosing.answer(asked.pk, kept.registrar)
    again = disclosing.answer(asked.pk, kept.registrar)
    assert answered.decision_id == again.decision_id
    registered = Record.objects.get(case=kept.case, kind=Record.Kind.DISCLOSURE_DECISION)
    assert registered.document == answered.decision
    made = pdf(answered.decision)
    assert_archival_and_accessible(made)
    text = " ".join(page_texts(made))
    assert "Handlingen lämnas inte ut. Skäl: Adressen är skyddad" in text
    assert "sekretess enligt 21 kap. 3 § OSL" in text
    assert f"Prövat av {kept.registrar}" in text
    assert "överklagas till kammarrätten enligt 6 kap. 7 §" in text
    assert "inom tre veckor från den dag då ni fick del av beslutet" in text
    assert "Kvittens," not in text


def test_what_is_all_given_needs_no_written_decision(kept: Kept) -> None:
    asked = disclosing.receive(asked_for="Kvittens", case=kept.case)
    disclosing.decide(asked.pk, kept.record("kvittens"), kept.registrar, outcome="given")
    assert disclosing.answer(asked.pk, kept.registrar).decision is None
    with pytest.raises(disclosing.CannotDisclose):
        disclosing.decide(asked.pk, kept.record("ansokan"), kept.registrar, outcome="given")


# --- Masking ----------------------------------------------------------------------------------


def test_what_may_be_protected_is_proposed(kept: Kept) -> None:
    found = {(one.part, one.text) for one in masking.propose([kept.record("ansokan")])}
    assert found >= {
        (Part.ADDRESS, "Dolda gränd 7"),
        (Part.ADDRESS, "252 20"),
        (Part.PHONE, "070-123 45 67"),
        (Part.EMAIL, "jouren@sundet.example.org"),
        (Part.NAME, "Kassör Kassörsson"),
    }
    assert (Part.NAME, "Kvinnojouren Sundet") not in found


@pytest.mark.parametrize(
    ("word", "text", "masked"),
    [
        ("Anna", "Annas hund, ANNA och Johanna", "[maskerat] hund, [maskerat] och Johanna"),
        ("Dolda gränd 7", "på Dolda\u00a0gränd 7.", "på [maskerat]."),
        ("Dolda gränd 7", "på Dolda\ngränd  7.", "på [maskerat]."),
        ("070-123 45 67", "ring 0701234567 eller 070 12 345 67", "ring [maskerat] eller [maskerat]"),
        ("123-4567", "bg 1234567, inte 81234567", "bg [maskerat], inte 81234567"),
        ("a.b@c.se", "skriv a.b@c.se!", "skriv [maskerat]!"),
        ("(hon)", "Hon (hon) är", "Hon [maskerat] är"),
        ("bostad", "bo\u00adstad", "[maskerat]"),
    ],
)
def test_a_word_is_found_however_it_is_written(word: str, text: str, masked: str) -> None:
    assert masking.Mask([word]).apply(text)[0] == masked


def test_what_is_masked_is_gone_from_the_copy(kept: Kept) -> None:
    case, application = kept.case, kept.record("ansokan")
    letter = order(
        Source(
            "beslutsbrev",
            "Brev",
            "<html lang='sv'><body><main><h1>Brev till Kassör <b>Kassörsson</b></h1>"
            "<p>Ni bor på Dolda<br>gränd 7.</p>"
            '<table><tr><th scope="row">Ring</th><td>0701234567</td></tr></table>'
            "<p>Beslutet gäller <em>Barnens rum</em> i källaren.</p></main></body></html>",
        )
    )
    case.register(Record.Kind.DECISION_LETTER, "Brev", document=letter)
    records = list(Record.objects.filter(case=case).select_related("document").prefetch_related("files"))
    proposals = masking.propose(records)
    copy = copying.make(
        case,
        records,
        kept.registrar,
        proposals=proposals,
        by_hand=["Barnens rum", "möter människor varje vecka"],
    )
    made = pdf(copy.document)
    assert_archival_and_accessible(made)
    text = " ".join(page_texts(made))
    secrets = ("Dolda", "gränd", "0701234567", "070-123", "jouren@", "Kassörsson", "252 20", "Barnens rum")
    assert [secret for secret in secrets if secret in text] == []
    assert "människor varje" not in text
    assert b"Dolda" not in made
    assert "Kvinnojouren Sundet" in text
    assert "Beslutet gäller [maskerat] i källaren." in text
    assert "Ni bor på [maskerat]." in text
    row = next(row for row in copy.log if row["record"] == application.pk)
    assert set(row["kinds"]) == {"name", "address", "phone", "email"}
    assert "Dolda" not in str(copy.log)
    assert Event.objects.filter(case=case, kind=Event.Kind.COPIED, actor=kept.registrar).count() == 1
    assert str(kept.registrar) in text


def test_what_is_not_chosen_stays(kept: Kept) -> None:
    copy = copying.make(kept.case, [kept.record("ansokan")], kept.registrar)
    assert copy.document is not None
    assert "Dolda gränd 7" in document_text(copy.document.html)


def test_files_of_others_are_left_out_unless_chosen_whole(kept: Kept) -> None:
    record = kept.record("ansokan")
    file = RecordFile.objects.get(record=record)
    left_out = copying.make(kept.case, [record], kept.registrar)
    whole = copying.make(kept.case, [record], kept.registrar, whole_files=[file])
    assert left_out.log[0]["files"] == [["stadgar.pdf", "lämnas inte ut"]]
    assert whole.log[0]["files"] == [["stadgar.pdf", "lämnas ut i sin helhet"]]
    assert (left_out.files.count(), list(whole.files.all())) == (0, [file])
    assert whole.document is not None
    assert "stadgar.pdf: lämnas ut i sin helhet" in document_text(whole.document.html)


def test_the_registrar_makes_a_copy_on_the_page(kept: Kept) -> None:
    client, record = signed_in(kept.registrar), kept.record("ansokan")
    url = reverse("registry:copy", args=[kept.case.pk])
    page = client.get(url, {"record": record.pk})
    street = next(one for one in page.context["proposals"] if one.text == "Dolda gränd 7")
    other = kept.record("kvittens")
    written = {
        "record": [record.pk, 10**6],
        "mask": [street.code, "no"],
        "words": "vecka\n\n",
        "file": [10**6],
    }
    answer = client.post(url, written)
    copy = MaskedCopy.objects.get()
    assert answer.headers["Location"] == reverse("registry:masked-copy", args=[copy.pk])
    assert copy.document is not None
    text = document_text(copy.document.html)
    assert ("Dolda gränd 7" in text, "vecka" in text, "070-123 45 67" in text) == (False, False, True)
    assert [row["record"] for row in copy.log] == [record.pk]
    assert client.get(reverse("registry:masked-copy", args=[copy.pk])).status_code == 200
    assert client.get(reverse("registry:copy-file", args=[copy.pk])).status_code == 404
    finish(copy.document)
    streamed = client.get(reverse("registry:copy-file", args=[copy.pk]))
    assert streamed.headers["Content-Type"] == "application/pdf"
    assert client.post(url, {"record": []}).status_code == 422
    assert other.pk not in {row["record"] for row in copy.log}


def test_a_record_is_read_with_labels_in_words(kept: Kept) -> None:
    read = {line.key: (line.label, line.text) for line in lines(kept.record("ansokan"))}
    assert [key for key in read if key.endswith((".sha256", ".id"))] == []
    assert str(timezone.localdate().year) in read["submitted_at"][1]
    assert "T" not in read["submitted_at"][1]
    assert next(iter(read)).startswith("association.")
    assert read["budget.Gåvor och insamling.2027"] == ("Budget, Gåvor och insamling, 2027", "20000")
    assert read["association.street"] == ("Förening, Postadress", "Dolda gränd 7")
    assert any(
        label.startswith("Svar, ") for key, (label, _text) in read.items() if key.startswith("answers.")
    )


def test_how_somebody_signed_in_is_read_in_words(kept: Kept) -> None:
    signatures = [
        {"name": "Kim Ek", "sign_in_method": method} for method in ("eid", "directory", "", "annat")
    ]
    record = kept.case.register(Record.Kind.AGREEMENT, "Överenskommelse", content={"signatures": signatures})
    with translation.override("en"):
        read = {line.key: line.text for line in lines(record) if line.label.endswith("Inloggning")}
    assert list(read.values()) == ["E-legitimation", "Kommunens katalog", "annat"]
