"""The set phrases of the minutes, made from what was recorded. Swedish only (domain.md 6.4 and 6.11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from portal.committee.models import (
    Attendance,
    BallotChoice,
    Dissent,
    Matter,
    Motion,
    MotionKind,
    Outcome,
    Presidium,
    Recusal,
    RecusalReason,
    ReportReview,
    Vote,
)
from portal.committee.said import Said, rank, result_of
from portal.documents.templatetags.swedish_text import swedish_date

IMMEDIATE = "Paragrafen förklaras omedelbart justerad."
#: What a vote for dealing with the matter at once is called.
TODAY = "förslaget att avgöra ärendet i dag"
POSTS = {
    Presidium.CHAIR: "ordförande",
    Presidium.FIRST_VICE: "1:e vice ordförande",
    Presidium.SECOND_VICE: "2:e vice ordförande",
}
_PUT_OFF = {MotionKind.TABLE: Outcome.TABLED, MotionKind.REFER_BACK: Outcome.REFERRED_BACK}
_PUT_OFF_VERBS = {
    MotionKind.TABLE: ("bordläggas", "bordlägga"),
    MotionKind.REFER_BACK: ("återremitteras", "återremittera"),
}
_BALLOTS = {BallotChoice.YES: "Ja-röst", BallotChoice.NO: "Nej-röst", BallotChoice.ABSTAIN: "Avstår"}


def listed(names: Sequence[str]) -> str:
    """ "a", "a och b", "a, b och c"."""
    return " och ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def paragraph_range(numbers: Iterable[int]) -> str:
    """ "§ 4", "§§ 1–5" or "§§ 1–3, 5": the numbers in order, runs joined."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    written = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
    one = len(runs) == 1 and len(runs[0]) == 1
    return f"{'§' if one else '§§'} {written}" if runs else ""


def approved_by(review: ReportReview | None) -> str:
    """The line below the report's signature that says who approved it; "" without an approval."""
    if review is None:
        return ""
    return f"Godkänd av {review.by} den {swedish_date(timezone.localtime(review.at).date())}"


def conflict_sentence(member: str, substitute: str = "") -> str:
    """The minutes' sentence on a conflict of interest: "Ledamot 3 (A)" steps aside for "Ersättare 1 (A)"."""
    sentence = f"{member} anmäler jäv och deltar inte i handläggningen av ärendet."
    return f"{sentence} {substitute} tjänstgör." if substitute else sentence


def dissent_sentence(members: Sequence[str]) -> str:
    """The minutes' sentence on a recorded dissent (reservation)."""
    return f"Mot beslutet reserverar sig {listed(members)} till förmån för eget yrkande."


def absence_sentence(member: str, substitute: str = "") -> str:
    """The minutes' sentence on who serves but was not in the room for one item."""
    sentence = f"{member} är inte närvarande vid handläggningen av ärendet."
    return f"{sentence} {substitute} tjänstgör." if substitute else sentence


def chairing_sentence(member: str) -> str:
    """The minutes' sentence on who chairs an item that the chair takes no part in."""
    return f"{member} är ordförande vid handläggningen av ärendet."


def recusal_sentence(recusal: Recusal) -> str:
    said = conflict_sentence if recusal.reason == RecusalReason.CONFLICT else absence_sentence
    return said(str(recusal.seat), str(recusal.substitute or ""))


def dissent_paragraphs(dissent: Dissent) -> list[str]:
    """Who dissents, and the dissent itself where it was handed in in writing."""
    sentence = dissent_sentence([str(seat) for seat in sorted(dissent.seats.all(), key=rank)])
    return [sentence, *filter(None, (line.strip() for line in dissent.text.splitlines()))]


def attendance_line(row: Attendance) -> str:
    """ "Ledamot 1 (A), ordförande" or "Ersättare 1 (C), tjänstgör för Ledamot 3 (C)"."""
    post = POSTS[Presidium(row.seat.presidium)] if row.seat.presidium else ""
    stead = f"tjänstgör för {row.serves_for}" if row.serves_for else ""
    remote = "på distans" if row.is_remote else ""
    return ", ".join(filter(None, [str(row.seat), post, stead, remote, *times(row)]))


