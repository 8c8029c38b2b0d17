"""Archive packages, and extracts of what is stored about a person."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from portal.documents.download import stream
from portal.people import kept_form, trail
from portal.people.models import User
from portal.people.rules import requires, signed_in
from portal.registry import archiving, subject_access
from portal.registry.forms import PersonForm
from portal.registry.models import ArchivePackage, SubjectExport
from portal.registry.rules import exports_personal_data, registrar
from portal.registry.views.pages import attempt, known_case


@requires(registrar)
def order_package(request: HttpRequest, case_id: int) -> HttpResponse:
    """Order an archive package of a closed case (POST)."""
    case = known_case(request, case_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: archiving.order(case, request.user),
            _("The archive package is being made."),
            archiving.CannotArchive,
        )
    return redirect("registry:case", case_id)


@requires(registrar)
@trail.takes_out
def package_file(request: HttpRequest, package_id: int) -> FileResponse:
    """An archive package, once a worker has made it."""
    seen = ArchivePackage.objects.visible_to(request.user).select_related("file")
    package = get_object_or_404(seen, pk=package_id)
    if package.file is None:
        raise Http404
    return stream(package.file, f"samspel-{package.identifier}.tar")


@requires(signed_in)
def own_extracts(request: HttpRequest) -> HttpResponse:
    """A person's own extracts; ordering one is a POST."""
    person = cast(User, request.user)
    if request.method == "POST":
        subject_access.order(person, person)
        messages.success(request, _("Your extract is being made. Come back to this page in a few minutes."))
        return redirect("registry:own-extracts")
    exports = SubjectExport.objects.filter(person=person).select_related("file")
    return render(
        request, "registry/own_extracts.html", {"exports": exports, "lasts": subject_access.LASTS.days}
    )


@requires(exports_personal_data)
def extracts(request: HttpRequest) -> HttpResponse:
    """Make an extract for somebody who asks on paper or at the desk."""
    form = PersonForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        person = User.objects.filter(email__iexact=form.cleaned_data["email"]).first()
        if person is None:
            form.add_error(
                "email", _("Nobody in Samspel has that address. Nothing is stored about an account.")
            )
        else:
            subject_access.order(person, request.user)
            messages.success(request, _("The extract is being made."))
            return redirect("registry:extracts")
    context = {
        "form": form,
        "exports": SubjectExport.objects.visible_to(request.user).select_related("person", "ordered_by"),
        "lasts": subject_access.LASTS.days,
    }
    return render(request, "registry/extracts.html", context, status=422 if request.method == "POST" else 200)


@requires(signed_in)
@trail.takes_out
def extract_file(request: HttpRequest, export_id: int) -> FileResponse:
    """An extract, for the person themselves and for who made it."""
    seen = SubjectExport.objects.visible_to(request.user).select_related("file")
    export = get_object_or_404(seen, pk=export_id)
    if export.file is None:
        raise Http404
    return stream(export.file, "registerutdrag.zip")
