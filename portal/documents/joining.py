"""Joining tagged PDFs: pages, one structure tree, and streams that are kept once."""

from __future__ import annotations

import hashlib

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String


class NotTagged(ValueError):
    """A PDF without a structure tree cannot become part of an accessible document."""


class Joiner:
    """Appends tagged PDFs to `pdf`, as `render_pdf` writes them.

    That is: flat parent trees, no role or class maps, no named destinations, and header cells' names
    that are unique everywhere.
    """

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        self._document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, K=Array()))
        self._parents: list[pikepdf.Object | int] = []
        self._next_key = 0
        self._streams: dict[bytes, pikepdf.Object] = {}

    def append(self, source: Pdf, title: str) -> None:
        """Add all pages of `source`, with its structure hung under the one document as a titled part."""
        if "/StructTreeRoot" not in source.Root:
            raise NotTagged(title)
        start = len(self.pdf.pages)
        # Pages first: copying a structure tree follows its references to pages, and would copy pages
        # that are not in the file yet a second time.
        self.pdf.pages.extend(source.pages)
        tree = self.pdf.copy_foreign(source.Root.StructTreeRoot)
        self._hang(tree, title)
        for page in list(self.pdf.pages)[start:]:
            self._renumber(page.obj)
            for annotation in page.obj.get("/Annots", ()):
                self._renumber(annotation)
        self._next_key += 1 + max((int(key) for key in list(tree.ParentTree.Nums)[::2]), default=-1)
        # WeasyPrint gives all pages of a document the same resources.
        if source.pages:
            self.share_streams(self.pdf.pages[start].obj.get("/Resources", Dictionary()))

    def finish(self) -> None:
        """Write the structure tree into the document's catalogue."""
        tree = self.pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=Array([self._document])))
        self._document.P = tree
        tree.ParentTree = self.pdf.make_indirect(Dictionary(Nums=Array(self._parents)))
        tree.ParentTreeNextKey = self._next_key
        self.pdf.Root.StructTreeRoot = tree

    def _hang(self, tree: pikepdf.Object, title: str) -> None:
        for element in tree.K:
            element.S = Name.Part
            element.T = String(title)
            element.P = self._document
            self._document.K.append(element)
        entries = list(tree.ParentTree.Nums)
        for key, value in zip(entries[::2], entries[1::2], strict=True):
            self._parents += [int(key) + self._next_key, value]

    def _renumber(self, item: pikepdf.Object) -> None:
        for key in ("/StructParents", "/StructParent"):
            if key in item:
                item[key] = int(item[key]) + self._next_key

    def share_streams(self, resources: pikepdf.Object) -> None:
        """Let font programs and colour profiles with equal bytes be one object."""
        for font in resources.get("/Font", Dictionary()).values():
            self.share_font(font)
        for space in resources.get("/ColorSpace", Dictionary()).values():
            if isinstance(space, Array) and space[0] == Name.ICCBased:
                space[1] = self._shared(space[1])

    def share_font(self, font: pikepdf.Object) -> None:
        """Let the font's program be the one already in the document, when their bytes are equal."""
        for descendant in font.get("/DescendantFonts", ()):
            descriptor = descendant.FontDescriptor
            for key in ("/FontFile2", "/FontFile3"):
                if key in descriptor:
                    descriptor[key] = self._shared(descriptor[key])

    def _shared(self, stream: pikepdf.Object) -> pikepdf.Object:
        digest = hashlib.sha256(stream.read_raw_bytes()).digest()
        return self._streams.setdefault(digest, stream)
