"""Pytest plugin: `--security-table` writes what proves each rule, and how it went, into `docs/security.md`.

A test names the rules that it proves with `@pytest.mark.rule(4)`. Tests that did not run keep the result
they had, so that a run of some tests, or `make soak`, adds to the table.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "security.md"
HEAD = "| rule | test | result |\n| --- | --- | --- |\n"

#: `3. **Short name.** What must hold.` in the page's list of rules.
RULE = re.compile(r"^(\d+)\. \*\*(.+?)\.\*\*", re.MULTILINE)
ROW = re.compile(r"^\| (\d+) .*? \| `(\S+::\w+)` \| (.+) \|$", re.MULTILINE)

#: How a test went, the worst first.
RANKS = ("failed", "skipped", "passed")

Results = dict[tuple[int, str], str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--security-table", action="store_true", help="write rule → test → result into the docs")


def pytest_configure(config: pytest.Config) -> None:
    # xdist's processes send their reports to the one that started them, which alone writes.
    if config.getoption("--security-table") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Table(), "samspel-security-table")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a test's rules travel with its report, which is all that comes from xdist's processes."""
    for item in items:
        item.user_properties += [("rule", mark.args[0]) for mark in item.iter_markers("rule")]


class Table:
    """Gathers what the tests of a run say, one result for all parameters of a test."""

    def __init__(self) -> None:
        self.outcomes: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        for rule in {int(str(value)) for name, value in report.user_properties if name == "rule"}:
            cases = self.outcomes[rule, function_of(report.nodeid)]
            cases[report.nodeid] = min(cases.get(report.nodeid, "passed"), report.outcome, key=RANKS.index)

    def pytest_sessionfinish(self) -> None:
        page = PAGE.read_text()
        found = {key: in_words(Counter(cases.values())) for key, cases in self.outcomes.items()}
        kept = {key: result for key, result in rows_of(page).items() if stands(key[1])}
        PAGE.write_text(with_rows(page, kept | found))


def function_of(nodeid: str) -> str:
    """`tests/x/test_y.py::test_z`, without parameters and groups."""
    path, *names = nodeid.split("[")[0].split("@")[0].split("::")
    return f"{path}::{names[-1]}"


def in_words(outcomes: Counter[str]) -> str:
    """`passed`, or for a test with parameters `7 passed`, the worst first."""
    if outcomes.total() == 1:
        return next(iter(outcomes))
    return ", ".join(f"{outcomes[rank]} {rank}" for rank in RANKS if outcomes[rank])


def rules_of(page: str) -> dict[int, str]:
    """The rules' numbers and short names."""
    return {int(number): name for number, name in RULE.findall(page)}


def rows_of(page: str) -> Results:
    """What the table says now."""
    return {(int(number), test): result for number, test, result in ROW.findall(page)}


def stands(test: str) -> bool:
    """Whether the file has a test of that name."""
    path, name = test.split("::")
    file = ROOT / path
    return file.is_file() and re.search(rf"^\s*def {name}\(", file.read_text(), re.MULTILINE) is not None


def with_rows(page: str, results: Results) -> str:
    """The page with these rows in its table, which ends it."""
    before = page.partition(HEAD)[0]
    names = rules_of(page)
    rows = [
        f"| {rule} {names[rule]} | `{test}` | {result} |" for (rule, test), result in sorted(results.items())
    ]
    return before + HEAD + "\n".join(rows) + "\n"