def times(row: Attendance) -> list[str]:
    """When somebody who came late or left early was there: "från klockan 13.20", "till klockan 15.30"."""
    return [
        f"{word} klockan {at:%H.%M}"
        for word, at in (("från", row.arrived_at), ("till", row.left_at))
        if at is not None
    ]


def motion_points(motion: Motion) -> list[str]:
    """The decision points that a motion to change asks for, one a line."""
    return [line.strip().rstrip(".;") for line in motion.text.splitlines() if line.strip()]


def proposal_name(matter: Matter) -> str:
    """Whose proposal the committee has before it."""
    return "ordförandens förslag" if matter.has_chairs_proposal else "förvaltningens förslag"


def motion_name(motion: Motion, proposal: str) -> str:
    """What a motion is called where it is put against others: "yrkandet om avslag"."""
    return {
        MotionKind.GRANT: proposal,
        MotionKind.REJECT: "yrkandet om avslag",
        MotionKind.CHANGE: f"yrkandet från {motion.moved_by}",
        MotionKind.TABLE: "yrkandet om bordläggning",
        MotionKind.REFER_BACK: "yrkandet om återremiss",
    }[MotionKind(motion.kind)]


def vote_choices(matter: Matter, said: Said) -> list[str]:
    """What yes and no can be votes for on an item: the proposal, and what is moved against it."""
    proposal = proposal_name(matter)
    names = [motion_name(motion, proposal) for motion in said.standing_motions]
    put_off = any(motion.kind in _PUT_OFF for motion in said.standing_motions)
    return list(dict.fromkeys([proposal, *([TODAY] if put_off else []), *names]))


def motion_sentence(motion: Motion, proposal: str) -> str:
    """Who moves what, and who supports it (kommunallagen 5:66)."""
    text = motion.text.strip().rstrip(".")
    asks = {
        MotionKind.GRANT: f"bifall till {proposal}",
        MotionKind.REJECT: "avslag",
        MotionKind.CHANGE: f"att nämnden i stället beslutar {'; samt '.join(motion_points(motion))}",
        MotionKind.TABLE: "att ärendet bordläggs",
        MotionKind.REFER_BACK: f"att ärendet återremitteras till förvaltningen för {text}",
    }[MotionKind(motion.kind)]
    sentence = f"{motion.moved_by} yrkar {asks}."
    if text and motion.kind not in {MotionKind.CHANGE, MotionKind.REFER_BACK}:
        sentence += f" {text}."
    if supporters := [str(seat) for seat in sorted(motion.supported_by.all(), key=rank)]:
        sentence += f" {listed(supporters)} instämmer i yrkandet."
    return sentence


def vote_sentences(vote: Vote) -> list[str]:
    """That a vote was called for, what it was about, how it ended, and how each voted."""
    result = result_of(vote)
    means = vote.yes_means if result.passed else vote.no_means
    votes = f"{_counted(result.yes, 'ja-röst')} mot {_counted(result.no, 'nej-röst')}"
    if result.abstaining:
        votes += f" och {result.abstaining} som avstår"
    if result.by_casting_vote:
        ended = (
            f"Rösterna är lika många: {votes}. Med ordförandens utslagsröst beslutar nämnden enligt {means}."
        )
    else:
        ended = f"Med {votes} beslutar nämnden enligt {means}."
    ballots = sorted(vote.ballots.all(), key=lambda ballot: rank(ballot.seat))
    named = {
        word: [str(ballot.seat) for ballot in ballots if ballot.choice == choice]
        for choice, word in _BALLOTS.items()
    }
    return [
        f"Votering begärs. Ja-röst för {vote.yes_means}, nej-röst för {vote.no_means}.",
        ended,
        *(f"{word}: {', '.join(names)}." for word, names in named.items() if names),
    ]


