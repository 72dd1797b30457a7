"""The console's own checks and unit tests, which need no stack and no browser."""

from __future__ import annotations

import re

from tests.support.console_npm import assert_passes, need_packages

CHECK_MINUTES = 3
UNITS_MINUTES = 3


def test_style_types_and_generated_types_are_as_they_should_be() -> None:
    need_packages()
    assert_passes("run", "check", timeout_seconds=CHECK_MINUTES * 60)


def test_the_unit_tests_pass() -> None:
    need_packages()
    printed = assert_passes("test", timeout_seconds=UNITS_MINUTES * 60)
    assert re.search(r"Tests +\d+ passed \(\d+\)", printed), f"a test was left out:\n{printed}"
