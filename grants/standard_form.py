"""The standard questions that a new call starts from: the city's own, as rows to change per call.

Keys never change: answers are matched on them from year to year.
"""

from __future__ import annotations

from typing import Any

from grants.models import Call, Question, Section

LONG = Question.Kind.LONG_TEXT
NUMBER = Question.Kind.NUMBER


def _options(*rows: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"code": code, "sv": swedish, "en": english} for code, swedish, english in rows]


CONTINUITY = _options(
    ("new", "Ny verksamhet", "New activity"),
    ("continued", "Fortsatt verksamhet", "Continued activity"),
    ("extended", "Utökad verksamhet", "Extended activity"),
)
GOALS = _options(
    ("kriminalitet_unga", "Unga i eller på väg in i kriminalitet", "Young people in or near crime"),
    ("skolnarvaro", "Fler i skolan", "School attendance"),
    ("foraldrastod", "Stöd till föräldrar", "Support for parents"),
    ("utsatta_omraden", "Familjer i utsatta områden", "Families in disadvantaged areas"),
    ("vald", "Våld i nära relation och heder", "Violence in close relations, honour"),
    ("beroende", "Skadligt bruk och beroende", "Harmful use and addiction"),
    ("psykisk_ohalsa", "Psykisk ohälsa", "Mental ill-health"),
)
TARGET_GROUPS = _options(
    ("barn_unga", "Barn och unga i utsatthet", "Vulnerable children and young people"),
    ("anhoriga", "Anhöriga och vårdnadshavare", "Relatives and guardians"),
    ("beroende", "Personer med skadligt bruk eller beroende", "People with addiction"),
    ("spelberoende", "Personer med spelberoende", "People with gambling problems"),
    ("psykisk_ohalsa", "Personer med psykisk ohälsa", "People with mental ill-health"),
    ("suicid", "Personer berörda av suicid", "People affected by suicide"),
    ("vald_heder", "Utsatta för våld i nära relation eller heder", "Victims of violence or honour"),
    ("brottsoffer", "Brottsoffer", "Victims of crime"),
    ("kriminalitet", "Personer som lämnar kriminalitet", "People leaving crime"),
    ("hemloshet", "Personer i hemlöshet", "Homeless people"),
    ("ensamhet", "Ensamma personer", "Lonely people"),
    ("hbtqi", "Hbtqi-personer", "LGBTQI people"),
    ("minoriteter", "Nationella minoriteter", "National minorities"),
    ("annat", "Annan grupp", "Another group"),
)

