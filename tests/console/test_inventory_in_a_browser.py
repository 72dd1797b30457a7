"""Sign-in, inventory, stocktake and imports in a real browser."""

from __future__ import annotations

import pytest

from tests.console.browser_files import OF_THE_INVENTORY, assert_file_passes


@pytest.mark.parametrize("file", OF_THE_INVENTORY)
def test_a_file_of_browser_tests_passes(console_url: str, file: str) -> None:
    assert_file_passes(file, console_url)


def test_there_are_browser_tests() -> None:
    assert OF_THE_INVENTORY
