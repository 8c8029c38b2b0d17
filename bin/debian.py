"""Debian packages: which are missing, and installing them when this user may."""

import ctypes
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console import fail, say
from processes import call

# Loaded at run time by WeasyPrint (its text/ffi.py) and python-magic, by these names.
LIBRARIES = {
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz.so.0": "libharfbuzz0b",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "libfontconfig1",
    "libmagic.so.1": "libmagic1",
}
# Started by the tests and the linters.
DEV_COMMANDS = {
    "chromium-headless-shell": "chromium-headless-shell",
    "xgettext": "gettext",
    "pdftotext": "poppler-utils",
    "nginx": "nginx",
    "clamd": "clamav-daemon",
}
# Where Debian keeps servers, which is not on everybody's PATH.
SERVERS = "/usr/sbin:/usr/local/sbin"
# Asked by Debian's packages before they start a server; 101 is no.
POLICY = Path("/usr/sbin/policy-rc.d")


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_for_running() -> list[str]:
    """Packages that Samspel itself lacks here."""
    missing = [package for library, package in LIBRARIES.items() if not loads(library)]
    if importlib.util.find_spec("ensurepip") is None:  # Debian's Python leaves it out: no .venv without it
        missing.append("python3-venv")
    return missing


def missing_for_development() -> list[str]:
    """Packages that the tests and linters lack here. PostgreSQL and Redis: see `with_services.py`."""
    return [package for command, package in DEV_COMMANDS.items() if program(command) is None]


def program(command: str) -> str | None:
    """The path of a command, also of a server's."""
    return shutil.which(command, path=f"{os.environ.get('PATH', os.defpath)}:{SERVERS}")


def install(packages: list[str]) -> None:
    """Install with apt-get as root or by sudo without a password; otherwise print the command and end."""
    if not packages:
        return
    say(f"Missing Debian packages: {' '.join(packages)}")
    if shutil.which("apt-get") is None:
        fail(f"Install what corresponds to these Debian packages, then try again: {' '.join(packages)}")
    prefix = as_root()
    if prefix is None:
        fail(
            "Installing them takes an administrator. Run this, then try again:\n\n"
            f"    sudo apt-get update && sudo apt-get install --yes {' '.join(packages)}\n"
        )
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    call(*apt, "update")
    with no_servers_started(prefix):
        call(*apt, "install", "--yes", "--no-install-recommends", *packages)
    say("Installed.")


@contextmanager
def no_servers_started(prefix: list[str]) -> Iterator[None]:
    """While packages are installed: nginx would take port 80, and ClamAV fetch its signatures.

    The tests and `with_services.py` start servers of their own. Where a policy stands already, it decides.
    """
    if POLICY.exists():
        yield
        return
    call(*prefix, "sh", "-c", f"printf '#!/bin/sh\nexit 101\n' > {POLICY} && chmod 755 {POLICY}")
    try:
        yield
    finally:
        call(*prefix, "rm", "--force", POLICY)


def as_root() -> list[str] | None:
    """What to put before a command so that it runs as root; None when that is not allowed."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def postgresql_programs() -> Path | None:
    """The folder of the newest PostgreSQL server's programs, which Debian keeps outside PATH."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest else None
