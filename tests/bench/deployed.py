"""The pages as a city serves them: the unit's own command behind nginx with its own files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.stage import var_dir
from tests.nginx import Front, nginx_before
from tests.operations.deployment import HOST, serving


@contextmanager
def deployed() -> Iterator[Front]:
    """Give the nginx, once a page has come through it."""
    env, folder = dict(os.environ), var_dir()
    with (
        serving(env, folder / "log", ["web"]) as pages,
        nginx_before(pages.port, folder / "nginx") as front,
    ):
        first = front.connect()
        first.request("GET", "/", headers={"Host": HOST})
        answer = first.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"The first page answered {answer.status}: {pages.log('web')}")
        yield front
