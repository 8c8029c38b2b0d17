"""Every rule of `docs/security.md` has a test, and the page names only tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import security_table as table

pytest_plugins = ["pytester"]
MARK = re.compile(r"pytest\.mark\.rule\((\d+)\)")


def test_every_rule_is_marked_by_a_test() -> None:
    marked = {
        int(number)
        for file in (table.ROOT / "tests").rglob("test_*.py")
        for number in MARK.findall(file.read_text())
    }
    assert marked == set(range(1, 19)) == set(table.rules_of(table.PAGE.read_text()))


def test_the_page_names_only_tests_that_exist_and_passed() -> None:
    rows = table.rows_of(table.PAGE.read_text())
    assert {rule for rule, _test in rows} == set(range(1, 19))
    assert [test for _rule, test in rows if not table.stands(test)] == []
    assert [(key, result) for key, result in rows.items() if "failed" in result] == []


def test_the_table_takes_in_a_run_and_keeps_what_did_not_run() -> None:
    page = "1. **Work is a row.** Always.\n2. **Swept.** Too.\n\n" + table.HEAD
    here = "tests/test_security_table.py::test_every_rule_is_marked_by_a_test"
    page = table.with_rows(page, {(2, here): "passed"})
    assert page.endswith(f"| 2 Swept | `{here}` | passed |\n")
    assert table.with_rows(page, table.rows_of(page) | {(1, here): "2 passed"}).endswith(
        f"| 1 Work is a row | `{here}` | 2 passed |\n| 2 Swept | `{here}` | passed |\n"
    )


def test_a_run_writes_how_its_marked_tests_went(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = pytester.path / "security.md"
    page.write_text("1. **One.** A.\n2. **Two.** B.\n\n" + table.HEAD)
    monkeypatch.setattr(table, "PAGE", page)
    monkeypatch.setattr(table, "ROOT", Path(pytester.path))
    pytester.makeini("[pytest]\nmarkers = rule(n): proves a rule\n")
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.rule(1)
        @pytest.mark.parametrize("number", [1, 2])
        def test_numbers(number): assert number == 1

        @pytest.mark.rule(1)
        @pytest.mark.rule(2)
        def test_both(): pass

        def test_neither(): pass
        """
    )
    pytester.inline_run("--security-table", "-p", "no:xdist", "-p", "no:django", plugins=[table])
    file = "test_a_run_writes_how_its_marked_tests_went.py"
    assert table.rows_of(page.read_text()) == {
        (1, f"{file}::test_both"): "passed",
        (1, f"{file}::test_numbers"): "1 failed, 1 passed",
        (2, f"{file}::test_both"): "passed",
    }
