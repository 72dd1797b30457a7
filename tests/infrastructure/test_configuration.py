"""All of ``terraform/``: formatted and valid, and its own tests pass, none of which needs AWS."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.infrastructure.terraform import CONFIGURATION, Terraform

pytestmark = pytest.mark.needs_terraform

TESTED = sorted(str(path.parent.relative_to(CONFIGURATION)) for path in CONFIGURATION.rglob("tests"))
SOURCES = sorted(CONFIGURATION.rglob("*.tf"))


def test_the_configuration_is_formatted(program: str) -> None:
    formatted = Terraform(program, CONFIGURATION).run("fmt", "-check", "-diff", "-recursive")

    assert formatted.stdout == ""


@pytest.mark.parametrize("root", ["account", "console", "deployers", "platform", "service", "webhooks"])
def test_a_root_is_valid(configuration: Callable[[str], Terraform], root: str) -> None:
    validated = configuration(root).run("validate", "-no-color")

    assert validated.returncode == 0, validated.stderr


@pytest.mark.parametrize("folder", TESTED)
def test_its_own_tests_pass(configuration: Callable[[str], Terraform], folder: str) -> None:
    tested = configuration(folder).run("test", "-no-color")

    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert re.search(r"Success! [1-9]\d* passed, 0 failed\.", tested.stdout)


def test_the_folders_with_tests_are_found() -> None:
    assert TESTED == [
        "account",
        "console",
        "deployers",
        "modules/archive",
        "modules/backup",
        "modules/deployers",
        "modules/function_role",
        "modules/identity",
        "modules/ledger_key",
        "modules/service",
        "modules/trail",
        "platform",
        "service",
        "webhooks",
    ]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(CONFIGURATION)))
def test_no_check_is_skipped_without_a_reason(source: Path) -> None:
    for line in source.read_text().splitlines():
        if "checkov:skip" in line:
            assert re.fullmatch(r" *#checkov:skip=CKV2?_AWS_\d+:\w.{10,}", line), line
