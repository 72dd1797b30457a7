"""A team deploys changed code, and rolls it back."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.deployed.cloud import Cloud, copy_checkout
from tests.deployed.deployed_services import Deployed

OLD = "        response.headers |= self._cors_headers(proxy_event)\n"
NEW = OLD + '        response.headers["X-Generation"] = "2"\n'


def generation(url: str) -> str:
    response = httpx.get(f"{url}/health", trust_env=False)
    assert response.status_code == 200
    return str(response.headers.get("X-Generation", "1"))


@pytest.fixture(scope="module")
def newer_checkout(cloud: Cloud) -> Path:
    """A checkout in which the shared library has been upgraded."""
    checkout = copy_checkout(cloud.folder / "newer")
    library = checkout / "libs" / "common" / "inventory_common" / "rest.py"
    text = library.read_text()
    assert text.count(OLD) == 1
    library.write_text(text.replace(OLD, NEW))
    return checkout


def test_changed_code_is_served_and_other_services_keep_their_library(
    cloud: Cloud, deployed: Deployed, newer_checkout: Path
) -> None:
    done = cloud.team("deploy", "audit", newer_checkout)
    assert done.exit_code == 0, done.errors
    assert {service: generation(url) for service, url in deployed.urls.items()} == {
        "catalog": "1",
        "stock": "1",
        "audit": "2",
    }


def test_a_rollback_serves_the_previous_code_without_a_zip(cloud: Cloud, deployed: Deployed) -> None:
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
    assert "There is no earlier version with other code: inventory-dev-audit-" in again.errors


def test_the_next_deploy_serves_the_changed_code_again(
    cloud: Cloud, deployed: Deployed, newer_checkout: Path
) -> None:
    done = cloud.team("deploy", "audit", newer_checkout)
    assert done.exit_code == 0, done.errors
    assert generation(deployed.urls["audit"]) == "2"
