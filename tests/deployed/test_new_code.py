"""A team deploys changed code, and takes it back."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from tests.deployed.cloud import Cloud
from tests.deployed.conftest import Deployed
from tests.integration.processes import ROOT

OLD = 'response.headers["X-Request-Id"] = envelope.request_id\n'
NEW = OLD + '        response.headers["X-Generation"] = "2"\n'


def generation(url: str) -> str:
    answer = httpx.get(f"{url}/health", trust_env=False)
    assert answer.status_code == 200
    return answer.headers.get("X-Generation", "1")


@pytest.fixture(scope="module")
def newer_checkout(cloud: Cloud) -> Path:
    """A checkout in which the shared library has been upgraded."""
    checkout = cloud.folder / "newer"
    for part in ("deploy", "services", "libs", "requirements", "terraform"):
        ignored = shutil.ignore_patterns("__pycache__", ".terraform*", "*.tfstate*", "tests")
        shutil.copytree(ROOT / part, checkout / part, ignore=ignored)
    library = checkout / "libs" / "common" / "inventory_common" / "rest.py"
    text = library.read_text()
    assert text.count(OLD) == 1
    library.write_text(text.replace(OLD, NEW))
    return checkout


def test_changed_code_is_served_and_the_other_services_keep_the_library_they_have(
    cloud: Cloud, deployed: Deployed, newer_checkout: Path
) -> None:
    done = cloud.team("deploy", "audit", newer_checkout)
    assert done.exit_code == 0, done.errors
    assert {service: generation(url) for service, url in deployed.urls.items()} == {
        "catalog": "1",
        "stock": "1",
        "audit": "2",
    }


def test_a_rollback_serves_the_code_before_and_asks_for_no_zip(cloud: Cloud, deployed: Deployed) -> None:
    declined = cloud.team("rollback", "audit", YES="")
    assert declined.exit_code == 1
    assert "Nothing was changed" in declined.errors
    assert generation(deployed.urls["audit"]) == "2"

    done = cloud.team("rollback", "audit")
    assert done.exit_code == 0, done.errors
    assert "inventory-dev-audit-api: version 2 → 1" in done.output
    assert generation(deployed.urls["audit"]) == "1"

    again = cloud.team("rollback", "audit")
    assert again.exit_code == 1
    assert "has no earlier version with other code" in again.errors


def test_the_next_deploy_puts_it_forward_again(
    cloud: Cloud, deployed: Deployed, newer_checkout: Path
) -> None:
    done = cloud.team("deploy", "audit", newer_checkout)
    assert done.exit_code == 0, done.errors
    assert generation(deployed.urls["audit"]) == "2"