@dataclass(frozen=True)
class Question:
    """What the committee had to choose between, and what it chose."""

    #: "socialnämnden", as it stands inside a sentence.
    committee: str
    #: "ordförandens förslag" or "förvaltningens förslag".
    proposal: str
    outcome: str
    decided: Sequence[str]
    #: Whether chair and officers propose different things.
    proposals_differ: bool = False


def treatment(question: Question, said: Said) -> list[str]:
    """How the proposals were put and what came of it; nothing where no motion and no vote was recorded.

    A motion to put the matter off is put first: when it wins, the rest is never put. Votes stand after the
    question they were about.
    """
    motions = said.standing_motions
    if not motions and not said.votes:
        return []
    sentences: list[str] = []
    put_off = [motion for motion in motions if motion.kind in _PUT_OFF]
    votes = list(said.votes)
    for kind in dict.fromkeys(MotionKind(motion.kind) for motion in put_off):
        name = motion_name(next(motion for motion in put_off if motion.kind == kind), question.proposal)
        about = [vote for vote in votes if name in {vote.yes_means, vote.no_means}]
        sentences.append(_put_off(question, kind, is_voted=bool(about)))
        for vote in about:
            sentences += vote_sentences(vote)
            votes.remove(vote)
        if question.outcome == _PUT_OFF[kind]:
            return sentences
    competing = [motion for motion in motions if motion.kind in {MotionKind.REJECT, MotionKind.CHANGE}]
    sentences.append(_put(question, competing, is_voted=bool(votes)))
    for vote in votes:
        sentences += vote_sentences(vote)
    return sentences


def won_motion(motions: Sequence[Motion], decided: Sequence[str]) -> Motion | None:
    """The motion to change whose points the committee decided, maybe beside others of the proposal."""
    return next(
        (
            motion
            for motion in motions
            if motion.kind == MotionKind.CHANGE and set(motion_points(motion)) <= set(decided)
        ),
        None,
    )


def _put_off(question: Question, kind: MotionKind, *, is_voted: bool) -> str:
    passive, verb = _PUT_OFF_VERBS[kind]
    put = f"Ordföranden ställer frågan om ärendet ska avgöras i dag eller {passive}"
    if is_voted:
        return f"{put}."
    if question.outcome == _PUT_OFF[kind]:
        return f"{put} och finner att {question.committee} beslutar att {verb} ärendet."
    return f"{put} och finner att ärendet ska avgöras i dag."


def _put(question: Question, competing: Sequence[Motion], *, is_voted: bool) -> str:
    if not competing and not question.proposals_differ:
        return (
            "Ordföranden konstaterar att det bara finns ett förslag till beslut och finner att "
            f"{question.committee} beslutar i enlighet med {question.proposal}."
        )
    only_rejection = all(motion.kind == MotionKind.REJECT for motion in competing) and competing
    put = "Ordföranden ställer de framlagda förslagen mot varandra"
    if only_rejection:
        put = f"Ordföranden ställer bifall till {question.proposal} mot avslag"
    if is_voted:
        return f"{put}."
    if question.outcome == Outcome.REJECTED:
        return f"{put} och finner att {question.committee} beslutar att avslå."
    won = won_motion(competing, question.decided)
    found = motion_name(won, question.proposal) if won else question.proposal
    return f"{put} och finner att nämnden beslutar enligt {found}."


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}er"


def points_with_rejections(
    points: Sequence[str], rejected: Sequence[str], titles: Sequence[str]
) -> list[str]:
    """The points with "att avslå ansökan från …" in the place of what they gave to the rejected lines.

    A point belongs to the line with the longest title that stands in it, so that "Fyren" does not take the
    point of "Fyren Syd".
    """
    written: list[str] = []
    missing = list(rejected)
    for point in points:
        owner = max((title for title in titles if title in point), key=len, default="")
        if owner not in rejected:
            written.append(point)
        elif owner in missing:
            missing.remove(owner)
            written.append(f"att avslå ansökan från {owner}")
    return written + [f"att avslå ansökan från {title}" for title in missing]
