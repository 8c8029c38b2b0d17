"""No dependency without a licence that the list allows, and a bill of materials that its standard accepts."""

from __future__ import annotations

import json
from typing import Any

import pytest

import licences
import sbom
from licences import DEVELOPMENT, LOOK, RUNNING, Package


def test_every_package_has_a_licence_that_is_allowed() -> None:
    found = licences.packages()
    assert {"django", "weasyprint"} <= {each.name for each in found if each.use == RUNNING}
    assert "pytest" in {each.name for each in found if each.use == DEVELOPMENT}
    assert "@digdir/designsystemet-css" in {each.name for each in found if each.use == LOOK}
    assert [each for each in found if not each.is_allowed] == []


def test_the_page_lists_them_all() -> None:
    assert licences.PAGE.read_text() == licences.page(licences.packages()), "run make sbom"


@pytest.mark.parametrize(
    ("licence", "use", "is_allowed"),
    [
        ("MIT", RUNNING, True),
        ("", RUNNING, False),
        ("Something own", RUNNING, False),
        ("AGPL-3.0-or-later", DEVELOPMENT, False),
        ("GPL-3.0-or-later", DEVELOPMENT, True),
        ("GPL-3.0-or-later", RUNNING, False),
        ("GPL-2.0-or-later OR MPL-2.0", RUNNING, True),
        ("MIT AND AGPL-3.0-only", RUNNING, False),
        ("(BSD-3-Clause AND Apache-2.0)", LOOK, True),
    ],
)
def test_what_is_allowed(licence: str, use: str, is_allowed: bool) -> None:
    assert Package("prov", use, licence).is_allowed == is_allowed


LOCK = {
    "packages": {
        "": {"name": "samspel-look"},
        "node_modules/@fontsource/prov": {"version": "1.0.0", "license": "OFL-1.1"},
        "node_modules/a/node_modules/b": {"version": "2.0.0", "license": "(MIT OR Apache-2.0)"},
    }
}


def installed() -> dict[str, Any]:
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "root", "name": "samspel"}},
        "components": [
            {"type": "library", "bom-ref": "d", "name": "Django", "version": "5.2"},
            {"type": "library", "bom-ref": "p", "name": "pytest", "version": "9"},
        ],
        "dependencies": [{"ref": "root", "dependsOn": ["d", "p"]}, {"ref": "d"}, {"ref": "p"}],
    }


def test_the_bill_holds_what_runs_and_the_look_and_follows_its_standard() -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    bom = sbom.whole(installed(), {"django"}, LOCK)
    assert [(each["name"], each.get("scope")) for each in bom["components"]] == [
        ("Django", None),
        ("@fontsource/prov", "required"),
        ("b", "excluded"),
    ]
    assert bom["dependencies"] == [{"ref": "root", "dependsOn": ["d"]}, {"ref": "d"}]
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bom)) is None
