"""The Swedish message catalogue: bring it up to date (`update`) or check that nothing is missing (`check`).

Texts stand in English in code and templates; `locale/sv/LC_MESSAGES/django.po` holds the Swedish.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

from console import ROOT, fail

CATALOGUE = Path("locale/sv/LC_MESSAGES/django.po")
# No page's texts stand here.
OUTSIDE = (".*", "bin", "docs", "node_modules", "static", "tests", "var", "*.pyc", "*.mo")
# The same every time: dates and names of translators stand in git's history.
HEADER = {
    "Project-Id-Version": "Samspel",
    "Language": "sv",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
NAMED = re.compile(r"%\((\w+)\)[a-z]|(?<!\{)\{(\w+)\}(?!\})")
POSITIONAL = re.compile(r"(?<!%)%[sd]")


def extract(root: Path) -> polib.POFile:
    """Merge the texts found under `root` into its catalogue, sorted so that changes are easy to read."""
    catalogue = root / CATALOGUE
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    ignored = [f"--ignore={pattern}" for pattern in OUTSIDE]
    done = subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale=sv", "--no-location", *ignored],
        cwd=root,
        env=os.environ | {"VAR_DIR": str(root / "var")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not catalogue.is_file():
        fail(f"makemessages failed:\n{done.stdout}{done.stderr}")
    return polib.pofile(str(catalogue))


def update() -> None:
    found = extract(ROOT)
    for entry in found.obsolete_entries():
        found.remove(entry)
    found.sort(key=lambda entry: (entry.msgid.casefold(), entry.msgctxt or ""))
    found.header = "Samspel in Swedish. `make messages` brings it up to date."
    found.metadata = HEADER
    found.metadata_is_fuzzy = False  # Babel leaves a fuzzy catalogue uncompiled
    found.save()
    print(f"{CATALOGUE}: {len(found)} texts, {len(found.untranslated_entries())} to translate,", end=" ")
    print(f"{len(found.fuzzy_entries())} to look over.")


def check() -> None:
    """Extract in a copy, so that checking changes nothing; end with exit code 1 when something is wrong."""
    with tempfile.TemporaryDirectory(prefix="samspel-messages-") as name:
        copy = Path(name) / "samspel"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*OUTSIDE))
        problems = list(problems_in(extract(copy)))
    if problems:
        fail(
            f"{CATALOGUE}: {len(problems)} problems; `make messages` brings it up to date.\n"
            + "\n".join(problems)
        )
    print(f"{CATALOGUE}: complete.")


def problems_in(catalogue: polib.POFile) -> Iterator[str]:
    if catalogue.metadata_is_fuzzy:
        yield "  the header is marked fuzzy, so nothing would be compiled"
    for entry in catalogue:
        if entry.obsolete:
            yield f"  no longer used: {entry.msgid!r}"
        elif entry.fuzzy:
            yield f"  guessed, look it over: {entry.msgid!r}"
        elif not entry.translated():
            yield f"  not translated: {entry.msgid!r}"
        elif problem := wrong_placeholders(entry):
            yield f"  {problem}: {entry.msgid!r}"


def wrong_placeholders(entry: polib.POEntry) -> str:
    """What is wrong with the translation's `%(name)s`, `{name}` and `%s`, or an empty text."""
    if not entry.msgid_plural:
        return compare(placeholders(entry.msgid, entry), placeholders(entry.msgstr, entry))
    asked = placeholders(entry.msgid, entry) | placeholders(entry.msgid_plural, entry)
    # A plural form may leave the number out ("en förening"), never add a name of its own.
    forms = [
        placeholders(text, entry) & asked ^ placeholders(text, entry) for text in entry.msgstr_plural.values()
    ]
    return next((compare(set(), extra) for extra in forms if extra), "")


def placeholders(text: str, entry: polib.POEntry) -> set[str]:
    found = {name or braced for name, braced in NAMED.findall(text)}
    if "python-format" in entry.flags and (count := len(POSITIONAL.findall(text))):
        found.add(f"{count} × %s")
    return found


def compare(asked: set[str], given: set[str]) -> str:
    if asked == given:
        return ""
    return f"placeholders differ, missing {sorted(asked - given)}, unknown {sorted(given - asked)}"


if __name__ == "__main__":
    {"update": update, "check": check}[sys.argv[1]]()
