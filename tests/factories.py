"""Factories without surprises: each makes one row and what it cannot be without."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone
from stdnum import luhn

from assessments.guidelines import install_wording
from assessments.models import ReadingRule
from grants.applying.completeness import budget_years
from grants.associations.conditions import install_conditions, statement_for
from grants.associations.shipped_papers import STANDARD_LIST, ask_for_papers, install_paper_types
from grants.calls.standard_form import add_standard_form
from grants.models import (
    Answer,
    Application,
    Association,
    Attachment,
    BudgetLine,
    Call,
    Column,
    Frame,
    GrantType,
    Membership,
    Paper,
    PaperType,
    Question,
    QuestionKind,
    StatementConfirmation,
    Terms,
)
from portal.committee.models import Committee, Meeting
from portal.documents.models import StoredFile
from portal.people.models import RoleAssignment, User
from portal.registry.models import Authority

PASSWORD = "ett-langt-losenord-for-prov"
#: The smallest PDF that libmagic and pikepdf both accept.
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    display_name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return User.objects.create_user(password=PASSWORD, **kwargs)


def staff(role: str, **fields: Any) -> User:
    """A person with one staff role."""
    user = UserFactory.create(**fields)
    RoleAssignment.objects.create(user=user, role=role)
    return user


class AuthorityFactory(factory.django.DjangoModelFactory[Authority]):
    class Meta:
        model = Authority
        django_get_or_create = ("name",)

    name = "Socialnämnden"


class CommitteeFactory(factory.django.DjangoModelFactory[Committee]):
    class Meta:
        model = Committee
        django_get_or_create = ("authority",)

    authority = factory.SubFactory(AuthorityFactory)
    administration_name = "Socialförvaltningen"
    director_title = "Socialdirektör"


class MeetingFactory(factory.django.DjangoModelFactory[Meeting]):
    class Meta:
        model = Meeting

    committee = factory.SubFactory(CommitteeFactory)
    starts_at = factory.Sequence(lambda n: timezone.now() + timedelta(days=20 + n))
    place = "Rådhuset"


def organisation_number(n: int) -> str:
    """A made-up number of the unused-looking series 8999…, with a right check digit."""
    digits = f"8999{n:05d}"
    return digits + luhn.calc_check_digit(digits)


class AssociationFactory(factory.django.DjangoModelFactory[Association]):
    class Meta:
        model = Association

    name = factory.Sequence(lambda n: f"Föreningen Fyren {n}")
    organisation_number = factory.Sequence(organisation_number)
    email = factory.Sequence(lambda n: f"kontakt{n}@fyren.example.org")
    street = "Storgatan 1"
    postcode = "252 20"
    city = "Helsingborg"


def person_of(association: Association, *roles: str) -> User:
    """A person who acts for the association; manager and signatory unless told otherwise."""
    user = UserFactory.create()
    for role in roles or (Membership.Role.MANAGER, Membership.Role.SIGNATORY):
        Membership.objects.create(association=association, user=user, role=role)
    return user


class CallFactory(factory.django.DjangoModelFactory[Call]):
    """An open call with the standard form and criteria; it asks for statutes, and for no second reading."""

    class Meta:
        model = Call
        skip_postgeneration_save = True

    authority = factory.SubFactory(AuthorityFactory)
    grant_type = GrantType.VERKSAMHETSBIDRAG
    title = "Verksamhetsbidrag 2027"
    first_year = 2027
    max_years = 3
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=10))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=10))
    decision_expected = "december"
    published = True

    @factory.post_generation
    def questions(self: Call, create: bool, extracted: Any, **kwargs: Any) -> None:
        add_standard_form(self)
        ask_for_papers(self, {"stadgar": STANDARD_LIST["stadgar"]})
        install_wording(date(2020, 1, 1))
        install_conditions(self.authority, date(2020, 1, 1))
        # Whoever tests second readings says which rule asks for them.
        ReadingRule.objects.filter(call=self).update(amount_limit=None, first_time=False, sample_percent=0)
        Frame.objects.get_or_create(
            authority=self.authority, year=self.first_year, defaults={"amount": 9_400_000}
        )


class PaperFactory(factory.django.DjangoModelFactory[Paper]):
    """The statutes of an association; one that lies in its library already is used again."""

    class Meta:
        model = Paper
        django_get_or_create = ("association", "type", "year", "version")

    association = factory.SubFactory(AssociationFactory)
    type = factory.LazyFunction(lambda: paper_type("stadgar"))
    year = None
    version = 1
    filename = "stadgar.pdf"
    stored_file = factory.LazyFunction(lambda: StoredFile.objects.keep(PDF, "application/pdf"))
    added_by = factory.LazyAttribute(lambda paper: person_of(paper.association))


def paper_type(code: str) -> PaperType:
    """One of the shipped kinds of paper."""
    install_paper_types()
    return PaperType.objects.get(code=code)


class ApplicationFactory(factory.django.DjangoModelFactory[Application]):
    """An empty draft, written by one of the association's people."""

    class Meta:
        model = Application

    call = factory.SubFactory(CallFactory)
    association = factory.SubFactory(AssociationFactory)
    created_by = factory.LazyAttribute(lambda draft: person_of(draft.association))


