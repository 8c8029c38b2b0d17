"""`make reset`: delete what Samspel has written under var/, so that the next `make run` begins anew."""

import shutil

from console import VAR

FILES = ("samspel.sqlite3*", "celerybeat-schedule*")
FOLDERS = ("broker", "demo", "files", "log", "mail", "static")


def main() -> None:
    for pattern in FILES:
        for path in VAR.glob(pattern):
            path.unlink()
    for name in FOLDERS:
        shutil.rmtree(VAR / name, ignore_errors=True)
    print("The database, files, queue and logs are deleted. `make run` begins anew.")


if __name__ == "__main__":
    main()
