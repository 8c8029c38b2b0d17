"""Writes `var/sbom.json`: what Samspel runs on and what its look is built from, as CycloneDX."""

import json
import subprocess
from typing import Any

import licences
from console import ROOT, VAR, VENV

Bom = dict[str, Any]


def python_components() -> Bom:
    """What is installed, by CycloneDX's own tool."""
    tool, python, project = map(str, (VENV / "cyclonedx-py", VENV / "python", ROOT / "pyproject.toml"))
    command = [tool, "environment", "--pyproject", project, "--output-reproducible", python]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def npm_components(lock: dict[str, Any]) -> list[Bom]:
    """What the lock file names: needed to build the look, `excluded` from what runs but for its files."""
    return [
        component(path.rpartition("node_modules/")[2], facts)
        for path, facts in sorted(lock["packages"].items())
        if path
    ]


def component(name: str, facts: dict[str, str]) -> Bom:
    address = f"pkg:npm/{name.replace('@', '%40')}@{facts['version']}"
    licence = facts.get("license", "")
    is_expression = " " in licence
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": facts["version"],
        "purl": address,
        "scope": "required" if name.startswith("@fontsource") or name.endswith("-css") else "excluded",
        "licenses": [{"expression": licence} if is_expression else {"license": {"id": licence}}],
    }


def whole(installed: Bom, names: set[str], lock: dict[str, Any]) -> Bom:
    """Of what is installed only what is pinned for running, and the look's packages."""
    kept = [each for each in installed["components"] if licences.normal(each["name"]) in names]
    refs = {each["bom-ref"] for each in kept} | {installed["metadata"]["component"]["bom-ref"]}
    depends = [
        {
            key: [ref for ref in value if ref in refs] if key == "dependsOn" else value
            for key, value in each.items()
        }
        for each in installed.get("dependencies", [])
        if each["ref"] in refs
    ]
    look = {each["bom-ref"]: each for each in npm_components(lock)}
    return installed | {"components": kept + list(look.values()), "dependencies": depends}


def main() -> None:
    lock = json.loads((ROOT / "static" / "package-lock.json").read_text())
    bom = whole(python_components(), licences.names_in("requirements.txt"), lock)
    VAR.mkdir(exist_ok=True)
    (VAR / "sbom.json").write_text(json.dumps(bom, indent=1, ensure_ascii=False))
    print(f"var/sbom.json: {len(bom['components'])} components")
    licences.main()


if __name__ == "__main__":
    main()
