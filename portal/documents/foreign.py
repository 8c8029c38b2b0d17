"""PDFs that others made, brought into the form in which they can be joined with ours, where that is possible.

Programs write tagged PDFs in many ways that all are right; joining wants one of them. What cannot be brought
into it, or is not archival and accessible, is left alone.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    import pikepdf

logger = structlog.get_logger(__name__)

_PROFILES = ("2a", "ua1")
_CONTENTS = '<!doctype html><html lang="sv"><title>Prov</title><h1>Prov</h1>'
#: What belongs to a whole file and would be lost, or mean something else, in a part of another.
_OF_THE_WHOLE = ("/AcroForm", "/OCProperties", "/Threads", "/Collection", "/OpenAction", "/AA")


class CannotJoin(ValueError):
    """The file has something that a part of another document cannot have."""


def normalised(pdf: bytes) -> bytes | None:
    """The same pages and structure, ready to be joined; None for a file that would break the whole.

    That is tried: it is put into a document, which is checked against PDF/A-2a and PDF/UA-1.
    """
    import page

    from portal.documents.assembly import Part, assemble

    try:
        ready = _rewritten(pdf)
        whole = io.BytesIO()
        assemble([Part("Bilaga", ready)], whole, title="Prov", contents=lambda _placed, _total: _CONTENTS)
        broken = [
            failure.rule_id
            for profile in _PROFILES
            for failure in page.validate_pdf_bytes(whole.getvalue(), profile=profile).failures
        ]
    except Exception as error:  # a foreign file may be wrong in any way; it is then read for itself
        logger.info("attached_file_set_apart", reason=f"{type(error).__name__}: {error}"[:300])
        return None
    if broken:
        logger.info("attached_file_set_apart", reason=", ".join(sorted(set(broken)))[:300])
        return None
    return ready


def _rewritten(pdf: bytes) -> bytes:
    """Written anew with flat trees, plain kinds of elements, and names that no other file has."""
    import pikepdf
    from pikepdf import Array, Dictionary, Name

    with pikepdf.open(io.BytesIO(pdf)) as source, pikepdf.new() as target:
        catalogue = source.Root
        if "/StructTreeRoot" not in catalogue:
            raise CannotJoin("no structure tree")
        if found := [key for key in _OF_THE_WHOLE if key in catalogue]:
            raise CannotJoin(", ".join(found))
        if "/ClassMap" in catalogue.StructTreeRoot:
            raise CannotJoin("/ClassMap")
        # Pages first: copying a structure tree follows its references to pages, and would copy them again.
        target.pages.extend(source.pages)
        tree = target.copy_foreign(catalogue.StructTreeRoot)
        top = target.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, K=Array()))
        elements = tree.get("/K", Array())
        for element in elements if isinstance(elements, Array) else [elements]:
            element.P = top
            top.K.append(element)
        _settle_elements(top, tree.get("/RoleMap", Dictionary()), hashlib.sha256(pdf).hexdigest()[:12])
        parents = Array([item for entry in _entries(tree.get("/ParentTree", Dictionary())) for item in entry])
        flat = target.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=Array([top])))
        flat.ParentTree = target.make_indirect(Dictionary(Nums=parents))
        top.P = flat
        target.Root.StructTreeRoot = flat
        for sheet in target.pages:
            _settle_page(target, sheet)
        if "/OutputIntents" in catalogue:
            target.Root.OutputIntents = target.copy_foreign(source.make_indirect(catalogue.OutputIntents))
        output = io.BytesIO()
        target.save(output, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return output.getvalue()


def _settle_elements(top: pikepdf.Object, roles: pikepdf.Object, mark: str) -> None:
    """Own kinds of elements become the standard ones they stand for; names of header cells get a mark."""
    from pikepdf import Array, Dictionary, String

    waiting = [top]
    while waiting:
        element = waiting.pop()
        seen: set[str] = set()
        while str(element.S) in roles and str(element.S) not in seen:
            seen.add(str(element.S))
            element.S = roles[str(element.S)]
        if "/ID" in element:
            element.ID = String(f"{mark}-{element.ID}")
        attributes = element.get("/A", Array())
        for attribute in attributes if isinstance(attributes, Array) else [attributes]:
            if isinstance(attribute, Dictionary) and "/Headers" in attribute:
                attribute.Headers = Array([String(f"{mark}-{name}") for name in attribute.Headers])
        kids = element.get("/K", Array())
        waiting += [
            kid
            for kid in (kids if isinstance(kids, Array) else [kids])
            if isinstance(kid, Dictionary) and "/S" in kid
        ]


def _entries(node: pikepdf.Object) -> Iterator[tuple[Any, Any]]:
    """The entries of a number tree, from all its branches."""
    numbers = list(node.get("/Nums", ()))
    yield from zip(numbers[::2], numbers[1::2], strict=True)
    for kid in node.get("/Kids", ()):
        yield from _entries(kid)


def _settle_page(target: pikepdf.Pdf, sheet: pikepdf.Page) -> None:
    """Resources and fonts lie where the joiner looks for them; links by name lead nowhere and are refused."""
    from pikepdf import Array, Dictionary

    page = sheet.obj
    if "/AA" in page or int(page.get("/Rotate", 0)) or int(page.get("/UserUnit", 1)) != 1:
        raise CannotJoin("a page that acts, is turned or has units of its own")
    for annotation in page.get("/Annots", ()):
        destination = annotation.get("/Dest", annotation.get("/A", Dictionary()).get("/D"))
        if destination is not None and not isinstance(destination, Array):
            raise CannotJoin("a link to a named place")
    resources = Dictionary(dict(page.Resources.items()) if "/Resources" in page else {})
    fonts = dict(resources.Font.items()) if "/Font" in resources else {}
    resources.Font = target.make_indirect(Dictionary(fonts))
    page.Resources = target.make_indirect(resources)