#: (section, key, kind, Swedish label, English label, Swedish help, English help, further fields)
QUESTIONS: list[tuple[Section, str, Question.Kind, str, str, str, str, dict[str, Any]]] = [
    (
        Section.GRANT,
        "continuity",
        Question.Kind.ONE_OF,
        "Är verksamheten ny, eller har ni haft bidrag för den förut?",
        "Is the activity new, or have you had a grant for it before?",
        "",
        "",
        {"options": CONTINUITY},
    ),
    (
        Section.NEED,
        "need",
        LONG,
        "Vilket behov möter ni, och hur vet ni att det finns?",
        "Which need do you meet, and how do you know that it exists?",
        "Till exempel egen erfarenhet, statistik eller samtal med socialförvaltningen.",
        "For example own experience, statistics or talks with the social administration.",
        {"max_words": 250},
    ),
    (
        Section.NEED,
        "purpose",
        LONG,
        "Vad är syftet med verksamheten?",
        "What is the purpose of the activity?",
        "",
        "",
        {"max_words": 150},
    ),
    (
        Section.NEED,
        "goals",
        Question.Kind.SOME_OF,
        "Vilka av nämndens mål bidrar ni till?",
        "Which of the committee's goals do you contribute to?",
        "Välj dem som stämmer. Inget är också ett svar.",
        "Choose those that fit. None is an answer too.",
        {"options": GOALS, "required": False},
    ),
    (
        Section.TARGET,
        "target_groups",
        Question.Kind.SOME_OF,
        "Vilka vänder ni er till?",
        "Whom is it for?",
        "",
        "",
        {"options": TARGET_GROUPS},
    ),
    (
        Section.TARGET,
        "target_description",
        LONG,
        "Beskriv målgruppen med egna ord",
        "Describe the target group in your own words",
        "Skriv inte om enskilda personer. Ansökan blir offentlig.",
        "Do not write about individuals. The application becomes public.",
        {"max_words": 150},
    ),
    (
        Section.ACTIVITIES,
        "activities",
        LONG,
        "Vad gör ni, hur ofta och var?",
        "What do you do, how often and where?",
        "",
        "",
        {"max_words": 250},
    ),
    (
        Section.ACTIVITIES,
        "effect",
        LONG,
        "Vad blir annorlunda för dem ni möter, på kort och lång sikt?",
        "What becomes different for those you meet, in the short and the long run?",
        "Nämnden frågar: vilken effekt ger verksamheten i förhållande till nämndens uppdrag?",
        "The committee asks: what effect does the activity have in relation to its mission?",
        {"max_words": 250},
    ),
    (
        Section.ACTIVITIES,
        "persons_reached",
        NUMBER,
        "Hur många olika personer når ni på ett år?",
        "How many different people do you reach in a year?",
        "",
        "",
        {},
    ),
    (
        Section.ACTIVITIES,
        "visits",
        NUMBER,
        "Hur många besök eller kontakter har ni på ett år?",
        "How many visits or contacts do you have in a year?",
        "",
        "",
        {},
    ),
    (
        Section.COOPERATION,
        "complement",
        LONG,
        "Vad kompletterar ni i socialnämndens arbete, och vad skulle saknas utan er?",
        "What do you complement in the committee's work, and what would be missing without you?",
        "",
        "",
        {"max_words": 200},
    ),
    (
        Section.COOPERATION,
        "cooperation",
        LONG,
        "Vilka samverkar ni med i förvaltningen, i staden och bland andra föreningar, och hur?",
        "With whom in the administration, the city and other associations do you co-operate, and how?",
        "",
        "",
        {"max_words": 200},
    ),
    (
        Section.ECONOMY,
        "continued_existence",
        LONG,
        "Hur klarar ni verksamheten om bidraget blir mindre eller uteblir?",
        "How will you manage if the grant is smaller or refused?",
        "",
        "",
        {"max_words": 200},
    ),
    (
        Section.ECONOMY,
        "other_funding",
        LONG,
        "Har ni sökt pengar till samma sak någon annanstans?",
        "Have you applied for money for the same thing elsewhere?",
        "Skriv hos vem, hur mycket och om ni har fått besked.",
        "Write from whom, how much and whether you have an answer.",
        {"required": False, "max_words": 150},
    ),
    (
        Section.ECONOMY,
        "volunteers",
        NUMBER,
        "Hur många frivilliga har ni?",
        "How many volunteers do you have?",
        "",
        "",
        {},
    ),
    (
        Section.ECONOMY,
        "volunteer_hours",
        NUMBER,
        "Hur många timmar arbetar de tillsammans på ett år?",
        "How many hours do they work together in a year?",
        "",
        "",
        {},
    ),
    (
        Section.DEMOCRACY,
        "member_influence",
        LONG,
        "Hur påverkar medlemmarna vad föreningen gör?",
        "How do the members influence what the association does?",
        "",
        "",
        {"max_words": 150},
    ),
    (
        Section.DEMOCRACY,
        "target_group_influence",
        LONG,
        "Hur påverkar de ni finns till för verksamheten och styrningen?",
        "How do those you are there for influence the activity and how it is run?",
        "",
        "",
        {"max_words": 150},
    ),
    (
        Section.DEMOCRACY,
        "democracy_conditions",
        Question.Kind.CONFIRM,
        "Vi följer stadens demokrativillkor",
        "We follow the city's democracy conditions",
        "Öppet medlemskap, ingen diskriminering, barns rättigheter, alkoholfritt för barn och unga, "
        "inga skatteskulder.",
        "Open membership, no discrimination, the rights of the child, no alcohol where children are, "
        "no tax debts.",
        {},
    ),
]


def add_questions(call: Call) -> None:
    """Give a new call the standard questions."""
    Question.objects.bulk_create(
        Question(
            call=call,
            section=section,
            key=key,
            kind=kind,
            position=position,
            label_sv=label_sv,
            label_en=label_en,
            help_sv=help_sv,
            help_en=help_en,
            **more,
        )
        for position, (section, key, kind, label_sv, label_en, help_sv, help_en, more) in enumerate(
            QUESTIONS, start=1
        )
    )
