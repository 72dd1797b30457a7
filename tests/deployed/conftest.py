"""The whole product, deployed once to an emulated AWS that enforces IAM; tests run in a fixed order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from deploy.package import package_claims
from tests.deployed.cloud import Cloud, Done, Statement, Tokens
from tests.deployed.deployed_services import CONFLICTING_LOG_GROUP, Deployed
from tests.deployed.small_console import SmallConsole, deploy_small_console
from tests.integration.shop import Shop, Sku, Wire, done
from tests.support.created_twice import adopted
from tests.support.node_on_path import node_on_path
from tests.support.provider_mirror import MISSING, provider_mirror
from tests.support.small_server import answering

ORDER = (
    "test_first_deploys",
    "test_shop",
    "test_operations",
    "test_ledger_keys",
    "test_least_privilege",
    "test_later",
    "test_new_code",
    "test_console",
    "test_deployers",
    "test_leaving",
    "test_calls_of_deployers",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the test files in the order of `ORDER`."""
    here = Path(__file__).parent
    ours = [item for item in items if item.path.parent == here]
    if ours and shutil.which("terraform") is None:
        pytest.exit("terraform is not on this machine, and make e2e deploys with it", returncode=1)
    if ours and provider_mirror() is None:
        pytest.exit(MISSING, returncode=1)
    ours.sort(key=lambda item: ORDER.index(item.path.stem))
    items[:] = [item for item in items if item.path.parent != here] + ours


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with node_on_path():
        cloud = Cloud(tmp_path_factory.mktemp("cloud"))
        try:
            yield cloud
        finally:
            cloud.stop()


@pytest.fixture(scope="session")
def workers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture(scope="session")
def too_early(cloud: Cloud, workers: ThreadPoolExecutor) -> Future[Done]:
    return workers.submit(cloud.team, "deploy", "audit", STAGE="nowhere")


@pytest.fixture(scope="session")
def statements(cloud: Cloud) -> dict[str, list[Statement]]:
    """The statements of the roles under which each team deploys."""
    applied = cloud.deployers("apply", "-auto-approve", "-input=false", "-no-color")
    assert applied.exit_code == 0, applied.errors
    return cloud.deployers_statements()


@pytest.fixture(scope="session")
def outputs(cloud: Cloud, too_early: Future[Done], statements: dict[str, list[Statement]]) -> dict[str, Any]:
    """The platform, applied, with its first ledger key."""
    package_claims(cloud.folder / "build")
    arguments = ("apply", "-auto-approve", "-input=false", "-no-color")
    applied = cloud.platform(*arguments)
    if adopted(applied.errors, cloud.platform):
        applied = cloud.platform(*arguments)
    assert applied.exit_code == 0, applied.errors
    first_key = cloud.rotate_ledger_key()
    assert first_key.exit_code == 0, first_key.errors
    return cloud.platform_outputs()


@pytest.fixture(scope="session")
def deployed(
    cloud: Cloud, outputs: dict[str, Any], too_early: Future[Done], workers: ThreadPoolExecutor
) -> Deployed:
    """All three services: stock, while audit fails once, and then audit and catalog."""
    logs = cloud.client("logs")
    # A resource that Terraform is to create exists already, so the apply fails.
    logs.create_log_group(logGroupName=CONFLICTING_LOG_GROUP)
    stock = workers.submit(cloud.team, "deploy", "stock")
    failing = cloud.team("deploy", "audit")
    logs.delete_log_group(logGroupName=CONFLICTING_LOG_GROUP)
    audit = workers.submit(cloud.team, "deploy", "audit")
    done = {"stock": stock.result(), "catalog": cloud.team("deploy", "catalog"), "audit": audit.result()}
    for service, result in done.items():
        assert result.exit_code == 0, f"{service}: {result.errors}\n{cloud.log_tail()}"
    urls = {service: result.output.split()[-1] for service, result in done.items()}
    return Deployed(too_early.result(), failing, done, urls)


@pytest.fixture(scope="session")
def tokens(cloud: Cloud, outputs: dict[str, Any]) -> Tokens:
    return Tokens(cloud, outputs)


@pytest.fixture(scope="session")
def front_url(tokens: Tokens) -> Iterator[str]:
    """An address that issues tokens as the local stack's front page does, but signed by Cognito."""

    def token(path: str) -> bytes:
        query = parse_qs(urlsplit(path).query)
        return tokens.token(query["role"][0], query.get("vendor", [None])[0]).encode()

    with answering(token) as url:
        yield url


@pytest.fixture(scope="session")
def shop(deployed: Deployed, front_url: str) -> Iterator[Shop]:
    wire = Wire(front_url)
    yield Shop(wire, deployed.urls["catalog"], deployed.urls["stock"], deployed.urls["audit"])
    wire.http.close()


@pytest.fixture(scope="session")
def held_order(shop: Shop) -> tuple[str, Sku]:
    """An order whose hold ends after a minute, placed before everything else."""
    sku = shop.has_sku(5)
    done(shop.place("ORDER-Held-1", (sku, 3), hold_seconds=60))
    return "ORDER-Held-1", sku


@pytest.fixture(scope="session")
def console_deploy(cloud: Cloud, deployed: Deployed, workers: ThreadPoolExecutor) -> Future[SmallConsole]:
    """The console, deployed while other tests wait."""
    return workers.submit(deploy_small_console, cloud)


@pytest.fixture(scope="session")
def client(cloud: Cloud) -> Any:
    """A DynamoDB client that may do everything."""
    return cloud.client("dynamodb")
