"""The console verifies a log by the rules, and with the results, of `inventory_common`.

The page's own tests compare its code with the same files.
"""

from __future__ import annotations

import pytest

from tests.console_units.verification_cases import FOLDER, files

WRITE = "python -m tests.console_units.verification_cases"


@pytest.mark.parametrize("name", ["rules.json", "cases.json"])
def test_the_console_has_the_rules_of_the_command_line(name: str) -> None:
    kept = (FOLDER / name).read_text(encoding="utf-8")
    assert kept == files()[name], f"{WRITE} writes it anew"
