"""docs/security.md: each boundary names tests that are there."""

import re

from tests.test_imports import ROOT

PAGE = (ROOT / "docs/security.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("| boundary |")[2].partition("\n\n")[0].splitlines()[2:]
]


def test_each_boundary_names_what_holds_it() -> None:
    assert len(ROWS) >= 12
    for boundary, claim, held_by in ROWS:
        tests = re.findall(r"`([^`]+)`", held_by)
        assert claim, boundary
        assert tests, boundary
        for test in tests:
            assert (ROOT / "tests" / test).exists(), f"{boundary}: {test}"


def test_every_test_of_security_holds_a_boundary() -> None:
    named = " ".join(held_by for *_, held_by in ROWS)
    here = {file.name for file in (ROOT / "tests/security").glob("test_*.py")}

    assert {one for one in here if f"security/{one}" not in named} == {"test_documentation.py"}
