"""The officers' page on which they write whom people talk to."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from grants.calls.contacts import save_contacts
from grants.forms.call_rows import ContactForm, rows_formset
from grants.views.calls import crumbs
from portal.people import kept_form, rules
from portal.people.rules import requires
from portal.registry.models import Authority


@requires(rules.case_officer)
def contacts(request: HttpRequest) -> HttpResponse:
    """Whom to talk to about each target group: shown on the start page and with each call.

    Where the city has several committees, `namnd` in the address says whose.
    """
    authorities = list(Authority.objects.visible_to(request.user).order_by("pk"))
    chosen = request.GET.get("namnd", "")
    authority = next((one for one in authorities if str(one.pk) == chosen), next(iter(authorities), None))
    if authority is None:
        raise Http404
    names = [name for name in ContactForm().fields if name != "key"]
    initial = [
        {"key": str(contact.pk), **{name: getattr(contact, name) for name in names}}
        for contact in authority.contacts.all()
    ]
    formset = rows_formset(ContactForm, initial, kept_form.data(request))
    if request.method == "POST" and formset.is_valid():
        save_contacts(authority, formset.rows())
        messages.success(request, _("The contacts are saved."))
        return redirect(request.get_full_path())
    return render(
        request,
        "grants/call_rows.html",
        {
            "call": None,
            "formset": formset,
            "seen": 0,
            "extra": list(formset.non_form_errors()) if formset.is_bound else [],
            "title": _("Whom to talk to"),
            "lead": _("Roles and addresses, never persons. They stand on the start page and with each call."),
            "others": [one for one in authorities if one != authority],
            "authority": authority,
            "breadcrumbs": crumbs(None, _("Whom to talk to")),
        },
        status=422 if request.method == "POST" else 200,
    )
