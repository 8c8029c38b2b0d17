"""Makes `earlier_rows.json`: rows as an earlier state of Samspel wrote them, for `test_upgrade`.

    python -m tests.operations.earlier_data COMMIT

Takes that commit from git's history into a folder of its own and lets *its* code migrate an empty SQLite
database and build *its* world of tests; nothing of today's models is in the rows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
ROWS = Path(__file__).parent / "earlier_rows.json"

#: Runs in the earlier commit's folder; only how rows are written to JSON comes from here.
PROGRAM = """
import importlib.util, json, sys
import django
django.setup()
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder
from django.db import connection
call_command("migrate", verbosity=0)
from tests.world import build_world
build_world()
spec = importlib.util.spec_from_file_location("tables", sys.argv[1])
tables = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tables)
ours = ("people", "documents", "registry", "committee", "grants", "assessments", "post_office")
rows = {
    label: [json.loads(line) for line in tables.read(model)]
    for label, model in tables.kept_models().items()
    if model._meta.app_label in ours
}
newest = {}
for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
    newest[app] = name
filled = {label: each for label, each in rows.items() if each}
print(json.dumps({"migrations": newest, "rows": filled}, ensure_ascii=False, indent=1))
"""


def main(commit: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "samspel"
        folder.mkdir()
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x"], cwd=folder, input=archive, check=True)
        (Path(name) / "var").mkdir()
        own = {"DJANGO_SETTINGS_MODULE": "portal.settings", "VAR_DIR": str(Path(name) / "var"), "DEBUG": "on"}
        env = {key: value for key, value in os.environ.items() if not key.endswith("_URL")} | own
        made = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(ROOT / "portal" / "operations" / "tables.py")],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            check=True,
        )
    ROWS.write_bytes(made.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
