"""Joint follow-ups: the page where the parties write, their own views, their yes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.forms.differences import differences, with_choices
from iop import follow_up as acts
from iop import promised
from iop.acting import may_write, party_of
from iop.follow_up_plan import opens_on
from iop.models import Agreement, FollowUp, Indicator, Party, PartyView
from iop.running_forms import FOLLOW_UP_LABELS, FollowUpForm, ViewForm, as_fields
from iop.views.within import page, reads, writes
from iop.writing import Conflict, Refused
from portal.people import kept_form
from portal.registry.models import Record


@reads
def follow_up(request: HttpRequest, agreement: Agreement, follow_up_id: int) -> HttpResponseBase:
    """The whole follow-up as it stands, with what is missing and who has said yes."""
    row = _row(agreement, follow_up_id)
    content = row.content or acts.content_of(row)
    rows = [promised.Row(**one) for one in content["promised"]]
    party = party_of(agreement, request.user)
    return page(
        request, agreement, "follow_ups/follow_up", str(row),
        follow_up=row,
        content=content,
        passages=[(FOLLOW_UP_LABELS[name], content["texts"][name]) for name in acts.texts_of(row.kind)],
        onward=dict(FollowUp.Onward.choices).get(content["onward"], ""),
        years=[
            (year, of_year, promised.picture(of_year, year))
            for year, of_year in promised.by_year(rows).items()
        ],
        may_write=may_write(agreement, request.user) and row.finished_at is None,
        **({} if row.finished_at else _yes(row, content, party)),
    )  # fmt: skip


@writes
def write_follow_up(request: HttpRequest, agreement: Agreement, follow_up_id: int) -> HttpResponseBase:
    """Write the joint text; when somebody saved meanwhile, both texts are shown."""
    row = _row(agreement, follow_up_id)
    if row.finished_at is not None:
        return _frozen(request, agreement, row)
    indicators = list(Indicator.objects.filter(goal__agreement=agreement).select_related("goal"))
    posted = kept_form.data(request)
    if posted is None:
        return _form(request, agreement, row, FollowUpForm(row, indicators))
    chosen, decided = with_choices(posted, as_fields(acts.written(row)))
    form = FollowUpForm(row, indicators, chosen if decided else posted)
    if request.method != "POST" or not form.is_valid():
        return _form(request, agreement, row, form)
    if not decided:
        return _choose(request, agreement, row, form, unanswered=True)
    try:
        acts.save(row, form.written(), form.cleaned_data["version"])
    except Conflict as meanwhile:
        if differences(form, as_fields(form.written()), as_fields(acts.written(meanwhile.current))):
            return _choose(request, agreement, meanwhile.current, form)
    except Refused:
        return _frozen(request, agreement, row)
    messages.success(request, _("The follow-up is saved. Everybody reads what you wrote."))
    return redirect("iop:follow-up", agreement.pk, row.pk)


@writes
def write_own_view(request: HttpRequest, agreement: Agreement, follow_up_id: int) -> HttpResponseBase:
    """How the person's own party sees it."""
    row, party = _row(agreement, follow_up_id), party_of(agreement, request.user)
    if party is None:
        raise Http404
    if row.finished_at is not None:
        return _frozen(request, agreement, row)
    own = acts.view_of(row, party)
    initial = _view_fields(own) | {"version": own.version}
    posted = kept_form.data(request)
    if posted is None:
        return _view_form(request, agreement, row, party, ViewForm(initial=initial))
    chosen, decided = with_choices(posted, _view_fields(own))
    form = ViewForm(chosen if decided else posted, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _view_form(request, agreement, row, party, form)
    if not decided:
        return _choose_view(request, agreement, own, form, unanswered=True)
    cleaned = form.cleaned_data
    try:
        acts.write_view(row, party, cleaned["worked"], cleaned["hindered"], cleaned["version"], request.user)
    except Conflict as meanwhile:
        if differences(form, cleaned, _view_fields(meanwhile.current)):
            return _choose_view(request, agreement, meanwhile.current, form)
    except Refused:
        return _frozen(request, agreement, row)
    messages.success(request, _("Your view is saved."))
    return redirect("iop:follow-up", agreement.pk, row.pk)


@writes
def agree_to_follow_up(request: HttpRequest, agreement: Agreement, follow_up_id: int) -> HttpResponseBase:
    """The yes of the person's own party to the whole as they read it (POST)."""
    row, party = _row(agreement, follow_up_id), party_of(agreement, request.user)
    if party is None:
        raise Http404
    if request.method == "POST":
        try:
            is_whole = acts.agree(row, party, request.POST.get("sha256", ""), request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            done, part = _("All parties have said yes. The document is being made."), _("Your yes is noted.")
            messages.success(request, done if is_whole else part)
    return redirect("iop:follow-up", agreement.pk, row.pk)


def _row(agreement: Agreement, follow_up_id: int) -> FollowUp:
    return get_object_or_404(agreement.follow_ups.select_related("agreement"), pk=follow_up_id)


def _yes(row: FollowUp, content: dict[str, Any], party: Party | None) -> dict[str, Any]:
    """Who has said yes to the whole as it stands, and what the person's own party can do."""
    sha256 = Record.checksum(content)
    agreed = dict(row.party_views.filter(agreed_sha256=sha256).values_list("party", "agreed_at"))
    lacking = acts.missing(row, party) if party else []
    labels = FOLLOW_UP_LABELS | {"onward": _("How we go on"), "own": _("Your own view")}
    opens = opens_on(row)
    return {
        "party": party,
        "sha256": sha256,
        "parties": [(one, agreed.get(one.pk)) for one in acts.active_parties(row.agreement)],
        "missing": [labels[name] for name in lacking],
        "opens_on": opens if opens > timezone.localdate() else None,
        "has_agreed": party is not None and party.pk in agreed,
    }


def _view_fields(view: PartyView) -> dict[str, str]:
    return {"worked": view.worked, "hindered": view.hindered}


def _frozen(request: HttpRequest, agreement: Agreement, row: FollowUp) -> HttpResponseBase:
    messages.error(request, _("All parties have said yes, so it can no longer be changed."))
    return redirect("iop:follow-up", agreement.pk, row.pk)


def _form(request: HttpRequest, agreement: Agreement, row: FollowUp, form: FollowUpForm) -> HttpResponseBase:
    status = 422 if request.method == "POST" else 200
    return page(request, agreement, "follow_ups/write", str(row), status=status, follow_up=row, form=form)


def _view_form(
    request: HttpRequest, agreement: Agreement, row: FollowUp, party: Party, form: ViewForm
) -> HttpResponseBase:
    status = 422 if request.method == "POST" else 200
    return page(
        request, agreement, "follow_ups/own_view", _("Your own view"), status=status,
        follow_up=row, form=form, party=party,
    )  # fmt: skip


def _choose(
    request: HttpRequest,
    agreement: Agreement,
    current: FollowUp,
    form: FollowUpForm,
    *,
    unanswered: bool = False,
) -> HttpResponseBase:
    theirs = as_fields(acts.written(current))
    mine = as_fields(form.written())
    return _two_texts(request, agreement, current, form, mine, dict.fromkeys(mine, "") | theirs, unanswered)


def _choose_view(
    request: HttpRequest,
    agreement: Agreement,
    current: PartyView,
    form: ViewForm,
    *,
    unanswered: bool = False,
) -> HttpResponseBase:
    theirs = _view_fields(current)
    return _two_texts(
        request, agreement, current.follow_up, form, form.cleaned_data, theirs, unanswered, current.version
    )


def _two_texts(
    request: HttpRequest,
    agreement: Agreement,
    row: FollowUp,
    form: Any,
    mine: dict[str, Any],
    theirs: dict[str, Any],
    unanswered: bool,
    version: int | None = None,
) -> HttpResponseBase:
    """Show both texts where somebody saved another than the person wrote."""
    return page(
        request, agreement, "running/choose", _("Choose between two texts"),
        status=422 if unanswered else 409,
        differences=differences(form, mine, theirs),
        kept=[(name, form.data.get(name, "")) for name in form.fields if name != "version"],
        version=row.version if version is None else version,
        unanswered=unanswered,
        back=reverse("iop:follow-up", args=[agreement.pk, row.pk]),
    )  # fmt: skip