def answer_for(question: Question | Column) -> Any:
    """A valid answer to any kind of question."""
    kind = QuestionKind(question.kind)
    if kind == QuestionKind.ROWS:
        assert isinstance(question, Question)
        return [{column.key: answer_for(column) for column in question.row_columns}]
    return {
        QuestionKind.LONG_TEXT: "Vi möter människor varje vecka.",
        QuestionKind.SHORT_TEXT: "Öppet hus",
        QuestionKind.NUMBER: 120,
        QuestionKind.PERCENT: 50,
        QuestionKind.KRONOR: 15_000,
        QuestionKind.DATE: "2031-01-31",
        QuestionKind.YES_NO: False,
        QuestionKind.ONE_OF: question.options[0]["code"] if question.options else "",
        QuestionKind.SOME_OF: [option["code"] for option in question.options[:2]],
        QuestionKind.CONFIRM: True,
    }[kind]


def complete(application: Application, amount: int = 100_000) -> Application:
    """Fill in everything a draft needs before it may be sent; `amount` kronor for the first year."""
    application.title = "Öppen mötesplats"
    application.child_share = 40
    application.save()
    terms, _created = Terms.objects.get_or_create(
        application=application, stage="applied", defaults={"grant_type": application.call.grant_type}
    )
    terms.set_amounts({application.call.first_year: amount})
    Answer.objects.bulk_create(
        Answer(application=application, key=question.key, value=answer_for(question))
        for question in application.call.questions.all()
    )
    write_budget(application, gifts=20_000, pay=amount + 20_000)
    paper = PaperFactory.create(association=application.association, added_by=application.created_by)
    Attachment.objects.create(application=application, paper=paper, added_by=application.created_by)
    confirm_conditions(application)
    return application


def confirm_conditions(application: Application) -> None:
    """The association confirms the conditions that count for the application's call."""
    if (statement := statement_for(application.call)) is not None:
        StatementConfirmation.objects.get_or_create(
            association=application.association,
            statement=statement,
            defaults={"confirmed_by": application.created_by},
        )


def write_budget(application: Application, **amounts: int) -> None:
    """Whole kronor by heading, the same for every year applied for."""
    headings = {heading.key: heading for heading in application.call.budget_headings.all()}
    BudgetLine.objects.bulk_create(
        BudgetLine(application=application, heading=headings[key], year=year, amount=amount)
        for key, amount in amounts.items()
        for year in budget_years(application)
    )


def sent_application(**fields: Any) -> Application:
    """A complete application, sent by its signatory through the real act."""
    from grants.applying.submission import submit

    draft = complete(ApplicationFactory.create(**fields))
    return submit(draft.pk, draft.created_by)
