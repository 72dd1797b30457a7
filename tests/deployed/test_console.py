"""The console's team deploys it: pages and services at one address, a new build, a rollback, and its end."""

from __future__ import annotations

import json
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.deployed.cloud import Cloud, Tokens
from tests.deployed.deployed_services import SERVICES, Deployed
from tests.deployed.small_console import SmallConsole, write_build

VENDOR = "VENDOR-CONSOLE"


@dataclass(frozen=True)
class Browser:
    """Sends requests to a distribution of the emulated CloudFront, as a browser would by TLS."""

    endpoint: str
    domain: str

    def ask(self, path: str, method: str = "GET", token: str = "", **more: Any) -> httpx.Response:
        headers = {"Host": self.domain, "X-Forwarded-Proto": "https"} | more.pop("headers", {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        url = f"{self.endpoint}{path}"
        return httpx.request(method, url, headers=headers, trust_env=False, timeout=60, **more)


@pytest.fixture(scope="module")
def console(cloud: Cloud, console_deploy: Future[SmallConsole]) -> SmallConsole:
    console = console_deploy.result()
    assert console.deploy.exit_code == 0, f"{console.deploy.errors}\n{cloud.log_tail()}"
    return console


@pytest.fixture(scope="module")
def browser(cloud: Cloud, console: SmallConsole) -> Browser:
    outputs = cloud.state_of("console")["outputs"]
    return Browser(cloud.url, outputs["distribution_domain"]["value"])


def test_a_deploy_prints_the_address_and_what_is_missing(console: SmallConsole, browser: Browser) -> None:
    assert f"console on dev answers at https://{browser.domain}\n" in console.deploy.output
    assert f"Nobody can sign in there yet: the user pool does not return to https://{browser.domain}/." in (
        console.deploy.output
    )


def test_a_second_plan_has_no_changes(console: SmallConsole) -> None:
    assert console.plan.exit_code == 0, console.plan.errors
    assert "No changes. Your infrastructure matches the configuration." in console.plan.output
    assert console.plan.output.endswith("is deployed.\n")


def test_a_page_and_the_real_services_have_one_address(browser: Browser) -> None:
    page = browser.ask("/skus/SKU-PROD-E4F9A-BLK-L")
    assert (page.status_code, page.text) == (200, '<title>one</title><div id="root"></div>')
    for service in SERVICES:
        health = browser.ask(f"/api/{service}/health")
        assert health.json() == {"status": "ok", "service": f"inventory-{service}"}


def test_the_settings_name_the_issuer_whose_tokens_the_services_accept(
    browser: Browser, outputs: dict[str, Any]
) -> None:
    settings = browser.ask("/config.json").json()
    assert (settings["authority"], settings["client_id"]) == (outputs["issuer"], outputs["web_client_id"])
    assert settings["sign_in"] == "hosted"


def test_a_vendor_changes_stock_through_it_once_and_sees_nothing_of_others(
    browser: Browser, tokens: Tokens
) -> None:
    token = tokens.token("vendor", VENDOR)
    made, again = (
        browser.ask(
            "/api/catalog/products",
            "POST",
            token,
            headers={"Idempotency-Key": "create-product"},
            json={"product_name": "Mug", "category": "Home/Kitchen", "base_price": 8},
        )
        for _ in range(2)
    )
    assert made.status_code == 201, made.text
    assert again.json()["product_id"] == made.json()["product_id"]
    listed = browser.ask(f"/api/catalog/vendors/{VENDOR}/products?limit=10&fields=product_name", token=token)
    assert [each["product_name"] for each in listed.json()["items"]] == ["Mug"]

    anonymous = browser.ask(f"/api/stock/vendors/{VENDOR}/inventory")
    other = browser.ask(
        f"/api/stock/vendors/{VENDOR}/inventory", token=tokens.token("vendor", "VENDOR-OTHER")
    )
    assert [(each.status_code, each.headers["Content-Type"]) for each in (anonymous, other)] == [
        (401, "application/problem+json"),
        (403, "application/problem+json"),
    ]
    unknown = browser.ask("/api/stock/no-such-path", token=token)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "route_not_found")


def test_the_platform_lets_browsers_return_there(
    cloud: Cloud, browser: Browser, outputs: dict[str, Any]
) -> None:
    urls = json.dumps([f"https://{browser.domain}/"])
    named = (f"-var=web_callback_urls={urls}", f"-var=web_logout_urls={urls}")
    applied = cloud.platform("apply", "-auto-approve", "-input=false", "-no-color", *named)
    assert applied.exit_code == 0, applied.errors
    client = cloud.client("cognito-idp").describe_user_pool_client(
        UserPoolId=outputs["user_pool_id"], ClientId=outputs["web_client_id"]
    )["UserPoolClient"]
    assert client["CallbackURLs"] == client["LogoutURLs"] == [f"https://{browser.domain}/"]
    assert (client["AllowedOAuthFlows"], client.get("ClientSecret")) == (["code"], None)


def test_a_new_build_is_shown_and_rolled_back(cloud: Cloud, browser: Browser, console: SmallConsole) -> None:
    write_build(console.checkout, "two")
    done = cloud.team("deploy", "console", console.checkout)
    assert done.exit_code == 0, done.errors
    # Everybody can sign in now.
    assert done.output.endswith(f"console on dev answers at https://{browser.domain}\n")
    assert "<title>two</title>" in browser.ask("/").text
    # A page that is open still finds its file.
    assert browser.ask("/assets/index-one.js").text == "// one"

    back = cloud.team("rollback", "console", console.checkout)
    assert back.exit_code == 0, back.errors
    assert "<title>one</title>" in browser.ask("/").text
    assert browser.ask("/assets/index-two.js").text == "// two"


def test_it_is_destroyed_before_the_services_and_they_stay(
    cloud: Cloud, browser: Browser, deployed: Deployed, console: SmallConsole
) -> None:
    gone = cloud.team("destroy", "console", console.checkout)
    assert gone.exit_code == 0, gone.errors
    assert gone.output.endswith("console on dev was destroyed.\n")
    assert not cloud.client("cloudfront").list_distributions()["DistributionList"].get("Items")
    # The emulator takes a name that it does not know for a request to S3.
    assert 'id="root"' not in browser.ask("/").text
    for url in deployed.urls.values():
        assert httpx.get(f"{url}/health", trust_env=False).status_code == 200
