"""What WeasyPrint leaves out of a tagged, archival PDF, added just before the file is written.

Works on pydyf's plain Python objects, which is a hundred times cheaper than reading the file again.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Any

import pydyf
from weasyprint import Document

from portal.documents.fonts import FACES, full_program
from portal.documents.xmp import PRODUCER, xmp_packet

_EMPTY_MAPPING = re.compile(rb"^(<[0-9a-f]{4}>) <>$")
_WORD_JOINER = b"<2060>"
_MEANINGLESS = ("/Div", "/NonStruct", "/Span")
_PLAIN_KEYS = {"Type", "S", "K", "Pg", "P"}
_WORDS = ("/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6")
#: Elements that may hold text themselves; the others only group (ISO 32000-1, 14.8.4.2).
_HOLD_TEXT = (*_WORDS, "/TH", "/TD", "/Lbl", "/LBody", "/Link", "/Caption")
#: Fonts used in most documents. They are embedded whole, as equal bytes, so that a pack shares them.
_SHARED = {(face.family, face.weight, face.style == "italic"): face for face in FACES[:3]}


def finish(document: Document, pdf: pydyf.PDF, fingerprint: str) -> None:
    """Make a `pdf/a-2a` document of WeasyPrint's keep PDF/UA-1 too, and join well with others.

    `fingerprint` tells this document from others; it keeps table headers apart when parts are joined.
    """
    _describe(document, pdf)
    _settle_links(document, pdf)
    _separate_table_headers(pdf, fingerprint)
    _set_aside_running_text(pdf)
    _thin_structure(pdf)
    _embed_shared_fonts(document, pdf)
    _complete_unicode_maps(pdf)


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _describe(document: Document, pdf: pydyf.PDF) -> None:
    metadata = document.metadata
    stream = _object(pdf, pdf.catalog["Metadata"])
    stream.stream = [xmp_packet(metadata.title, metadata.lang)]
    stream.compress = False  # ISO 19005-2, 6.6.2.1: archives must find it without unpacking
    pdf.info["Producer"] = pydyf.String(PRODUCER)


def _settle_links(document: Document, pdf: pydyf.PDF) -> None:
    """A link is announced by its words (ISO 14289-1, 7.18.5), and points to a place instead of naming it.

    Names would clash when documents are joined.
    """
    names = pdf.catalog.pop("Names", {}).get("Dests", {}).get("Names", [])
    places = {name.string: place for name, place in zip(names[::2], names[1::2], strict=True)}
    for page in document.pages:
        for _kind, target, _rectangle, box in page.links:
            if box.link_annotation is None:
                continue
            if "Dest" in box.link_annotation:
                box.link_annotation["Dest"] = places[target]
            if words := " ".join("".join(box.element.itertext()).split()):
                box.link_annotation["Contents"] = pydyf.String(words)


def _separate_table_headers(pdf: pydyf.PDF, fingerprint: str) -> None:
    """Header cells are called by their object's number: unique in one file only, so a prefix is set.

    The cells' `Headers` hold the very same string objects, so they follow.
    """
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("S") == "/TH" and "ID" in item:
            item["ID"].string = f"{fingerprint}-{item['ID'].string}"


def _set_aside_running_text(pdf: pydyf.PDF) -> None:
    """Page headers and footers become artifacts, which reading aloud skips.

    WeasyPrint marks them as content of elements that hang nowhere in the structure tree.
    """
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    whole = _object(pdf, root["K"][0])
    attached = set(whole["K"])
    parents = _object(pdf, root["ParentTree"])["Nums"]
    pages = [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]

    def top(reference: bytes) -> bytes:
        while (parent := _object(pdf, reference)["P"]) != whole.reference:
            reference = parent
        return reference

    for page in pages:
        elements = parents[parents.index(page["StructParents"]) + 1]
        running = {mcid for mcid, element in enumerate(elements) if top(element) not in attached}
        if not running:
            continue
        content = _object(pdf, page["Contents"]).stream
        for place, operand in enumerate(content):
            if isinstance(operand, dict) and operand.get("MCID") in running:
                content[place - 1 : place + 1] = ["/Artifact", pydyf.Dictionary({"Type": "/Pagination"})]
        for mcid in running:
            elements[mcid] = "null"


def _thin_structure(pdf: pydyf.PDF) -> None:
    """Take out elements that mean nothing: WeasyPrint wraps each line of text in a Span of its own, and each
    section that is laid out as a table in three more.

    They are half of all objects in a file, and joining a pack takes time by the object.
    """
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    moved: dict[bytes, bytes] = {}
    kept: set[int] = set()

    def may_go(child: pydyf.Dictionary, parent: pydyf.Dictionary) -> bool:
        # A heading straight inside itself is WeasyPrint's box around part of its words, and a section that
        # is all there is in a section the box of its row.
        is_all = child["S"] == "/Sect" and len(parent["K"]) == 1
        doubled = child["S"] == parent["S"] and (child["S"] in _WORDS or is_all)
        if not (doubled or child["S"] in _MEANINGLESS) or child.keys() - _PLAIN_KEYS:
            return False
        holds_text = any(isinstance(kid, int) for kid in child["K"])
        return not holds_text or (parent["S"] in _HOLD_TEXT and parent["Pg"] == child["Pg"])

    def thin(element: pydyf.Dictionary) -> None:
        kept.add(element.number)
        waiting, kids = deque(element["K"]), []
        while waiting:
            kid = waiting.popleft()
            child = None if isinstance(kid, int) else _object(pdf, kid)
            if child is None or child.get("Type") == "/OBJR":
                kids.append(kid)
            elif may_go(child, element):
                moved[kid] = element.reference
                waiting.extendleft(reversed(child["K"]))
            else:
                child["P"] = element.reference
                kids.append(kid)
                thin(child)
        element["K"][:] = kids

    thin(_object(pdf, root["K"][0]))
    for elements in _object(pdf, root["ParentTree"])["Nums"][1::2]:
        if isinstance(elements, list):
            elements[:] = [moved.get(element, element) for element in elements]
    for item in pdf.objects:
        is_element = isinstance(item, pydyf.Dictionary) and item.get("Type") == "/StructElem"
        if is_element and item.number not in kept:
            item.clear()  # its number stays, since later ones count on it


def _embed_shared_fonts(document: Document, pdf: pydyf.PDF) -> None:
    names = {
        font.name: _SHARED.get((font.family, int(font.weight), bool(font.style)))
        for font in document.fonts.values()
    }
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Type") == "/FontDescriptor":
            face = names.get(item["FontName"])
            if face is not None:
                program, length = full_program(face)
                stream = _object(pdf, item["FontFile2"])
                stream.stream, stream.compress = [program], False
                stream.extra = {"Length1": length, "Filter": "/FlateDecode"}


def _complete_unicode_maps(pdf: pydyf.PDF) -> None:
    """A mark drawn as a glyph of its own (Arabic dots) has no letter: that is nothing, not missing."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and b"/CMapName /Adobe-Identity-UCS def" in item.stream:
            item.stream = [_EMPTY_MAPPING.sub(rb"\1 " + _WORD_JOINER, line) for line in item.stream]
